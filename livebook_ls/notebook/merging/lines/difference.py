"""Where two lists of lines differ: lines that both have once hold on to each other, then Myers."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.matching.in_order import heaviest_rising

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# Myers' search grows with the square of the differences; past this a stretch differs as a whole.
_MOST_DIFFERENCES = 400


class Hunk(NamedTuple):
    """The lines from `start` to `end` of the old list became those of the new one's."""

    start: int
    end: int
    new_start: int
    new_end: int


def hunks(old: Sequence[str], new: Sequence[str]) -> list[Hunk]:
    """The changed stretches in order, with at least one equal line between any two."""
    kept = list(_kept(old, new, 0, len(old), 0, len(new)))
    found = []
    at = new_at = 0
    for one, other in [*_slid_down(kept, old, new), (len(old), len(new))]:
        if one > at or other > new_at:
            found.append(Hunk(at, one, new_at, other))
        at, new_at = one + 1, other + 1
    return found


def _kept(
    old: Sequence[str], new: Sequence[str], start: int, end: int, new_start: int, new_end: int
) -> Iterator[tuple[int, int]]:
    """The pairs of lines that stay, in order."""
    while start < end and new_start < new_end and old[start] == new[new_start]:
        yield start, new_start
        start, new_start = start + 1, new_start + 1
    tail = 0
    while (
        start < end - tail
        and new_start < new_end - tail
        and old[end - 1 - tail] == new[new_end - 1 - tail]
    ):
        tail += 1
    end, new_end = end - tail, new_end - tail
    if start < end and new_start < new_end:
        middle = _shortest(old, new, start, end, new_start, new_end)
        if middle is None:
            middle = _around_anchors(old, new, start, end, new_start, new_end)
        yield from middle
    for offset in range(tail):
        yield end + offset, new_end + offset


def _around_anchors(
    old: Sequence[str], new: Sequence[str], start: int, end: int, new_start: int, new_end: int
) -> list[tuple[int, int]]:
    """For what differs much: first the lines that occur once in both, then what lies between."""
    counts, new_counts = Counter(old[start:end]), Counter(new[new_start:new_end])
    places = {new[at]: at for at in range(new_start, new_end)}
    unique = [
        (at, places[old[at]])
        for at in range(start, end)
        if counts[old[at]] == 1 and new_counts[old[at]] == 1
    ]
    places_in_new = [place for _, place in unique]
    anchors = [unique[it] for it in heaviest_rising(places_in_new, [1] * len(unique))]
    if not anchors:
        return []
    found: list[tuple[int, int]] = []
    for one, other in [*anchors, (end, new_end)]:
        found += _kept(old, new, start, one, new_start, other)
        if one < end:
            found.append((one, other))
        start, new_start = one + 1, other + 1
    return found


def _shortest(
    old: Sequence[str], new: Sequence[str], start: int, end: int, new_start: int, new_end: int
) -> list[tuple[int, int]] | None:
    """The lines that stay by the fewest changes (Myers); None where those are too many."""
    width, height = end - start, new_end - new_start
    reach = {1: 0}
    trace = []
    for cost in range(min(width + height, _MOST_DIFFERENCES) + 1):
        trace.append(dict(reach))
        for diagonal in range(-cost, cost + 1, 2):
            at = _furthest(reach, diagonal, cost)
            new_at = at - diagonal
            while at < width and new_at < height and old[start + at] == new[new_start + new_at]:
                at, new_at = at + 1, new_at + 1
            reach[diagonal] = at
            if at >= width and new_at >= height:
                steps = _backwards(trace, width, height)
                return [(start + one, new_start + other) for one, other in reversed(list(steps))]
    return None


def _furthest(reach: dict[int, int], diagonal: int, cost: int) -> int:
    if _is_down(reach, diagonal, cost):
        return reach[diagonal + 1]
    return reach[diagonal - 1] + 1


def _is_down(reach: dict[int, int], diagonal: int, cost: int) -> bool:
    """Whether the path comes to this diagonal by an inserted line, not by a deleted one."""
    if diagonal in (-cost, cost):
        return diagonal == -cost
    return reach[diagonal - 1] < reach[diagonal + 1]


def _backwards(trace: list[dict[int, int]], at: int, new_at: int) -> Iterator[tuple[int, int]]:
    """The lines that stay, the last first."""
    for cost in range(len(trace) - 1, -1, -1):
        reach, diagonal = trace[cost], at - new_at
        begin = _furthest(reach, diagonal, cost)
        while at > begin:
            at, new_at = at - 1, new_at - 1
            yield at, new_at
        if _is_down(reach, diagonal, cost):
            new_at -= 1
        else:
            at -= 1


def _slid_down(
    kept: list[tuple[int, int]], old: Sequence[str], new: Sequence[str]
) -> list[tuple[int, int]]:
    """The same with insertions and deletions as far down as they can be, as git has them.

    Of two sides that insert in one place it is then seen that they do, wherever repeated lines
    (`end`, empty ones) would let each of them lie.
    """
    slid: list[tuple[int, int]] = []
    last, new_last = -1, -1
    for pair in kept:
        at, new_at = pair
        if at == last + 1 and new_at > new_last + 1:
            if new[new_last + 1] == new[new_at]:
                new_at = new_last + 1
        elif new_at == new_last + 1 and at > last + 1 and old[last + 1] == old[at]:
            at = last + 1
        slid.append((at, new_at))
        last, new_last = at, new_at
    return slid
