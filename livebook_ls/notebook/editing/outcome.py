"""What comes of an edit: the text afterwards with the cursor in it, or why there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.edits import Replacement, replacements

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited:
    """`old` has become `text`; `selection`, empty for a mere cursor, is in the new text."""

    old: str
    text: str
    selection: Span

    @property
    def replacements(self) -> tuple[Replacement, ...]:
        """The fewest replacements of whole lines that make the new text of the old one."""
        return replacements(self.old, self.text)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Nothing is changed; `sentence` says to the user why, and what to do."""

    sentence: str


EditOutcome: TypeAlias = "Edited | Refusal"
