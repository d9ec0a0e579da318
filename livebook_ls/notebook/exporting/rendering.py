"""Blocks written as Markdown, in the one form that Livebook gives them (`markdown_helpers.ex`)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.markdown.characters import TRIMMED
from livebook_ls.notebook.markdown.nodes import (
    Align,
    Code,
    Comment,
    Heading,
    Html,
    List,
    Node,
    Paragraph,
    Quote,
    Ruler,
    Table,
    Words,
)

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Sequence

    Writing: TypeAlias = Generator[Sequence[Node], str | None, str]

_BACKTICKS = re.compile("`{3,}+")
_LOWERED_LEVEL = 7
_LEAST_COLUMN_WIDTH = 3
_RULERS = {"-": "---", "_": "___", "*": "***"}
_VOID_TAGS = frozenset(
    (
        *("area", "base", "br", "col", "command", "embed", "hr", "img", "input", "keygen"),
        *("link", "meta", "param", "source", "track", "wbr"),
    )
)


def markdown(nodes: Iterable[Node]) -> str:
    """The nodes as Markdown."""
    # Notebooks can nest deeper than Python's own stack.
    running = [_written(nodes)]
    text: str | None = None
    while running:
        try:
            inner = running[-1].send(text)
        except StopIteration as finished:
            running.pop()
            text = finished.value
        else:
            running.append(_written(inner))
            text = None
    return text or ""


def _each(items: Iterable[Sequence[Node]]) -> Generator[Sequence[Node], str | None, list[str]]:
    texts = []
    for item in items:
        text = yield item
        texts.append(text or "")
    return texts


def _written(nodes: Iterable[Node]) -> Writing:
    """Writes the nodes, and asks for the text of those inside of them."""
    parts: list[str] = []
    for node in nodes:
        if isinstance(node, Words):
            parts.append(node.text)
        elif isinstance(node, Heading) and node.level == _LOWERED_LEVEL:
            parts.append(f"**{node.text.strip(TRIMMED)}**")
        else:
            if isinstance(node, Quote):
                block = _quoted((yield node.nodes) or "")
            elif isinstance(node, List):
                block = _listed(node, (yield from _each(node.items)))
            else:
                block = _block(node)
            parts += ("\n", block, "\n")
    return "".join(parts).strip(TRIMMED)


def fence_for(code: str) -> str:
    """A fence that no run of backticks in the code can close."""
    longest = max(map(len, _BACKTICKS.findall(code)), default=2)
    return "`" * (longest + 1)


def fenced(code: str, info: str) -> str:
    """A code block."""
    fence = fence_for(code)
    return f"{fence}{info}\n{code}\n{fence}"


def comment(lines: Sequence[str]) -> str:
    """A comment."""
    if len(lines) == 1:
        return f"<!-- {lines[0].strip(TRIMMED)} -->"
    return "\n".join(("<!--", "\n".join(lines), "-->"))


def _block(node: Paragraph | Heading | Ruler | Code | Comment | Table | Html) -> str:
    match node:
        case Paragraph(text):
            return text.strip(TRIMMED)
        case Heading(level, text):
            return "#" * level + " " + text
        case Ruler(character):
            return _RULERS[character]
        case Code(text, info):
            return fenced(text, info)
        case Comment(lines):
            return comment(lines)
        case Table():
            return _table(node)
        case Html():
            return _html(node)


def _quoted(text: str) -> str:
    return "\n".join("> " + line for line in text.split("\n"))


def _listed(node: List, texts: Sequence[str]) -> str:
    is_spaced = any(item and isinstance(item[0], Paragraph) for item in node.items)
    items = []
    for number, text in enumerate(texts, start=1):
        marker = f"{number}. " if node.is_ordered else "* "
        indent = " " * len(marker)
        first, *lines = text.split("\n")
        items.append("\n".join([marker + first, *(line and indent + line for line in lines)]))
    return ("\n\n" if is_spaced else "\n").join(items)


def _table(node: Table) -> str:
    rows = [*([] if node.header is None else [node.header]), *node.rows]
    widths = [
        max(_LEAST_COLUMN_WIDTH, *(len(cell.encode("utf-8", "replace")) for cell in column))
        for column in zip(*rows, strict=False)
    ]
    lines = [
        _row(cell + _padding(cell, width) for cell, width in zip(row, widths, strict=False))
        for row in rows
    ]
    if node.header is not None:
        lines.insert(1, _row(map(_underline, node.aligns, widths)))
    return "\n".join(lines)


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _padding(cell: str, width: int) -> str:
    return " " * (width - len(cell.encode("utf-8", "replace")))


def _underline(align: Align, width: int) -> str:
    if align is Align.CENTER:
        return ":" + "-" * (width - 2) + ":"
    if align is Align.RIGHT:
        return "-" * (width - 1) + ":"
    return "-" * width


def _html(node: Html) -> str:
    attributes = "".join(f' {name}="{value}"' for name, value in node.attributes)
    if not node.lines and node.tag in _VOID_TAGS:
        return f"<{node.tag}{attributes} />"
    return "\n".join((f"<{node.tag}{attributes}>", "\n".join(node.lines), f"</{node.tag}>"))
