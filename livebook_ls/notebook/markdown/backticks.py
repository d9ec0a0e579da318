"""Which run of backticks a line leaves open, as EarmarkParser sees it.

A paragraph or list item with an open run goes on over blank lines, headings and fences.
"""

from __future__ import annotations

import re
from typing import NamedTuple

# Lines with only the usual spans of code, `like this`, each closed where it was opened.
_PLAIN = re.compile(r"(?:[^`\\]++|\\(?!`)|`[^`\n]++`(?!`))*+")
_TOKENS = re.compile(r"[^`\\]+|\\|`+")


class OpenRun(NamedTuple):
    """A run of backticks that nothing has closed yet, and the line it stands on."""

    backticks: str
    line: int


def open_run(text: str, line: int, pending: OpenRun | None) -> OpenRun | None:
    """What is open after this line, when `pending` was open before it."""
    if "`" not in text:
        return pending
    run = pending
    is_escaped = False
    for piece in _TOKENS.findall(text):
        if run is not None:
            if piece == run.backticks:
                run = None
        elif is_escaped:
            # A backslash takes the whole next piece with it, be it a long run of backticks.
            is_escaped = False
        elif piece == "\\":
            is_escaped = True
        elif piece[0] == "`":
            run = OpenRun(piece, line)
    return run


def is_balanced(text: str) -> bool:
    """Whether each line closes what it opens, seen at a glance; False means: look closely."""
    return "`" not in text or _PLAIN.fullmatch(text) is not None
