"""Attribute lists such as `{: .class #id name=value}`, by EarmarkParser's rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.elixir.quoting import inspect_strings
from livebook_ls.notebook.markdown.characters import (
    LATIN_SPACE,
    TRIMMED,
    from_byte_view,
    to_byte_view,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_SPACES = rf"[{LATIN_SPACE}]*+"
_WORD = rf"[^{LATIN_SPACE}]"
_BLANK = re.compile(rf"{_SPACES}\Z")
_CLASS = re.compile(rf"\.({_WORD}+){_SPACES}")
_ID = re.compile(rf"#({_WORD}+){_SPACES}")
_VALUES = (
    re.compile(rf"({_WORD}+)='([^']*)'{_SPACES}"),
    re.compile(rf"({_WORD}+)=\"([^\"]*)\"{_SPACES}"),
    re.compile(rf"({_WORD}+)=({_WORD}+){_SPACES}"),
)
_WRONG = re.compile(rf"({_WORD}++){_SPACES}")


class AttributeList(NamedTuple):
    """Names with their values, newest first, and the words that are no attributes, last first."""

    values: Mapping[str, list[str]]
    wrong: list[str]

    @property
    def complaint(self) -> str | None:
        """What EarmarkParser says about the words that it ignores."""
        if not self.wrong:
            return None
        words = [from_byte_view(word) or word for word in self.wrong]
        return f"Illegal attributes {inspect_strings(words)} ignored in IAL"


def parse_attributes(inside: str) -> AttributeList:
    """The attributes in the inside of a `{: …}`."""
    view = to_byte_view(inside.strip(TRIMMED))
    values: dict[str, list[str]] = {}
    wrong: list[str] = []
    at = 0
    while not _BLANK.match(view, at):
        found = _attribute_at(view, at)
        if found is not None:
            name, value, at = found
            values.setdefault(name, []).append(value)
            continue
        match = _WRONG.match(view, at)
        if match is None:
            wrong.append(view[at:])
            break
        wrong.append(match.group(1))
        at = match.end()
    return AttributeList({name: given[::-1] for name, given in values.items()}, wrong[::-1])


def _attribute_at(view: str, at: int) -> tuple[str, str, int] | None:
    for name, pattern in (("class", _CLASS), ("id", _ID)):
        match = pattern.match(view, at)
        if match is not None:
            return name, match.group(1), match.end()
    for pattern in _VALUES:
        match = pattern.match(view, at)
        if match is not None:
            return match.group(1), match.group(2), match.end()
    return None
