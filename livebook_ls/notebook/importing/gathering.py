"""Cells of several fragments as those of one text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.importing.shifting import shifted_cell
from livebook_ls.notebook.model import Cell, Section, Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.importing.assembly import Assembler
    from livebook_ls.notebook.source import Source


class CellRun(NamedTuple):
    """Cells of one fragment, and its offset; with the first of them the one above may go on."""

    part: Assembler | Section
    offset: int
    goes_on: bool = False


def gathered(source: Source, runs: Iterable[CellRun]) -> Iterator[Cell]:
    """The cells, placed; of Markdown that goes on over several fragments one cell."""
    last, end = None, 0
    for part, offset, goes_on in runs:
        cells = part.cells
        if goes_on:
            end = cells[0].span.end + offset
            cells = cells[1:]
        for cell in cells:
            if last is not None:
                yield _up_to(source, last, end)
            last = shifted_cell(cell, offset)
            end = last.span.end
    if last is not None:
        yield _up_to(source, last, end)


def _up_to(source: Source, cell: Cell, end: int) -> Cell:
    """The cell, if it is Markdown that goes on below its fragment up to its end."""
    if end == cell.span.end:
        return cell
    body = Span(cell.body_span.start, end)
    return replace(
        cell,
        span=Span(cell.span.start, end),
        body_span=body,
        source_span=body,
        source=source.text[body.start : end],
    )
