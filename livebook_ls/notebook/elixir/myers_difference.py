"""How one list becomes another, edit for edit as Elixir's `List.myers_difference` says it.

Which of several shortest scripts is found decides what a sync moves, updates or loses, so the order
in which paths are tried is Elixir's own.
"""

from __future__ import annotations

from enum import Enum
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Sequence


class Edit(Enum):
    """What happens to one element."""

    KEEP = "keep"
    INSERT = "insert"
    DELETE = "delete"


Keys: TypeAlias = "Sequence[Hashable]"

# The search costs the square of the number of edits. Nobody waits for more than this many steps
# (some 800 edits, less than half a second), which no save by hand comes near.
_MAX_STEPS = 320_000

# The edits of a path, the last first: an edit, how often, and what came before it. Paths share
# their beginnings.
_Script: TypeAlias = "tuple[Edit, int, _Script] | None"

# How far a script got: Elixir's own count of rows, which runs on past the end of the first list,
# the position in either list, and the script. A plain tuple, since there can be very many.
_Path: TypeAlias = tuple[int, int, int, _Script]


def difference(before: Keys, after: Keys) -> list[Edit] | None:
    """The edits that turn `before` into `after`; None when the two are too different to tell."""
    numbers: dict[Hashable, int] = {}
    # Past the ends stand two numbers that equal nothing, so that nobody need look for the ends.
    old = [*(numbers.setdefault(key, len(numbers)) for key in before), -1]
    new = [*(numbers.setdefault(key, len(numbers)) for key in after), -2]
    paths: list[_Path] = [(0, 0, 0, None)]
    steps = 0
    while steps <= _MAX_STEPS:
        paths = [_kept(path, old, new) if old[path[1]] == new[path[2]] else path for path in paths]
        for _, at, new_at, script in paths:
            if at == len(before) and new_at == len(after):
                return _in_order(script, old[:-1], new[:-1])
        paths = _moved(paths, len(before), len(after))
        steps += len(paths)
    return None


def rough_difference(before: Keys, after: Keys) -> list[Edit]:
    """A script in linear time: what stands between the equal ends is deleted and inserted anew."""
    shorter = min(len(before), len(after))
    head = 0
    while head < shorter and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < shorter - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    deleted = [Edit.DELETE] * (len(before) - head - tail)
    inserted = [Edit.INSERT] * (len(after) - head - tail)
    return [Edit.KEEP] * head + deleted + inserted + [Edit.KEEP] * tail


def _kept(path: _Path, old: list[int], new: list[int]) -> _Path:
    """The path, with all that is equal from here on."""
    row, at, new_at, script = path
    count = 0
    while old[at + count] == new[new_at + count]:
        count += 1
    return (row + count, at + count, new_at + count, (Edit.KEEP, count, script))


def _moved(paths: list[_Path], old_end: int, new_end: int) -> list[_Path]:
    """Every path with one more edit, from most deletions to most insertions."""
    lowest = (-1, 0, new_end, None)
    highest = (-1, old_end, 0, None)
    moved: list[_Path] = []
    for lower, upper in pairwise((lowest, *paths, highest)):
        if lower[0] > upper[0]:
            row, old, new, script = lower
            inserted = (row, old, new + 1, (Edit.INSERT, 1, script))
            moved.append(lower if new == new_end else inserted)
        else:
            row, old, new, script = upper
            deleted = (row + 1, old + 1, new, (Edit.DELETE, 1, script))
            moved.append((row + 1, old, new, script) if old == old_end else deleted)
    return moved


def _in_order(script: _Script, old: list[int], new: list[int]) -> list[Edit]:
    """The script from its first edit on, with repeated elements inserted before rather than after.

    Elixir turns «keep X, insert X, keep …» into «insert X, keep X …», but only where another edit
    stands in front of it.
    """
    runs: list[tuple[Edit, list[int]]] = []
    for edit, keys in _runs_from_the_end(script, old, new):
        if _repeats(runs):
            kept, inserted = runs.pop(), runs.pop()
            runs[-1] = (Edit.KEEP, kept[1] + runs[-1][1])
            runs.append(inserted)
        if runs and runs[-1][0] is edit:
            runs[-1] = (edit, keys + runs[-1][1])
        else:
            runs.append((edit, keys))
    return [edit for edit, keys in reversed(runs) for _ in keys]


def _repeats(runs: list[tuple[Edit, list[int]]]) -> bool:
    if len(runs) < 3:
        return False
    (third, _), (second, inserted), (first, kept) = runs[-3:]
    return (first, second, third) == (Edit.KEEP, Edit.INSERT, Edit.KEEP) and kept == inserted


def _runs_from_the_end(
    script: _Script, old: list[int], new: list[int]
) -> Iterator[tuple[Edit, list[int]]]:
    """The script's runs of one edit with their elements, the last run first."""
    old_end, new_end = len(old), len(new)
    for edit, counts in groupby(_counts(script), key=itemgetter(0)):
        count = sum(count for _, count in counts)
        if edit is Edit.INSERT:
            yield edit, new[new_end - count : new_end]
        else:
            yield edit, old[old_end - count : old_end]
        old_end -= 0 if edit is Edit.INSERT else count
        new_end -= 0 if edit is Edit.DELETE else count


def _counts(script: _Script) -> Iterator[tuple[Edit, int]]:
    while script is not None:
        edit, count, script = script
        yield edit, count
