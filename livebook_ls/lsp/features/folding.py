"""Folding ranges by lines: sections, the code of cells, outputs, comments of several lines."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from livebook_ls.notebook.model import Cell, CellType, Metadata, Notebook, Section, Span
from livebook_ls.notebook.source import Source


def folding_ranges(notebook: Notebook, source: Source) -> list[types.FoldingRange]:
    """What can be folded away, in the order of the text."""
    folds = sorted(_folds(notebook, source), key=lambda fold: (fold[0], -fold[1]))
    return [
        types.FoldingRange(start_line=first, end_line=last, kind=kind)
        for first, last, kind in folds
        if last > first
    ]


_Fold = tuple[int, int, types.FoldingRangeKind]


def _folds(notebook: Notebook, source: Source) -> Iterator[_Fold]:
    yield from _comment(notebook.metadata_comment, source)
    for section in notebook.sections:
        yield from _comment(section.metadata_comment, source)
        yield _section(section, source)
    for cell in notebook.cells:
        yield from _cell(cell, source)
    if notebook.stamp is not None:
        yield _lines(notebook.stamp.span, source, types.FoldingRangeKind.Comment)


def _section(section: Section, source: Source) -> _Fold:
    """From the heading, which stays, to the last line with something on it."""
    start = section.span.start if section.name_span is None else section.name_span.start
    return _lines(Span(start, section.span.end), source, types.FoldingRangeKind.Region)


def _cell(cell: Cell, source: Source) -> Iterator[_Fold]:
    yield from _comment(cell.metadata_comment, source)
    if cell.type is not CellType.MARKDOWN:
        yield _lines(cell.body_span, source, types.FoldingRangeKind.Region)
    for output in cell.outputs:
        yield _lines(output.span, source, types.FoldingRangeKind.Region)


def _comment(metadata: Metadata | None, source: Source) -> Iterator[_Fold]:
    if metadata is not None:
        yield _lines(metadata.span, source, types.FoldingRangeKind.Comment)


def _lines(span: Span, source: Source, kind: types.FoldingRangeKind) -> _Fold:
    first = source.line_at(span.start)
    last = source.line_at(max(span.end - 1, span.start))
    while last > first and not source.lines[last].strip():
        last -= 1
    return first, last, kind
