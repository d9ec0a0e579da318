"""`--print-completion`: what a shell needs to complete commands, options and files."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish")
_OF_FILES = frozenset(("FILE", "PATH"))


def script(parser: ArgumentParser, shell: str) -> str:
    """The script for a parser that knows every command whole."""
    import shtab

    for each in _with_commands(parser):
        for action in each._actions:
            if action.metavar in _OF_FILES:
                # This is how shtab is told.
                action.complete = shtab.FILE  # type: ignore[attr-defined]
    return str(shtab.complete(parser, shell=shell))


def _with_commands(parser: ArgumentParser) -> Iterator[ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action.choices, dict):
            yield from action.choices.values()
