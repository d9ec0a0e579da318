"""Where the parts of a block stand in the text, and what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.characters import SPACE, TRIMMED
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.lines import Scan
    from livebook_ls.notebook.source import Source


Node: TypeAlias = tuple[Block, int]
"""A block and the line on which it begins."""


class BlockDocument(NamedTuple):
    """A text that is split into blocks."""

    source: Source
    scan: Scan
    blocks: list[Block]


def line_span(source: Source, line: int) -> Span:
    """Where a line stands, without its end."""
    return Span(source.starts[line], source.line_end(line))


def block_span(source: Source, node: Node) -> Span:
    """Where a block stands, without the blank lines behind it."""
    block, line = node
    last = line + (block.size or 1) - 1
    return Span(source.starts[line], source.starts[last] + len(source.lines[last]))


def label_span(source: Source, node: Node) -> Span:
    """Where a heading's text or a fence's info stands on the block's first line."""
    block, line = node
    start = source.starts[line]
    end = start + len(source.lines[line])
    if block.kind is BlockKind.HTML_HEADING:
        # Its words may stand on lines of their own.
        end = block_span(source, node).end
    at = source.text.rfind(block.label, start, end) if block.label else -1
    return Span(end, end) if at == -1 else Span(at, at + len(block.label))


def code_span(source: Source, node: Node) -> Span:
    """Where the content of a fenced code block stands."""
    block, line = node
    first = line + 1
    last = line + block.size - block.level - 1
    if last < first:
        at = source.starts[first] if first < len(source.starts) else len(source.text)
        return Span(at, at)
    return Span(source.starts[first], source.starts[last] + len(source.lines[last]))


def code_text(scan: Scan, node: Node) -> str:
    """The content of a code block, fenced or indented."""
    block, line = node
    if block.kind == BlockKind.FENCED:
        return "\n".join(scan.lines[line + 1 : line + block.size - block.level])
    lines = scan.lines[line : line + block.size]
    return "\n".join(text[4:] if text.strip(SPACE) else "" for text in lines)


def comment_lines(lines: list[str]) -> list[str]:
    """What a comment says, as Livebook normalises it: one line trimmed, or without blank edges."""
    bare = [_bare_comment_line(line) for line in lines]
    if len(bare) == 1:
        return [bare[0].strip(TRIMMED)]
    first, last = 0, len(bare)
    while first < last and not bare[first].strip(TRIMMED):
        first += 1
    while last > first and not bare[last - 1].strip(TRIMMED):
        last -= 1
    return bare[first:last]


def _bare_comment_line(line: str) -> str:
    start = line.lstrip(SPACE)
    if start.startswith("<!--"):
        line = start[4:]
    end = line.find("-->")
    return line if end == -1 else line[:end]
