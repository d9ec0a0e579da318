"""Where the cursor goes from cell to cell: to the first character that a cell's author wrote."""

from __future__ import annotations

from livebook_ls.notebook.model import Notebook


def next_cell(notebook: Notebook, offset: int) -> int | None:
    """Where the cell after `offset` begins; None in the last one."""
    starts = (cell.source_span.start for cell in notebook.cells)
    return next((start for start in starts if start > offset), None)


def previous_cell(notebook: Notebook, offset: int) -> int | None:
    """Where the cell before the one at `offset` begins; None in the first one."""
    # At the end of a cell the cursor is still in it.
    ended = [cell for cell in notebook.cells if cell.span.end < offset]
    return ended[-1].source_span.start if ended else None
