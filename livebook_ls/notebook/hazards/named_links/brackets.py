"""The brackets in a stretch of prose that could be links, by CommonMark's rules for inlines."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field

_SPECIAL = re.compile(r"\\[!-/:-@\[-`{-~]|`+|<|\[|\]")
_ATTRIBUTE = r"\s+[A-Za-z_:][\w:.-]*+(?:\s*+=\s*+(?:[^\"'=<>`\x00-\x20]++|'[^']*+'|\"[^\"]*+\"))?+"
_TAG_OR_AUTOLINK = re.compile(
    rf"<[A-Za-z][A-Za-z0-9-]*+(?:{_ATTRIBUTE})*+\s*+/?>|</[A-Za-z][A-Za-z0-9-]*+\s*+>"
    r"|<[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20<>]*+>|<[\w.!#$%&'*+/=?^`{|}~-]++@[\w.-]++>"
)
# What may run over many lines, and is not worth telling from text.
_ODD_HTML = re.compile(r"<[!?]")
_ADDRESS = re.compile(
    r"\(\s*+(?:<[^<>\r\n\\]*+>|(?:[^\s()<>\\]|\([^\s()<>\\]*+\))*+)"
    r"(?:\s++(?:\"[^\"\\]*+\"|'[^'\\]*+'|\([^()\\]*+\)))?+\s*+\)"
)


@dataclass(slots=True)
class Bracket:
    """A pair of brackets at `start` and before `end`; `has_address` where it is a link already.

    `is_image` says that a `!` stands before it, `inner` which pairs are directly inside.
    """

    start: int
    end: int
    is_image: bool
    has_address: bool = False
    is_outermost: bool = True
    inner: list[Bracket] = field(default_factory=list)


def brackets_in(text: str) -> list[Bracket] | None:
    """All pairs in the order of their ends; None where it can't be told for sure what they are.

    Brackets in code spans, HTML tags, autolinks and addresses are none, nor are escaped ones.
    """
    if "\\`" in text or _ODD_HTML.search(text) is not None:
        return None
    runs = _runs_by_length(text)
    pairs: list[Bracket] = []
    opened: list[Bracket] = []
    at = 0
    while (match := _SPECIAL.search(text, at)) is not None:
        at = match.end()
        mark = match.group()
        if mark[0] == "`":
            closing = _closing_run(runs, len(mark), at)
            if closing is None:
                return None
            at = closing + len(mark)
        elif mark == "<":
            tag = _TAG_OR_AUTOLINK.match(text, match.start())
            at = at if tag is None else tag.end()
        elif mark == "[":
            before = text[match.start() - 1 : match.start()]
            opened.append(Bracket(match.start(), -1, before == "!"))
        elif mark == "]" and opened:
            pair = opened.pop()
            pair.end = at
            pairs.append(pair)
            if text[at : at + 1] == "(":
                address = _ADDRESS.match(text, at)
                if address is None:
                    return None
                pair.has_address = True
                at = address.end()
    _nest(pairs)
    return pairs


def _runs_by_length(text: str) -> dict[int, list[int]]:
    runs: dict[int, list[int]] = {}
    for match in re.finditer("`+", text):
        runs.setdefault(len(match.group()), []).append(match.start())
    return runs


def _closing_run(runs: dict[int, list[int]], length: int, after: int) -> int | None:
    starts = runs.get(length, [])
    at = bisect_left(starts, after)
    return starts[at] if at < len(starts) else None


def _nest(pairs: list[Bracket]) -> None:
    """Find which pairs are inside of which; they come in the order of their ends."""
    free: list[Bracket] = []
    for pair in pairs:
        while free and free[-1].start > pair.start:
            inside = free.pop()
            inside.is_outermost = False
            pair.inner.append(inside)
        free.append(pair)
