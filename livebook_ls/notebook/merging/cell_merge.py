"""A notebook merged cell by cell: the slots of the result, and the text once all is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import Conflict, Take
from livebook_ls.notebook.merging.soundness import is_sound
from livebook_ls.notebook.merging.writing import written, written_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.merging.conflict import Slot
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.merging.writing import Taking


class CellMerge:
    """The slots of a merge, with the conflicts among and in them."""

    def __init__(self, sides: Sides, slots: Sequence[Slot]) -> None:
        self._sides = sides
        self._slots = slots
        self.conflicts: list[Conflict] = [it for slot in slots for it in slot.conflicts]

    def text(self, take: Taking) -> str:
        """The text once every conflict is settled."""
        return written_text(self._sides, written(self._sides, self._slots, take))

    def is_sound(self) -> bool:
        """Whether a sound notebook comes of it, whichever side is taken."""
        takes = (Take.MINE, Take.THEIRS) if self.conflicts else (Take.MINE,)
        return all(self._is_sound(take) for take in takes)

    def _is_sound(self, take: Take) -> bool:
        pieces = written(self._sides, self._slots, lambda _: take)
        text = written_text(self._sides, pieces)
        return is_sound(text, pieces, (self._sides.ours, self._sides.theirs))
