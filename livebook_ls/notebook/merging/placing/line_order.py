"""In which order the lines put what both sides inserted in one place, if they say so.

Cells alone never do. What stands around them can: one side put a cell in the place of a break, and
the other put one behind that break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import SideName
from livebook_ls.notebook.merging.lines.merge import Clash, merge_lines
from livebook_ls.notebook.merging.placing.order import START
from livebook_ls.notebook.pieces.cutting import BREAK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.merging.placing.order import Side, Stop
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.pieces.cutting import Piece


def first_by_lines(sides: Sides, stop: Stop) -> SideName | None:
    """Whose pieces stand first; None where nobody can say."""
    base, above = sides.base.all, stop.base
    both = ((sides.our_side, stop.ours), (sides.their_side, stop.theirs))
    if above == START or not all(_is_between(base, above, *it) for it in both):
        return None
    merged = merge_lines(
        _lines(base[above : above + 1]),
        *(_lines(side.pieces[run[0] - 1 : run[-1] + 1]) for side, run in both),
    )
    lines = [it for it in merged if not isinstance(it, Clash)]
    if len(lines) < len(merged):
        return None
    ours, theirs = (_telling(_lines([side.pieces[it] for it in run])) for side, run in both)
    if _ends_with(lines, ours + theirs):
        return SideName.OURS
    return SideName.THEIRS if _ends_with(lines, theirs + ours) else None


def _is_between(base: Sequence[Piece], above: int, side: Side, run: tuple[int, ...]) -> bool:
    """Whether a run stands in one piece between the same neighbours as in the base."""
    first, end = run[0], run[-1] + 1
    below = side.at.get(above + 1) if above + 1 < len(base) else len(side.pieces)
    return end - first == len(run) and side.at.get(above) == first - 1 and below == end


def _lines(pieces: Sequence[Piece]) -> list[str]:
    return "".join(it.source + it.after for it in pieces).split("\n")


def _telling(lines: Sequence[str]) -> list[str]:
    return [it for it in lines if it.strip() and it != BREAK]


def _ends_with(lines: Sequence[str], end: list[str]) -> bool:
    return _telling(lines)[-len(end) :] == end
