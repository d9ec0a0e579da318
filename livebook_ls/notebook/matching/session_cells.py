"""Which cell of a session is which cell of our text, by order and kind, with sources compared."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import CellType

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livebook_ls.notebook.model import Cell, Notebook


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCell:
    """A cell as a session shows it; `source` is None where the session does not say it exactly.

    That is so for Markdown, which Livebook writes in its own form.
    """

    id: str
    type: CellType
    is_setup: bool = False
    language: str | None = None
    source: str | None = None


class Agreement(Enum):
    """How a cell of our text stands to the session's."""

    SAME = "same"
    DIFFERS = "differs"
    UNKNOWN = "unknown"  # no source to compare: Markdown


@dataclass(frozen=True, slots=True, kw_only=True)
class CellMatch:
    """A cell of the session and ours; `cell` is None for the setup cell that our text lacks."""

    id: str
    cell: Cell | None
    session_cell: SessionCell
    agreement: Agreement


@dataclass(frozen=True, slots=True)
class Mapping:
    """Every cell of our text with its cell of the session, in order."""

    matches: tuple[CellMatch, ...]

    def of(self, cell: Cell) -> CellMatch | None:
        """The match of a cell of the text that was mapped."""
        return next((it for it in self.matches if it.cell is cell), None)

    @property
    def differing(self) -> tuple[CellMatch, ...]:
        """What the session holds otherwise than our text says it."""
        return tuple(it for it in self.matches if it.agreement is Agreement.DIFFERS)


class Reason(Enum):
    """Why a session does not hold our text."""

    NO_SETUP = "the session shows no setup cell"
    SETUP = "the setup cells are others"
    COUNT = "the numbers of cells differ"
    TYPE = "a cell is of another kind"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmapped:
    """The session does not hold our text: why, and how far the two agree.

    `agreeing` counts the cells before the first whose kind is another one, setup cells included.
    """

    reason: Reason
    agreeing: int


@dataclass(frozen=True, slots=True)
class _Wanted:
    cell: Cell | None
    type: CellType
    is_setup: bool
    language: str | None
    source: str


def map_cells(notebook: Notebook, session: Sequence[SessionCell]) -> Mapping | Unmapped:
    """Our cells matched with the session's, or why that can't be.

    Position and kind decide, since sources repeat (two empty cells); then sources are compared. A
    source that differs is a match that says so, never a reason to look for the cell elsewhere:
    a session that has yet to follow a move would else have its cells taken for others.
    """
    wanted = list(_wanted(notebook))
    if not session or not session[0].is_setup:
        return Unmapped(reason=Reason.NO_SETUP, agreeing=0)
    agreeing = 0
    for ours, theirs in zip(wanted, session, strict=False):
        if ours.is_setup != theirs.is_setup:
            return Unmapped(reason=Reason.SETUP, agreeing=agreeing)
        if ours.type is not theirs.type:
            return Unmapped(reason=_of_kind(wanted, session), agreeing=agreeing)
        agreeing += 1
    if len(wanted) != len(session):
        return Unmapped(reason=Reason.COUNT, agreeing=agreeing)
    return Mapping(tuple(_match(it, other) for it, other in zip(wanted, session, strict=True)))


def digest(source: str) -> str:
    """The digest that Livebook shows of an evaluated source (`Utils.source_digest`)."""
    found = hashlib.md5(source.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return base64.b64encode(found.digest()).decode("ascii")


def _wanted(notebook: Notebook) -> Iterator[_Wanted]:
    """The cells that a session of this notebook shows, in its order."""
    if not notebook.setup:
        # Livebook gives every notebook a setup cell.
        yield _Wanted(None, CellType.CODE, True, "elixir", "")
    for cell in notebook.setup:
        yield _Wanted(cell, CellType.CODE, True, cell.language, cell.source)
    for section in notebook.sections:
        for cell in section.cells:
            yield _Wanted(cell, cell.type, False, cell.language, cell.source)


def _of_kind(wanted: Sequence[_Wanted], session: Sequence[SessionCell]) -> Reason:
    """A cell too many shifts the kinds behind it: the count is then the better reason."""
    return Reason.TYPE if len(wanted) == len(session) else Reason.COUNT


def _match(wanted: _Wanted, found: SessionCell) -> CellMatch:
    return CellMatch(
        id=found.id, cell=wanted.cell, session_cell=found, agreement=_agreement(wanted, found)
    )


def _agreement(wanted: _Wanted, found: SessionCell) -> Agreement:
    if wanted.type is CellType.MARKDOWN or found.source is None:
        return Agreement.UNKNOWN
    # A smart cell's language is its fence's; sessions may show none for it.
    if wanted.type is CellType.CODE and found.language not in (None, wanted.language):
        return Agreement.DIFFERS
    return Agreement.SAME if wanted.source == found.source else Agreement.DIFFERS
