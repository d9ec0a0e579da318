"""Something that may be written at a place, whoever shows it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from livebook_ls.notebook.model import Span

# Where the cursor goes in what is inserted.
CURSOR = "${}"


class ProposalKind(Enum):
    """What a proposal is."""

    LANGUAGE = "language"
    KEY = "key"
    VALUE = "value"
    COMMENT = "comment"
    SECTION = "section"
    FILE = "file"
    FOLDER = "folder"
    BLOCK = "block"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """`insert` takes the place of what is typed already, with `CURSOR` in it where that matters.

    `typed_as` is what somebody types to get it, where that is not its label. `is_fixed` says that
    it is the same in every notebook.
    """

    label: str
    kind: ProposalKind
    insert: str
    detail: str = ""
    documentation: str = ""
    typed_as: str = ""
    is_fixed: bool = False


@dataclass(frozen=True, slots=True)
class Proposals:
    """Proposals in the order in which to show them; `replaced` is what is typed of them."""

    items: tuple[Proposal, ...]
    replaced: Span
