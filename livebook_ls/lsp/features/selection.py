"""Selection ranges: from the word to the line, the cell's text, the cell, its section, all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from lsprotocol import types

from livebook_ls.lsp.convert import to_range
from livebook_ls.lsp.documents.open_text import OpenText
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.outline import OutlineEntry
from livebook_ls.notebook.source import Unit

_WORD = re.compile(r"\w+[?!]?")


def selection_range(reading: OpenText, offset: int, unit: Unit) -> types.SelectionRange:
    """The ranges around a place, each the parent of the one that is inside it."""
    found: types.SelectionRange | None = None
    for span in reversed(spans_around(reading, offset)):
        found = types.SelectionRange(range=to_range(reading.source, span, unit), parent=found)
    return found or types.SelectionRange(range=to_range(reading.source, Span(offset, offset), unit))


def spans_around(reading: OpenText, offset: int) -> list[Span]:
    """The spans around a place, the smallest first, each strictly inside the next."""
    chosen: list[Span] = []
    for span in _candidates(reading, offset):
        if not chosen or (_holds(span, chosen[-1]) and span != chosen[-1]):
            chosen.append(span)
    return chosen


def _candidates(reading: OpenText, offset: int) -> Iterator[Span]:
    source = reading.source
    line = source.line_at(offset)
    content, start = source.lines[line], source.starts[line]
    for word in _WORD.finditer(content):
        if start + word.start() <= offset <= start + word.end():
            yield Span(start + word.start(), start + word.end())
            break
    words = content.strip()
    if words:
        begin = start + content.index(words)
        if begin <= offset <= begin + len(words):
            yield Span(begin, begin + len(words))
        yield Span(start, source.line_end(line))
    yield from _parts(reading, offset)
    yield Span(0, len(source.text))


def _parts(reading: OpenText, offset: int) -> Iterator[Span]:
    """The parts of the cell, then the section alone, then what the outline has around it."""
    notebook = reading.notebook
    sections = [section for section in notebook.sections if _covers(section.span, offset)]
    cells = (*notebook.setup, *(cell for section in sections for cell in section.cells))
    cell = next((cell for cell in reversed(cells) if _covers(cell.span, offset)), None)
    if cell is not None:
        around = (cell.source_span, cell.body_span, cell.span)
        yield from (span for span in around if _covers(span, offset))
    # Where one ends and the next begins, the next one is meant.
    yield from (section.span for section in sections[-1:])
    yield from reversed(list(_entries(reading.outline, offset)))


def _entries(entries: Sequence[OutlineEntry], offset: int) -> Iterator[Span]:
    """The spans of the entry around a place and of those inside it, the largest first."""
    for entry in reversed(entries):
        if _covers(entry.span, offset):
            yield entry.span
            yield from _entries(entry.children, offset)
            return


def _covers(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end


def _holds(outer: Span, inner: Span) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
