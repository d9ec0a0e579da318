"""Code as a person reads it before they agree to it: nothing of it is hidden by how it is shown."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import groupby

# Python calls these printable, and nobody sees them; they may be the whole of a name.
_UNSEEN = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0"
    "\U00016fe4\U0001d159\U000e0100-\U000e01ef]"
)
# Longer ones would take what is behind them out of sight.
_BLANKS = re.compile("[ \t]{41,}")
_MOST_EMPTY_LINES = 3
# A block of code for those who show Markdown, and no line of it is taken for one of the question.
_INDENT = "    "


def lines_of(code: str) -> Iterator[str]:
    """The lines of some code, with what would not be seen by its name or number."""
    for is_empty, lines in groupby(code.replace("\r\n", "\n").split("\n"), _is_empty):
        found = list(lines)
        if is_empty and len(found) > _MOST_EMPTY_LINES:
            yield f"{_INDENT}‹{len(found)} empty lines›"
        else:
            yield from (_INDENT + visible(it) for it in found)


def visible(line: str) -> str:
    """One line in which every character is seen."""
    line = _BLANKS.sub(lambda it: f"‹{len(it[0])} blanks›", line)
    if not line.isprintable():
        line = "".join(it if it.isprintable() or it == "\t" else _named(it) for it in line)
    return _UNSEEN.sub(lambda it: _named(it[0]), line)


def _is_empty(line: str) -> bool:
    return not line.strip(" \t")


def _named(character: str) -> str:
    return f"‹U+{ord(character):04X}›"
