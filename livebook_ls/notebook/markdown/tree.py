"""Blocks taken apart down to their words, as EarmarkParser's tree with `parse_inline: false`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.markdown.blocks import Block, BlockKind, NoteKind
from livebook_ls.notebook.markdown.html import element_of
from livebook_ls.notebook.markdown.line_forms import underline_level
from livebook_ls.notebook.markdown.lines import LineKind, Scan, scan_nested
from livebook_ls.notebook.markdown.lists import read_list
from livebook_ls.notebook.markdown.nested import contents
from livebook_ls.notebook.markdown.nodes import (
    Align,
    Code,
    Comment,
    Heading,
    List,
    Node,
    Paragraph,
    Quote,
    Ruler,
    Table,
    Words,
)
from livebook_ls.notebook.markdown.places import code_text, comment_lines
from livebook_ls.notebook.markdown.splitting import split_blocks
from livebook_ls.notebook.markdown.tables import table_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.markdown.parser_version import ParserVersion

# Every level of lists and quotes is read anew, so deep nesting costs the square of its depth.
# Beyond this many times the document's own length, what stands inside is kept as it is.
_REREADINGS = 16
_ALWAYS_READ = 1_000_000
_COST_OF_READING = 100

_HTML = (BlockKind.HTML, BlockKind.HTML_HEADING)
_ALIGN = re.compile(r"(:?)-++(:?)\Z")


class UnwritableError(Exception):
    """Livebook has no way to write this block back, and breaks off."""


class _Inside(NamedTuple):
    """Lines inside a quote or list item, and where their nodes belong."""

    lines: list[str]
    nodes: list[Node]
    is_item: bool
    is_loose: bool


def tree(scan: Scan, blocks: Iterable[tuple[int, Block]]) -> list[list[Node]]:
    """For each block, given with its first line, its nodes: mostly one.

    A link definition has none, HTML with words behind it two. Raises `UnwritableError` where
    Livebook would raise.
    """
    waiting: list[_Inside] = []
    found = [_nodes(scan, at, block, waiting) for at, block in blocks]
    left = max(_ALWAYS_READ, _REREADINGS * sum(map(len, scan.lines)))
    while waiting:
        inside = waiting.pop()
        left -= _COST_OF_READING + sum(map(len, inside.lines))
        if left < 0:
            inside.nodes.append(Words("\n".join(inside.lines)))
        else:
            _read_inside(inside, waiting, scan.parser)
    return found


def placed(blocks: Iterable[Block]) -> Iterator[tuple[int, Block]]:
    """The blocks of a text with the line on which each begins."""
    at = 0
    for block in blocks:
        yield at, block
        at += block.size + block.gap


def _read_inside(inside: _Inside, waiting: list[_Inside], parser: ParserVersion) -> None:
    scan = scan_nested(inside.lines, parser)
    for at, block in placed(split_blocks(scan)):
        nodes = _nodes(scan, at, block, waiting)
        is_tight = inside.is_item and not inside.is_loose
        if is_tight and block.kind is BlockKind.PARAGRAPH and not block.level:
            nodes = [Words(_prose(scan, at, block))]
        inside.nodes.extend(nodes)


def _nodes(scan: Scan, at: int, block: Block, waiting: list[_Inside]) -> list[Node]:
    """The nodes of a block; what is inside of them is still `waiting` to be read."""
    if any(note.kind is NoteKind.FAULT for note in block.notes):
        raise UnwritableError
    if block.kind is BlockKind.QUOTE:
        nodes: list[Node] = []
        ((_, lines),) = contents(scan, at, block)
        waiting.append(_Inside(lines, nodes, is_item=False, is_loose=False))
        return [Quote(nodes)]
    if block.kind is BlockKind.LIST:
        return [_list(scan, at, block, waiting)]
    if block.kind in _HTML:
        return _html(scan, at, block)
    node = _plain_node(scan, at, block)
    return [] if node is None else [node]


def _plain_node(scan: Scan, at: int, block: Block) -> Node | None:
    match block.kind:
        case BlockKind.PARAGRAPH:
            return Paragraph(_prose(scan, at, block))
        case BlockKind.HEADING:
            return Heading(block.level, block.label)
        case BlockKind.RULE:
            return Ruler(block.label)
        case BlockKind.FENCED:
            return Code(code_text(scan, (block, at)), block.label)
        case BlockKind.INDENTED:
            return Code(code_text(scan, (block, at)), "")
        case BlockKind.TABLE:
            return _table([tuple(table_columns(line)) for line in scan.lines[at : at + block.size]])
        case BlockKind.COMMENT:
            return Comment(tuple(comment_lines(scan.lines[at : at + block.size])))
        case BlockKind.WORDS:
            return Words(block.label)
        case BlockKind.LOOSE_ATTRIBUTES:
            return Paragraph(f"{{:{block.label}}}")
        case _:
            return None


def _html(scan: Scan, at: int, block: Block) -> list[Node]:
    found = element_of(scan, at, block.size)
    if found is None:
        raise UnwritableError
    # Behind a heading of several lines the words are a block of their own.
    is_alone = not found.behind or (block.level > 0 and block.size > 1)
    return [found.html] if is_alone else [found.html, Words(found.behind)]


def _prose(scan: Scan, at: int, block: Block) -> str:
    lines = scan.lines[at : at + block.size]
    kind = scan.kinds[at]
    if kind == LineKind.HTML_CLOSE or (
        kind == LineKind.UNDERLINE and underline_level(lines[0]) == 1
    ):
        # EarmarkParser warns of such a line as unexpected, and then forgets what it says.
        lines[0] = ""
    return "\n".join(lines)


def _list(scan: Scan, at: int, block: Block, waiting: list[_Inside]) -> List:
    items = read_list(scan.lines, scan.kinds, at, at + block.size).items
    is_loose = items[-1].is_loose
    nodes: list[list[Node]] = [[] for _ in items]
    waiting += [
        _Inside(item.lines, inside, is_item=True, is_loose=is_loose)
        for item, inside in zip(items, nodes, strict=True)
    ]
    return List(items[0].bullet not in "-*+", nodes)


def _table(rows: list[tuple[str, ...]]) -> Table:
    matches = [_ALIGN.match(cell) for cell in rows[1]]
    aligns = tuple(_align(*match.groups()) for match in matches if match is not None)
    if len(aligns) < len(matches):
        return Table(None, tuple(rows), (Align.LEFT,) * len(matches))
    return Table(rows[0], tuple(rows[2:]), aligns)


def _align(left: str, right: str) -> Align:
    if right:
        return Align.CENTER if left else Align.RIGHT
    return Align.LEFT
