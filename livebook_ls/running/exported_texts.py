"""The texts that cells put out, as a session's export has them. Pure."""

from __future__ import annotations

from livebook_ls.livebook.live.cells import LiveNotebook
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running.cell_states import match_cells


def exported_texts(export: str, live: LiveNotebook) -> dict[str, tuple[str, ...]]:
    """Texts of outputs by the ids of the session's cells; none where the two differ.

    They do where the session was edited between the two looks. A widget's text is no text of its
    cell's, so a cell that has one is left out.
    """
    found = match_cells(parse(export), live)
    if not found.is_exact:
        return {}
    return {
        theirs.id: tuple(it.text for it in cell.outputs)
        for cell, theirs in found.pairs
        if all(it.is_kept for it in cell.outputs)
    }
