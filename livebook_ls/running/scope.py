"""Which cells a person means: this one, those above or below, a section, all. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum

from livebook_ls.notebook.model import Cell, CellType, Notebook, Section


class RunScope(Enum):
    """What is to be run, from where the cursor is."""

    CELL = "cell"
    ABOVE = "above"
    BELOW = "below"
    SECTION = "section"
    ALL = "all"
    STALE = "stale"


def runnable(notebook: Notebook) -> tuple[Cell, ...]:
    """All cells with code to run, setup cells first, in the notebook's order."""
    cells = notebook.cells
    return tuple(it for it in cells if it.type is not CellType.MARKDOWN)


def cell_at(notebook: Notebook, offset: int) -> Cell | None:
    """The cell with code that a place is in; in prose the next one below, as it leads there."""
    cells = runnable(notebook)
    inside = (it for it in cells if it.span.start <= offset < it.span.end)
    return next(inside, None) or next((it for it in cells if it.span.start > offset), None)


def section_at(notebook: Notebook, offset: int) -> Section | None:
    """The section that a place is in."""
    return next((it for it in reversed(notebook.sections) if it.span.start <= offset), None)


def cells_of(notebook: Notebook, scope: RunScope, offset: int) -> tuple[Cell, ...]:
    """The cells that are meant by `scope` from a place; none where there are none.

    STALE means all: which are outdated is the session's to say.
    """
    cells = runnable(notebook)
    here = cell_at(notebook, offset)
    choose: dict[RunScope, Callable[[Cell], bool]] = {
        RunScope.CELL: lambda it: it is here,
        RunScope.ABOVE: lambda it: it.span.end <= (here.span.start if here else offset),
        RunScope.BELOW: lambda it: it is here or it.span.start >= offset,
        RunScope.SECTION: lambda it: it in _cells(section_at(notebook, offset)),
        RunScope.ALL: lambda _: True,
        RunScope.STALE: lambda _: True,
    }
    return tuple(it for it in cells if choose[scope](it))


def stands_on(notebook: Notebook, cell: Cell) -> tuple[Cell, ...]:
    """The cells with code whose values a cell sees, in order: Livebook's `cell_ancestor_ids`.

    Those above it in its flow: a branch sees the main flow down to its parent's end, and the main
    flow sees no branch. Everything stands on the setup cells.
    """
    if cell in notebook.setup:
        return notebook.setup[: notebook.setup.index(cell)]
    at = next((number for number, it in enumerate(notebook.sections) if cell in it.cells), None)
    if at is None:
        return notebook.setup
    own = notebook.sections[at]
    last = at if own.parent_index is None else own.parent_index + 1
    flow = [it for it in notebook.sections[:last] if it.parent_index is None]
    above = [it for section in flow for it in section.cells]
    above += own.cells[: own.cells.index(cell)]
    return (*notebook.setup, *(it for it in above if it.type is not CellType.MARKDOWN))


def standing_on(notebook: Notebook, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The other cells with code that see the values of any of these, in order."""
    spans = {it.span for it in cells}
    return tuple(
        it
        for it in runnable(notebook)
        if it.span not in spans and any(above.span in spans for above in stands_on(notebook, it))
    )


def _cells(section: Section | None) -> tuple[Cell, ...]:
    return section.cells if section else ()
