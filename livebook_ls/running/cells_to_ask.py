"""In the name of which of its cells a session is asked about each cell of a text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.livebook.live.cells import LiveCell, LiveNotebook
from livebook_ls.notebook.model import Cell, CellType, Notebook
from livebook_ls.running.cell_states import match_cells
from livebook_ls.running.scope import runnable, stands_on


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
    cells = runnable(notebook)
    for cell in cells:
        if cell.source_span.start not in likely:
            below = [it for it in cells if cell in stands_on(notebook, it)]
            near = (*below, *reversed(stands_on(notebook, cell)))
            ids = (likely.get(it.source_span.start) for it in near if _kind(it) == _kind(cell))
            if found := next((it for it in ids if it), None):
                likely[cell.source_span.start] = found
    return CellsToAsk(known, likely)


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
        follow = theirs
        for cell in (it for it in cells if it.type is not CellType.MARKDOWN):
            start = cell.source_span.start
            if start in known:
                at = next((n for n, it in enumerate(theirs, 1) if it.id == known[start]), None)
                # On behind it, unless the session has it in another section.
                follow = theirs[at:] if at else []
            elif follow and follow[0].id not in taken and follow[0].language == _kind(cell):
                found[start], follow = follow[0].id, follow[1:]
    return found


def _kind(cell: Cell) -> str:
    """A cell's language, as the session names it."""
    return cell.language or "elixir"
