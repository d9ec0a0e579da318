"""In the name of which of its cells a session is asked about each cell of a text. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.livebook.live.cells import LiveCell, LiveNotebook
from livebook_ls.notebook.model import Cell, CellType, Notebook
from livebook_ls.running.cell_states import match_cells
from livebook_ls.running.scope import FlowPlace, flow_places, runnable


@dataclass(frozen=True, slots=True)
class CellsToAsk:
    """Ids of the session's cells by the characters at which the code of the text's begins.

    `known` are those with the same text, `likely` those in whose names to ask.
    """

    known: Mapping[int, str]
    likely: Mapping[int, str]


def cells_to_ask(notebook: Notebook, live: LiveNotebook) -> CellsToAsk:
    """Whom to ask about each cell of a notebook as it is shown, saved or not.

    A cell that the session has in other words is asked in its own name. One that it doesn't have
    yet, in the name of one that sees the same cells above: of the next one that will see it, or
    else of the last one that it sees. Livebook answers in the language of the cell that is named.
    """
    pairs = match_cells(notebook, live).pairs
    known = {ours.source_span.start: it.id for ours, it in pairs}
    likely = known | _in_the_same_gaps(notebook, live, known)
    likely |= _by_what_they_see(notebook, likely)
    return CellsToAsk(known, likely)


def _by_what_they_see(notebook: Notebook, found: Mapping[int, str]) -> dict[int, str]:
    """The cells that are not found yet, in the name of the next that sees them, else of the last
    that they see.
    """
    places, cells = flow_places(notebook), runnable(notebook)
    below = deque(it for it in cells if it.source_span.start in found)
    above: list[tuple[Cell, str]] = []
    names: dict[int, str] = {}
    for cell in cells:
        start = cell.source_span.start
        if below and below[0] is cell:
            above.append((below.popleft(), found[start]))
            continue
        place, kind = places[start], _kind(cell)
        near = (found[it.source_span.start] for it in below if _sees(places, it, place, kind))
        far = (
            name
            for it, name in reversed(above)
            if _kind(it) == kind and place.sees(places[it.source_span.start])
        )
        if name := next(near, None) or next(far, None):
            names[start] = name
            above.append((cell, name))
    return names


def _sees(places: Mapping[int, FlowPlace], cell: Cell, place: FlowPlace, kind: str) -> bool:
    return _kind(cell) == kind and places[cell.source_span.start].sees(place)


def _in_the_same_gaps(
    notebook: Notebook, live: LiveNotebook, known: Mapping[int, str]
) -> dict[int, str]:
    """The other cells that follow the same neighbour in a section of the same name."""
    held: dict[str | None, list[LiveCell]] = {}
    for it in live.cells:
        if it.is_evaluable:
            held.setdefault(it.section.name if it.section else None, []).append(it)
    taken = frozenset(known.values())
    found: dict[int, str] = {}
    for name, cells in ((None, notebook.setup), *((it.name, it.cells) for it in notebook.sections)):
        theirs = held.get(name, [])
        behind = {it.id: at for at, it in enumerate(theirs, 1)}
        follows: int | None = 0
        for cell in (it for it in cells if it.type is not CellType.MARKDOWN):
            start = cell.source_span.start
            if start in known:
                # On behind it, unless the session has it in another section.
                follows = behind.get(known[start])
            elif follows is not None and follows < len(theirs):
                it = theirs[follows]
                if it.id not in taken and it.language == _kind(cell):
                    found[start], follows = it.id, follows + 1
    return found


def _kind(cell: Cell) -> str:
    """A cell's language, as the session names it."""
    return cell.language or "elixir"
