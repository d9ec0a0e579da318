"""The fewest replacements from one text to another, so that an editor keeps cursors and folds."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from livebook_ls.notebook.model import Span

_LINES = re.compile(r"[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+")
# Comparing many changed lines grows with their product; past this, the changed part is one edit.
_MOST_CHANGED_LINES = 4_000


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
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
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


def _common(left: list[str], right: list[str]) -> int:
    """How many items at the start of both are the same."""
    count = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        count += 1
    return count
