"""Text for a terminal: in colour where that is wanted, and without what would steer it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from livebook_ls.notebook.hazard import Severity
from livebook_ls.sync.telling.command_words import in_terminal_words

# Text and the number of a colour (or of boldness, or "") to the text in it.
Paint = Callable[[str, str], str]

BOLD, RED, GREEN, YELLOW, CYAN, DIM = "1", "31", "32", "33", "36", "2"
COLOURS = {
    Severity.CRASH: RED,
    Severity.UNSAVABLE: RED,
    Severity.WIPE: RED,
    Severity.DROP: YELLOW,
    Severity.REFORMAT: DIM,
}


def painter() -> Paint:
    """Colours where stdout is a terminal, unless `NO_COLOR` is set (no-color.org).

    Also where git's pager is between us and the terminal.
    """
    is_shown = sys.stdout.isatty() or os.environ.get("GIT_PAGER_IN_USE") == "true"
    return _paint if is_shown and not os.environ.get("NO_COLOR") else _plain


def printable(text: str) -> str:
    """`text` without what would steer a terminal."""
    return "".join(it if it.isprintable() else "�" for it in text)


def complain(line: str) -> None:
    """Say on stderr what went wrong; files' names and servers' words may be anybody's."""
    print(in_terminal_words(printable(line)), file=sys.stderr)


def _paint(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if colour else text


def _plain(text: str, _: str) -> str:
    return text
