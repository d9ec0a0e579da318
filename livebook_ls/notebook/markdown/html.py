"""HTML tags as EarmarkParser takes them apart, in byte views."""

from __future__ import annotations

import re
from typing import NamedTuple

from livebook_ls.notebook.markdown.characters import LATIN_SPACE, LATIN_WORD, to_byte_view

_SPACES = rf"[{LATIN_SPACE}]*+"
_NAME = re.compile(rf"</?([{LATIN_WORD}]+)")
_HEAD = re.compile(rf"{_SPACES}<([{LATIN_WORD}]+){_SPACES}")
_QUOTED = re.compile(rf"([{LATIN_WORD}]++){_SPACES}={_SPACES}([\"'])(.*?)\2{_SPACES}")
_UNQUOTED = re.compile(
    rf"([{LATIN_WORD}]++)(?:{_SPACES}={_SPACES}([^&>{LATIN_SPACE}]*+))?{_SPACES}"
)


class OpeningTag(NamedTuple):
    """A tag with its attributes; `rest` is what follows its `>` on the line."""

    name: str
    attributes: tuple[tuple[str, str], ...]
    closes_itself: bool
    rest: str


def opening_tag(line: str) -> OpeningTag | None:
    """The tag at the start of an HTML line; None where EarmarkParser finds no end and raises."""
    view = to_byte_view(line)
    head = _HEAD.match(view)
    if head is None:
        return None
    attributes, at = _attributes(view, head.end())
    end = view.find(">", at)
    if end == -1:
        return None
    closes_itself = end > at and view[end - 1] == "/"
    rest = view[end + 1 :].lstrip(LATIN_SPACE)
    return OpeningTag(head.group(1), attributes, closes_itself, rest)


def _attributes(view: str, at: int) -> tuple[tuple[tuple[str, str], ...], int]:
    found: list[tuple[str, str]] = []
    while True:
        match = _QUOTED.match(view, at)
        if match is not None:
            found.append((match.group(1), match.group(3)))
        else:
            match = _UNQUOTED.match(view, at)
            if match is None:
                return tuple(found), at
            name, value = match.groups()
            found.append((name, name if value is None else value))
        at = match.end()


def tag_of(line: str) -> str:
    """The name of the tag that a line opens or closes."""
    match = _NAME.match(to_byte_view(line.lstrip(" ")))
    return match.group(1) if match else ""
