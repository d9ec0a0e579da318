"""What keeps its order: of numbers those that rise, of two lists the pairs that belong together."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def heaviest_rising(numbers: Sequence[int], weights: Sequence[int]) -> list[int]:
    """The positions of a rising subsequence that weighs most; `numbers` are all different."""
    # The subsequences worth going on with: those with a higher end weigh more.
    ends: list[int] = []
    sums: list[int] = []
    positions: list[int] = []
    before: list[int] = []
    for position, (number, weight) in enumerate(zip(numbers, weights, strict=True)):
        at = bisect_left(ends, number)
        before.append(positions[at - 1] if at else -1)
        total = weight + (sums[at - 1] if at else 0)
        beaten = at
        while beaten < len(ends) and sums[beaten] <= total:
            beaten += 1
        ends[at:beaten] = [number]
        sums[at:beaten] = [total]
        positions[at:beaten] = [position]
    found = []
    position = positions[-1] if positions else -1
    while position >= 0:
        found.append(position)
        position = before[position]
    return found[::-1]


def heaviest_in_order(
    old: Sequence[int], new: Sequence[int], scores: Mapping[tuple[int, int], float]
) -> list[tuple[int, int]]:
    """The pairs in order whose scores have the largest sum."""
    best = [[0.0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for row in range(len(old) - 1, -1, -1):
        for column in range(len(new) - 1, -1, -1):
            score = scores.get((old[row], new[column]))
            both = 0.0 if score is None else score + best[row + 1][column + 1]
            best[row][column] = max(both, best[row + 1][column], best[row][column + 1])
    found = []
    row = column = 0
    while row < len(old) and column < len(new):
        if best[row][column] == best[row + 1][column]:
            row += 1
        elif best[row][column] == best[row][column + 1]:
            column += 1
        else:
            found.append((old[row], new[column]))
            row, column = row + 1, column + 1
    return found
