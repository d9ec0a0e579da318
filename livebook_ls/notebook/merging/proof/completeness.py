"""Whether a merged notebook has every line that a side wrote and the other has not deleted."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.pieces.cutting import Piece, Pieces

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livebook_ls.notebook.merging.placing.order import Side
    from livebook_ls.notebook.merging.sides import Sides

_WORD = re.compile(r"\w")


class _Counts(NamedTuple):
    """How often something is in the base and on either side."""

    base: int
    ours: int
    theirs: int

    @property
    def fewest(self) -> int:
        """How often it must be in the result: what both deleted may have been the same or not."""
        gone = max(0, self.base - self.ours) + max(0, self.base - self.theirs)
        return max(0, self.base - gone) + max(0, self.ours - self.base, self.theirs - self.base)


def keeps_words(sides: Sides, found: Pieces, take: Take | None) -> bool:
    """Whether every line is there that must be, where a side was taken at all conflicts.

    What one side wrote may be missing only where the other deleted it, or was taken instead.
    """
    lines = _lines(found)
    return all(lines[it] >= _wanted(counts, take) for it, counts in _counted(sides, _lines))


def has_returned(sides: Sides, found: Pieces, take: Take | None = None) -> bool:
    """Whether a piece is there that a side deleted, or one is there twice.

    What the side has that was taken at conflicts may be there as often as it has it.
    """
    known = [Counter(map(_said, it.all)) for it in (sides.base, sides.ours, sides.theirs)]
    allowed = _most(sides)
    if take is not None:
        allowed |= known[2 if take is Take.THEIRS else 1]
    there = Counter(map(_said, found.all))
    return any(there[it] > allowed[it] for it in {*known[0], *known[1], *known[2]})


def _most(sides: Sides) -> Counter[str]:
    """How often a piece can be there if nothing that was deleted or changed comes back."""
    both = (sides.our_side, sides.their_side)
    kept = (
        said
        for at, said in enumerate(map(_said, sides.base.all))
        if all(at in side.at and _said(side.pieces[side.at[at]]) == said for side in both)
    )
    return sum((_came(sides, side) for side in both), Counter(kept))


def _came(sides: Sides, side: Side) -> Counter[str]:
    """What a side inserted, or made of a piece of the base."""
    base = sides.base.all
    found = (
        said
        for at, said in enumerate(map(_said, side.pieces))
        if at not in side.of or _said(base[side.of[at]]) != said
    )
    return Counter(found)


def _wanted(counts: _Counts, take: Take | None) -> int:
    if take is None:
        return counts.fewest
    one, other = counts.ours, counts.theirs
    if take is Take.THEIRS:
        one, other = other, one
    return max(0, one - max(0, counts.base - other))


def _counted(
    sides: Sides, count: Callable[[Pieces], Counter[str]]
) -> Iterator[tuple[str, _Counts]]:
    base, ours, theirs = count(sides.base), count(sides.ours), count(sides.theirs)
    for it in {**base, **ours, **theirs}:
        yield it, _Counts(base[it], ours[it], theirs[it])


def _lines(pieces: Pieces) -> Counter[str]:
    """The lines of all pieces that say something, also to nobody but people."""
    found: Counter[str] = Counter()
    for piece in pieces.all:
        for text in (piece.unread, piece.body, piece.unread_in_outputs):
            found.update(filter(says_something, text.split("\n")))
    return found


def says_something(line: str) -> bool:
    """Whether a line is more than form, such as a fence or a comment of Livebook's."""
    return _WORD.search(line) is not None and not line.startswith(("```", "<!-- livebook:"))


def _said(piece: Piece) -> str:
    return f"{piece.kind.value} {piece.body}"
