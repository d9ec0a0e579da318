"""Which cells a person means: this one, those above or below, a section, all. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
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


@dataclass(frozen=True, slots=True)
class FlowPlace:
    """Where a cell is in the flow of values: in which section, its number there, and how many
    sections of the main flow it sees from above. Setup cells are in section -1.
    """

    section: int
    at: int
    sees_before: int
    is_branch: bool

    def sees(self, other: FlowPlace) -> bool:
        """Whether a cell here sees the values of one there: Livebook's `cell_ancestor_ids`.

        Those above it in its flow: a branch sees the main flow down to its parent's end, and the
        main flow sees no branch. Everything stands on the setup cells.
        """
        if other.section == self.section:
            return other.at < self.at
        return other.section < self.sees_before and not other.is_branch


def flow_places(notebook: Notebook) -> dict[int, FlowPlace]:
    """The places of all cells, by the characters at which their code begins."""
    places = {
        it.source_span.start: FlowPlace(-1, at, -1, is_branch=False)
        for at, it in enumerate(notebook.setup)
    }
    for number, section in enumerate(notebook.sections):
        parent = section.parent_index
        sees_before = number if parent is None else parent + 1
        for at, it in enumerate(section.cells):
            is_branch = parent is not None
            places[it.source_span.start] = FlowPlace(number, at, sees_before, is_branch)
    return places


def stands_on(notebook: Notebook, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The cells with code whose values any of these see, in order."""
    places = flow_places(notebook)
    own = [places[it.source_span.start] for it in cells]
    return tuple(
        it
        for it in runnable(notebook)
        for place in [places[it.source_span.start]]
        if any(one.sees(place) for one in own)
    )


def standing_on(notebook: Notebook, cells: Sequence[Cell]) -> tuple[Cell, ...]:
    """The other cells with code that see the values of any of these, in order."""
    places = flow_places(notebook)
    own = {it.source_span.start for it in cells}
    seen = [places[it] for it in own]
    return tuple(
        it
        for it in runnable(notebook)
        for start in [it.source_span.start]
        if start not in own and any(places[start].sees(place) for place in seen)
    )


def _cells(section: Section | None) -> tuple[Cell, ...]:
    return section.cells if section else ()
