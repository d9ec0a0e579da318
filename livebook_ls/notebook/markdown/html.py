"""HTML tags and elements as EarmarkParser takes them apart, in byte views."""

from __future__ import annotations

import re
from typing import NamedTuple

from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.characters import (
    LATIN_SPACE,
    LATIN_WORD,
    from_byte_view,
    to_byte_view,
)
from livebook_ls.notebook.markdown.lines import LineKind, Scan
from livebook_ls.notebook.markdown.nodes import Html

_SPACES = rf"[{LATIN_SPACE}]*+"
_HEADING_LEVELS = {"h1": 1, "h2": 2}
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


class Element(NamedTuple):
    """An HTML element, with the words behind its end."""

    html: Html
    behind: str


def element_of(scan: Scan, at: int, size: int) -> Element | None:
    """The element on these lines; None where Livebook could not write it.

    It can't where the first tag has no end, and where it would cut a character in two.
    """
    chunks = _chunks(scan, at, size)
    tag = opening_tag(chunks[0])
    if tag is None:
        return None
    closing = tag.rest.find(f"</{tag.name}>")
    rest = tag.rest if closing == -1 else tag.rest[:closing].rstrip(LATIN_SPACE)
    is_closed = tag.closes_itself or scan.parser.is_void(tag.name)
    inner = [to_byte_view(chunk) for chunk in chunks[1:]]
    behind = rest if is_closed else ""
    if rest and not is_closed:
        inner.insert(0, rest)
    if len(chunks) > 1:
        end = re.match(rf"{_SPACES}</{tag.name}>{_SPACES}(.*)", inner[-1])
        if end is not None:
            inner.pop()
            behind = end.group(1) or behind
    texts = [from_byte_view(view) for view in (tag.name, behind, *inner)]
    values = [(from_byte_view(name), from_byte_view(value)) for name, value in tag.attributes]
    written = [it for it in texts if it is not None]
    attributes = tuple((name, it) for name, it in values if name is not None and it is not None)
    if len(written) < len(texts) or len(attributes) < len(values):
        return None
    name, behind, *lines = written
    return Element(Html(name, attributes, tuple(lines)), behind)


def html_heading(scan: Scan, at: int, block: Block) -> list[Block]:
    """An HTML block, told as a heading where Livebook's importer takes it for one.

    The importer looks only at a node's tag, and for a name at its one text (`import.ex`,
    `group_elements`). Words behind such an element are a block of their own.
    """
    level = _HEADING_LEVELS.get(tag_of(scan.lines[at]))
    found = element_of(scan, at, block.size) if level else None
    if level is None or found is None:
        return [block]
    html, behind = found
    kind, label = block.kind, ""
    if len(html.lines) == 1:
        kind, label = BlockKind.HTML_HEADING, html.lines[0]
    told = block._replace(kind=kind, label=label, level=level)
    if not behind or block.size == 1:
        return [told]
    words = Block(BlockKind.WORDS, 1, block.gap, behind)
    return [told._replace(size=block.size - 1, gap=0), words]


def _chunks(scan: Scan, at: int, size: int) -> list[str]:
    """An element's lines; what stands between two tags of its nesting counts as one."""
    chunks = [scan.lines[at]]
    needed = [tag_of(scan.lines[at])]
    between: list[str] = []
    for index in range(at + 1, at + size):
        kind, line = scan.kinds[index], scan.lines[index]
        if kind == LineKind.HTML_CLOSE and needed and tag_of(line) == needed[-1]:
            needed.pop()
        elif kind == LineKind.HTML_OPEN:
            needed.append(tag_of(line))
        else:
            between.append(line)
            continue
        chunks += ["\n".join(between), line] if between else [line]
        between = []
    return chunks + (["\n".join(between)] if between else [])
