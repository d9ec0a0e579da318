"""In which order the lines put what both sides inserted in one place, if they say so.

Cells alone never do. The blank lines and breaks around them can: one side put a cell in the place
of a break, and the other put one behind that break.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import SideName
from livebook_ls.notebook.merging.lines.merge import Clash, merge_lines
from livebook_ls.notebook.merging.order import START
from livebook_ls.notebook.merging.pieces import BREAK

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.merging.order import Side, Stop
    from livebook_ls.notebook.merging.sides import Sides


def first_by_lines(sides: Sides, stop: Stop) -> SideName | None:
    """Whose pieces stand first; None where nobody can say."""
    ours = _between(sides, sides.our_side, stop.ours, stop.base)
    theirs = _between(sides, sides.their_side, stop.theirs, stop.base)
    if ours is None or theirs is None:
        return None
    merged = merge_lines(_lines(sides.base.all[stop.base].after), _lines(ours), _lines(theirs))
    texts = [it for it in merged if not isinstance(it, Clash)]
    if len(texts) < len(merged):
        return None
    one, other, both = (_telling(it) for it in (_lines(ours), _lines(theirs), texts))
    if both == one + other:
        return SideName.OURS
    return SideName.THEIRS if both == other + one else None


def _between(sides: Sides, side: Side, run: tuple[int, ...], above: int) -> str | None:
    """The text between the same two neighbours as in the base; None where it has others."""
    first, end = run[0], run[-1] + 1
    pieces, base = side.pieces, sides.base.all
    below = side.at.get(above + 1) if above + 1 < len(base) else len(pieces)
    if above == START or side.at.get(above) != first - 1 or below != end:
        return None
    if end - first != len(run):
        return None
    return pieces[first - 1].after + "".join(it.text + it.after for it in pieces[first:end])


def _lines(text: str) -> list[str]:
    return text.split("\n")


def _telling(lines: Sequence[str]) -> list[str]:
    return [it for it in lines if it.strip() and it != BREAK]
