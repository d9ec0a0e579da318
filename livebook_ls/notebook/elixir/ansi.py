"""Terminal text without its colours, as Livebook writes outputs (`utils/ansi.ex`)."""

from __future__ import annotations

import re

_PLAIN_CODES = ("[1A", "[1B", "[1C", "[1D", "[2J", "[2K", "[H", "(B")
_NUMBER = re.compile(r"[+-]?[0-9]+\Z")
_LAST_CODE = 107
# Before a number of the palette stand these and a 5.
_PALETTE = ("38", "48")
_LAST_COLOUR = 255


def without_ansi(text: str) -> str:
    """The text without the escape sequences that Livebook understands; others stay."""
    head, *parts = text.split("\x1b")
    return head + "".join(map(_without_code, parts))


def _without_code(part: str) -> str:
    for code in _PLAIN_CODES:
        if part.startswith(code):
            return part[len(code) :]
    arguments, end, rest = part[1:].partition("m")
    if part[:1] == "[" and end and _are_known(arguments.split(";")):
        return rest
    return "\x1b" + part


def _are_known(arguments: list[str]) -> bool:
    if not all(not argument or _NUMBER.match(argument) for argument in arguments):
        return False
    at = 0
    while at < len(arguments):
        takes_colour = arguments[at] in _PALETTE and arguments[at + 1 : at + 2] == ["5"]
        if takes_colour and 0 <= _number(arguments[at + 2 : at + 3]) <= _LAST_COLOUR:
            at += 3
            continue
        if _number(arguments[at : at + 1]) > _LAST_CODE:
            return False
        at += 1
    return True


def _number(argument: list[str]) -> int:
    """The number, where nothing is 0; far too long ones are too great."""
    if not argument:
        return -1
    return int(argument[0] or 0) if len(argument[0]) < 10 else _LAST_CODE + 1
