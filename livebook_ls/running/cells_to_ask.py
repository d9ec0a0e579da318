"""In the name of which of its cells a session is asked about each cell of a text. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.livebook.live.cells import LiveNotebook
from livebook_ls.notebook.model import CellType, Notebook
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
    else of the last one that it sees.
    """
    pairs = match_cells(notebook, live).pairs
    known = {ours.source_span.start: it.id for ours, it in pairs}
    likely = known | _in_the_same_gaps(notebook, live, known)
    cells = runnable(notebook)
    for cell in cells:
        if cell.source_span.start not in likely:
            below = [it for it in cells if cell in stands_on(notebook, it)]
            near = (*below, *reversed(stands_on(notebook, cell)))
            ids = (likely.get(it.source_span.start) for it in near)
            if found := next((it for it in ids if it), None):
                likely[cell.source_span.start] = found
    return CellsToAsk(known, likely)


def _in_the_same_gaps(
    notebook: Notebook, live: LiveNotebook, known: Mapping[int, str]
) -> dict[int, str]:
    """The other cells that follow the same neighbour in a section of the same name."""
    held: dict[str | None, list[str]] = {}
    for it in live.cells:
        if it.is_evaluable:
            held.setdefault(it.section.name if it.section else None, []).append(it.id)
    taken = frozenset(known.values())
    found: dict[int, str] = {}
    for name, cells in ((None, notebook.setup), *((it.name, it.cells) for it in notebook.sections)):
        ids = list(held.get(name, ()))
        for start in (it.source_span.start for it in cells if it.type is not CellType.MARKDOWN):
            if start in known:
                # On behind it, unless the session has it in another section.
                ids = ids[ids.index(known[start]) + 1 :] if known[start] in ids else []
            elif ids and ids[0] not in taken:
                found[start] = ids.pop(0)
    return found
