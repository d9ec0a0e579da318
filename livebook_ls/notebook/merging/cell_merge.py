"""A notebook merged cell by cell: the slots of the result, and the text once all is settled."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import Conflict, Take
from livebook_ls.notebook.merging.proof.completeness import keeps_words
from livebook_ls.notebook.merging.proof.soundness import adds_hazards, reads_as
from livebook_ls.notebook.merging.writing import written, written_text
from livebook_ls.notebook.pieces.cutting import cut

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from livebook_ls.notebook.merging.conflict import Slot
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.merging.writing import Taking


class CellMerge:
    """The slots of a merge, with the conflicts among and in them."""

    def __init__(self, sides: Sides, slots: Sequence[Slot]) -> None:
        self._sides = sides
        self._slots = slots
        self.conflicts: list[Conflict] = [it for slot in slots for it in slot.conflicts]

    def text(self, take: Taking, open_: Collection[int] = ()) -> str:
        """The text once every conflict is settled, without outputs where some are `open_`."""
        return written_text(self._sides, written(self._sides, self._slots, take, open_))

    def is_sound(self) -> bool:
        """Whether a sound notebook comes of it, whichever side is taken."""
        takes = (Take.MINE, Take.THEIRS) if self.conflicts else (None,)
        return all(self._is_sound(it) for it in takes)

    def _is_sound(self, take: Take | None) -> bool:
        sides = self._sides
        pieces = written(sides, self._slots, lambda _: take or Take.MINE)
        found = cut(written_text(sides, pieces))
        return (
            reads_as(found, pieces)
            and keeps_words(sides, found, take)
            and not adds_hazards(found, (sides.ours, sides.theirs))
        )
