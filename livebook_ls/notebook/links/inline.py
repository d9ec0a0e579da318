"""The links in a stretch of Markdown prose, by CommonMark's rules for inlines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from livebook_ls.notebook.model import Span

_TOKEN = re.compile(
    r"\\[!-/:-@\[-`{-~]|`+|<!--|!?\[|\]"
    r"|<(?P<web>[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\x00-\x20<>]*+)>"
    r"|<(?P<tag>a|img)\s(?P<attributes>[^<>]*+)>"
)
_ATTRIBUTE = re.compile(r"(?:\A|\s)(?:href|src)\s*+=\s*+(?P<quote>[\"'])(?P<address>.*?)(?P=quote)")
_ADDRESS = re.compile(
    r"\(\s*+(?:<(?P<angled>[^<>\r\n]*+)>"
    r"|(?P<plain>(?:\\[!-/:-@\[-`{-~]|[^\s()\\]|\\|\((?:[^\s()]|\([^\s()]*+\))*+\))*+))"
    r"(?:\s++(?:\"(?:[^\"\\]|\\.)*+\"|'(?:[^'\\]|\\.)*+'|\((?:[^()\\]|\\.)*+\)))?+\s*+\)",
    re.DOTALL,
)


class Link(NamedTuple):
    """A link: all of it, its words, and where its address stands, without `<>` around it."""

    span: Span
    words: Span
    address_span: Span
    address: str
    is_image: bool

    def moved(self, by: int) -> Link:
        """The same link so many characters further down."""
        span, words, address_span, address, is_image = self
        return Link(span.moved(by), words.moved(by), address_span.moved(by), address, is_image)


def links_in_prose(text: str, offset: int) -> Iterator[Link]:
    """The links of a stretch of prose that begins at character `offset`, inner ones first."""
    opened: list[tuple[int, bool]] = []
    at = 0
    while (token := _TOKEN.search(text, at)) is not None:
        at, mark = token.end(), token[0]
        if mark[0] == "`":
            at = _behind_code(text, mark, at)
        elif mark == "<!--":
            closing = text.find("-->", at)
            at = len(text) if closing < 0 else closing + 3
        elif token["web"] is not None:
            span = Span(*token.span("web")).moved(offset)
            whole = Span(*token.span()).moved(offset)
            yield Link(whole, span, span, token["web"], is_image=False)
        elif token["tag"] is not None:
            yield from _of_tag(token, offset)
        elif mark in ("[", "!["):
            opened.append((token.start(), mark == "!["))
        elif mark == "]" and opened:
            start, is_image = opened.pop()
            address = _ADDRESS.match(text, at)
            if address is not None:
                words = Span(start + 1 + is_image, token.start())
                yield _link(start, words, address, is_image, offset)
                at = address.end()


def _behind_code(text: str, ticks: str, at: int) -> int:
    """The end of the code span that `ticks` open; right behind them where they open none."""
    closing = re.compile(rf"(?<!`){ticks}(?!`)").search(text, at)
    return at if closing is None else closing.end()


def _of_tag(token: re.Match[str], offset: int) -> Iterator[Link]:
    found = _ATTRIBUTE.search(token["attributes"])
    if found is None:
        return
    place = Span(*found.span("address")).moved(offset + token.start("attributes"))
    whole = Span(*token.span()).moved(offset)
    yield Link(whole, place, place, found["address"], is_image=token["tag"] == "img")


def _link(start: int, words: Span, address: re.Match[str], is_image: bool, offset: int) -> Link:
    group = "plain" if address["angled"] is None else "angled"
    return Link(
        Span(start, address.end()).moved(offset),
        words.moved(offset),
        Span(*address.span(group)).moved(offset),
        address[group],
        is_image,
    )
