"""Text for a terminal: in colour where that is wanted, and without what would steer it."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from livebook_ls.notebook.hazard import Severity

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

# Sentences stand once, in the words of editors.
_COMMANDS = {
    "“Restore an Earlier Version” has": "`livebook-ls restore` has",
    "“Restore my version” brings": "`livebook-ls restore` brings",
    "“Restore the browser's version” brings it into the editor": (
        "`livebook-ls restore` brings it back"
    ),
    "“Open in Livebook” starts": "`livebook-ls open` starts",
    "“Restamp” signs": "`livebook-ls restamp` signs",
    "Take mine, the browser's, or both.": "`sync --take` takes mine, theirs or both.",
    "Take mine or the browser's.": "`sync --take` takes mine or theirs.",
    "Sync in two steps, or close the session in Livebook and save again.": (
        "Close the session in Livebook and sync again."
    ),
    "The save is held back from Livebook.": "It was not sent.",
    " The file takes Livebook's form with your next save.": "",
    "Stop it, or wait for it in the editor.": "Stop it in Livebook, or run it again to wait.",
    "Start Livebook, or set livebook.url to where it runs; it is picked up by itself.": (
        "Start Livebook, as by `livebook-ls start`, or say where it runs: --url, or LIVEBOOK_URL."
    ),
    "It is asked again by itself; if it stays so,": "If it stays so,",
    " It is asked again by itself.": "",
    "This one tries again by itself.": "Try again once that is done.",
    "Start Livebook there; it is picked up by itself.": "Start Livebook there.",
    "Set livebook.token to the one of this Livebook.": (
        "Give --url the address that Livebook prints, with ?token=…."
    ),
    "livebook.url or livebook.token": "--url",
    "livebook.password": "LIVEBOOK_PASSWORD",
    "or set livebook.startCommand to what starts it": "or name what starts it: `start PROGRAM`",
    "or set livebook.startCommand to another one": "or name another one: `start PROGRAM`",
    "; livebook.stop ends it": "",
    "livebook.url": "--url",
    "livebook.caFile": "--ca-file",
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


def in_terminal_words(sentence: str) -> str:
    """A sentence that names an editor's commands and settings, by those of a terminal."""
    for words, command in _COMMANDS.items():
        sentence = sentence.replace(words, command)
    return sentence


def _paint(text: str, colour: str) -> str:
    return f"\033[{colour}m{text}\033[0m" if colour else text


def _plain(text: str, _: str) -> str:
    return text
