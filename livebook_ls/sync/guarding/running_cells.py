"""Cells that a save would delete while they run: Livebook then loses all values. Pure."""

from __future__ import annotations

from collections import Counter

from livebook_ls.livebook.live.cells import CellStatus, LiveNotebook
from livebook_ls.notebook.model import CellType, Notebook
from livebook_ls.sync.guarding.guard import Verdict
from livebook_ls.sync.telling import findings


def keep_running(verdict: Verdict, live: LiveNotebook, notebook: Notebook) -> Verdict:
    """The verdict, held where the save would delete a cell that runs in the session."""
    if not _deletes_running_cell(live, notebook):
        return verdict
    return Verdict(True, (findings.deletes_running_cell(), *verdict.findings))


def _deletes_running_cell(live: LiveNotebook, notebook: Notebook) -> bool:
    """Whether a sync of `notebook` takes a cell from the session that is being evaluated.

    An edit of that cell is none: there are as many cells with code as before, and it runs on.
    """
    cells = (*notebook.setup, *(it for section in notebook.sections for it in section.cells))
    written = [it.source for it in cells if it.type is not CellType.MARKDOWN]
    # Every session has a setup cell; a text has one only where something is in it.
    held = [it.source for it in live.cells if it.is_evaluable and (it.source or not it.is_setup)]
    if len(written) >= len(held):
        return False
    missing = Counter(held) - Counter(written)
    return any(
        it.state.status is CellStatus.EVALUATING and missing[it.source] > 0
        for it in live.cells
        if it.is_evaluable
    )
