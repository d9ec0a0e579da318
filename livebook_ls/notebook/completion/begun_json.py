"""JSON that is still being written: where in it the end is."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(
    r'\s+|(?P<text>"(?:[^"\\]|\\.)*")|(?P<open>[{\[])|(?P<close>[}\]])|(?P<sign>[:,])'
    r'|(?P<word>[^\s"{}\[\]:,]+)'
)
_BEGUN_TEXT = re.compile(r'"(?:[^"\\]|\\.)*\Z')


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunJson:
    """The end of JSON that is not whole: inside the object at `path`, which has `keys` already.

    `key` is the one whose value is begun, None where a key is; what is typed of either begins at
    character `start`, with a quotation mark where it is `in_text`.
    """

    path: tuple[str, ...]
    keys: frozenset[str]
    key: str | None
    start: int
    in_text: bool


class _Level:
    """An object or list that is open."""

    def __init__(self, *, is_object: bool) -> None:
        self.is_object = is_object
        self.keys: list[str] = []
        self.is_at_value = not is_object


def read_begun(text: str) -> BegunJson | None:
    """Where the end of the text is; None behind the end of the JSON, in lists, and in nonsense."""
    levels: list[_Level] = []
    at, last_word = 0, None
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            break
        if token["word"] or token["text"]:
            last_word = at if token["word"] and token.end() == len(text) else None
        if not _take(token, levels):
            return None
        at = token.end()
    begun = _BEGUN_TEXT.match(text, at)
    if not levels or not all(it.is_object for it in levels) or (at < len(text) and not begun):
        return None
    top = levels[-1]
    start = at if begun or last_word is None else last_word
    keys = top.keys
    if not top.is_at_value and last_word is not None and not begun:
        keys = keys[:-1]
    return BegunJson(
        path=tuple(it.keys[-1] for it in levels[:-1]),
        keys=frozenset(keys),
        key=top.keys[-1] if top.is_at_value else None,
        start=start,
        in_text=begun is not None,
    )


def _take(token: re.Match[str], levels: list[_Level]) -> bool:
    """Take a token; whether that makes sense."""
    if token["open"]:
        if levels and not levels[-1].is_at_value:
            return False
        levels.append(_Level(is_object=token["open"] == "{"))
        return True
    if not levels:
        return not (token["text"] or token["word"] or token["close"] or token["sign"])
    top = levels[-1]
    if token["close"]:
        levels.pop()
    elif token["sign"] == ":":
        top.is_at_value = True
    elif token["sign"] == ",":
        top.is_at_value = not top.is_object
    elif not top.is_at_value and (word := token["text"] or token["word"]):
        top.keys.append(word.strip('"'))
    return True
