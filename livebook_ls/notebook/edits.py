"""The fewest replacements from one text to another, so that an editor keeps cursors and folds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import TypeVar

from livebook_ls.notebook.model import Span

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# Comparing many changed lines grows with their product; past this, the changed part is one edit.
_MOST_CHANGED_LINES = 4_000

_Text = TypeVar("_Text", str, list[str])


@dataclass(frozen=True, slots=True)
class Replacement:
    """`span` of the old text becomes `text`."""

    span: Span
    text: str


def replacements(old: str, new: str) -> tuple[Replacement, ...]:
    """Replacements of whole lines that turn `old` into `new`, in order, never overlapping."""
    if old == new:
        return ()
    before, after = _LINES.findall(old), _LINES.findall(new)
    head, tail = common_ends(before, after)
    start = sum(map(len, before[:head]))
    before, after = before[head : len(before) - tail], after[head : len(after) - tail]
    if len(before) + len(after) > _MOST_CHANGED_LINES:
        changed = Span(start, start + sum(map(len, before)))
        return (Replacement(changed, "".join(after)),)
    offsets = [start]
    for line in before:
        offsets.append(offsets[-1] + len(line))
    return tuple(
        Replacement(Span(offsets[i1], offsets[i2]), "".join(after[j1:j2]))
        for tag, i1, i2, j1, j2 in SequenceMatcher(
            None, before, after, autojunk=False
        ).get_opcodes()
        if tag != "equal"
    )


def common_ends(old: _Text, new: _Text) -> tuple[int, int]:
    """How many characters, or lines, both begin with alike, and how many of the rest end alike."""
    head = _common_head(old, new)
    return head, common_tail(old, new, min(len(old), len(new)) - head)


def differing(old: str, new: str) -> int:
    """How many characters of both stand between what they begin and end with alike."""
    head, tail = common_ends(old, new)
    return len(old) + len(new) - 2 * (head + tail)


def common_tail(old: _Text, new: _Text, most: int) -> int:
    """How many of the last `most` characters, or lines, of both are alike."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if old[len(old) - middle : len(old) - low] == new[len(new) - middle : len(new) - low]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_head(old: _Text, new: _Text) -> int:
    low, high = 0, min(len(old), len(new))
    while low < high:
        middle = (low + high + 1) // 2
        if old[low:middle] == new[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
