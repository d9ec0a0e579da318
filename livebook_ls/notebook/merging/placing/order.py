"""In which order merged pieces stand: those of the base with both sides' moves, and what is new."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from livebook_ls.notebook.matching.pairing import moved, pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livebook_ls.notebook.pieces.cutting import Piece

# What stands before everything.
START = -1


def left(base: int) -> int:
    """The place that a piece of the base has left: what stood behind it can still stand there."""
    return -2 - base


class Side:
    """One side against the base: positions of the base by `at`, of this side by `of`."""

    def __init__(self, base: Sequence[Piece], pieces: Sequence[Piece]) -> None:
        self.pieces = pieces
        parts = [it.part for it in base]
        self.at = pair(parts, [it.part for it in pieces])
        self.of = {new: old for old, new in self.at.items()}
        self.moved = moved(self.at, parts)

    def before(self, position: int) -> int:
        """The closest piece above one of this side that the base has too, or START."""
        for at in range(position - 1, -1, -1):
            if at in self.of:
                return self.of[at]
        return START

    def follows(self, base: int) -> bool:
        """Whether a piece stands right behind the one behind which it stands in the base."""
        return base - 1 in self.at and self.at[base] == self.at[base - 1] + 1

    def runs(self) -> Iterator[tuple[int, ...]]:
        """What the base lacks, run by run."""
        run: list[int] = []
        for at in range(len(self.pieces)):
            if at not in self.of:
                run.append(at)
            elif run:
                yield tuple(run)
                run = []
        if run:
            yield tuple(run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """A piece of the base, START, or a place that was `left`, with what was inserted behind it."""

    base: int
    ours: tuple[int, ...]
    theirs: tuple[int, ...]


def merged_order(count: int, ours: Side, theirs: Side) -> list[Stop]:
    """The `count` pieces of the base in merged order, deleted ones too, beginning with START."""
    movers = _movers(ours, theirs)
    order = _with_moves(count, ours, theirs, movers)
    following = dict(pairwise(it for it in order if it >= START))
    inserted = [
        _inserted(side, {it for it, mover in movers.items() if mover is not side}, following)
        for side in (ours, theirs)
    ]
    return [
        Stop(base=it, ours=tuple(inserted[0][it]), theirs=tuple(inserted[1][it])) for it in order
    ]


def _movers(ours: Side, theirs: Side) -> dict[int, Side]:
    """Whose move counts. Where both moved a piece, it goes to the later of the two places.

    There all that stood above it on either side still does. Where the places are one, it goes
    with the side that moved more.
    """
    movers = dict.fromkeys(ours.moved, ours) | dict.fromkeys(theirs.moved, theirs)
    for it in sorted(ours.moved & theirs.moved):
        if it - 1 in movers and ours.follows(it) and theirs.follows(it):
            movers[it] = movers[it - 1]
        else:
            movers[it] = max(ours, theirs, key=lambda side: _lateness(side, it))
    return movers


def _lateness(side: Side, base: int) -> tuple[int, int, list[int]]:
    return side.before(side.at[base]), len(side.moved), [side.at[it] for it in sorted(side.moved)]


def _with_moves(count: int, ours: Side, theirs: Side, movers: dict[int, Side]) -> list[int]:
    above: dict[int, int] = {}
    along: dict[int, int] = {}
    for side in (ours, theirs):
        _place_moved(side, movers, above, along)
    # Where each side's pieces would go along with the other's, they stand by their own side.
    wished = above | along
    above |= {it: at for it, at in along.items() if not _leads_to(it, at, wished)}
    behind: dict[int, list[int]] = defaultdict(list)
    for it in sorted(above, reverse=True):
        behind[above[it]].append(it)
    order: list[int] = []
    waiting = [left(it) if it in movers else it for it in range(count - 1, -1, -1)] + [START]
    while waiting:
        it = waiting.pop()
        order.append(it)
        waiting += behind[it]
    return order


def _place_moved(
    side: Side, movers: dict[int, Side], above: dict[int, int], along: dict[int, int]
) -> None:
    """Say below which piece each comes to stand that this side moved.

    Where the other side has moved that, it is the place left, and if a whole section was moved,
    it can go `along` with that.
    """
    last = START
    for at, piece in enumerate(side.pieces):
        it = side.of.get(at)
        if it is None:
            continue
        mover = movers.get(it)
        if mover is side:
            heading = side.of.get(piece.heading)
            closest = side.before(at)
            is_along = heading not in (it, None) and movers.get(heading, side) is not side
            above[it] = last
            if is_along:
                along[it] = closest
        last = it if mover in (side, None) else left(it)


def _leads_to(it: int, start: int, above: dict[int, int]) -> bool:
    seen: set[int] = set()
    at: int | None = start
    while at is not None and at != it and at not in seen:
        seen.add(at)
        at = above.get(at)
    return at == it


def _inserted(
    side: Side, moved_by_other: set[int], following: dict[int, int]
) -> dict[int, list[int]]:
    """What this side has that the base lacks, by the piece that it comes to stand behind."""
    inserted: dict[int, list[int]] = defaultdict(list)
    for run in side.runs():
        anchor = side.before(run[0])
        if anchor in moved_by_other and not _goes_along(
            side, run, anchor, moved_by_other, following
        ):
            anchor = left(anchor)
        inserted[anchor] += run
    return inserted


def _goes_along(
    side: Side, run: tuple[int, ...], anchor: int, moved: set[int], following: dict[int, int]
) -> bool:
    """Whether a run moves with the piece above it, which the other side has moved.

    It does where its neighbour below went along too, or the heading of its section.
    """
    below = side.of.get(run[-1] + 1)
    heading = side.pieces[run[0]].heading
    return (
        (below is not None and following.get(anchor) == below)
        or side.of.get(heading) in moved
        or heading == side.at[anchor]
    )
