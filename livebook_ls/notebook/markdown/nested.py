"""What is inside lists, quotes and HTML: read only where it matters.

EarmarkParser reads their content as a document of its own, in which HTML has no meaning.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.markdown.backticks import is_balanced
from livebook_ls.notebook.markdown.blocks import Block, BlockKind, Note
from livebook_ls.notebook.markdown.html import html_heading
from livebook_ls.notebook.markdown.line_forms import quote_of
from livebook_ls.notebook.markdown.lines import LineKind, Scan, scan_nested
from livebook_ls.notebook.markdown.lists import read_list
from livebook_ls.notebook.markdown.splitting import split_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator

# Deeper than this nobody writes, and reading every level again makes time grow with the square.
_DEEPEST = 50
_HTML = BlockKind.HTML
_LIST = BlockKind.LIST
_QUOTE = BlockKind.QUOTE
_UNDERLINE = re.compile(r"^[ >*+\-\d.)]*+=", re.MULTILINE)


def split_document(scan: Scan) -> list[Block]:
    """The blocks of a document, with the notes of what is inside its lists and quotes."""
    blocks: list[Block] = []
    at = 0
    for block in split_blocks(scan):
        kind, size, gap, _label, _level, _notes = block
        if kind is _HTML:
            blocks += html_heading(scan, at, block)
        else:
            notes = _inner_notes(scan, at, block) if kind is _LIST or kind is _QUOTE else None
            blocks.append(block._replace(notes=(*block.notes, *notes)) if notes else block)
        at += size + gap
    return blocks


def contents(scan: Scan, at: int, block: Block) -> Iterator[tuple[int, list[str]]]:
    """The lines inside a quote, or inside each item of a list, and the line where they begin."""
    lines, kinds, _parser = scan
    end = at + block.size
    if block.kind is BlockKind.QUOTE:
        yield at, [_quoted(lines[line], kinds[line]) for line in range(at, end)]
    elif block.kind is BlockKind.LIST:
        for item in read_list(lines, kinds, at, end).items:
            yield item.first, item.lines


def _inner_notes(scan: Scan, at: int, block: Block) -> list[Note]:
    if not _may_be_wrong(scan.lines[at : at + block.size]):
        return []
    notes: list[Note] = []
    waiting = [(first - at, lines, 1) for first, lines in contents(scan, at, block)]
    while waiting:
        offset, lines, depth = waiting.pop()
        if depth > _DEEPEST or not _may_be_wrong(lines):
            continue
        inner = scan_nested(lines, scan.parser)
        line = 0
        for part in split_blocks(inner):
            notes += [Note(note.kind, offset + line + note.line, note.text) for note in part.notes]
            waiting += [
                (offset + first, inside, depth + 1) for first, inside in contents(inner, line, part)
            ]
            line += part.size + part.gap
    return notes


def _quoted(line: str, kind: str) -> str:
    if kind == LineKind.QUOTE:
        return quote_of(line)
    return line if kind == LineKind.TABLE else line.lstrip(" \t")


def _may_be_wrong(lines: list[str]) -> bool:
    """Whether these lines could warn or fail: fences, attribute lists, `===`, open backticks."""
    text = "\n".join(lines)
    if "~~~" in text or "{:" in text or ("=" in text and _UNDERLINE.search(text)):
        return True
    return "`" in text and ("```" in text or not is_balanced(text))
