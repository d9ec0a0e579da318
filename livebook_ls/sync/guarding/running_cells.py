"""Cells that a save would delete or displace while they run, and values with them. Pure."""

from __future__ import annotations

from collections import Counter
from functools import partial

from livebook_ls.livebook.live.cells import CellStatus, LiveCell, LiveNotebook
from livebook_ls.notebook.model import Cell, CellType, Notebook
from livebook_ls.sync.guarding.guard import Verdict
from livebook_ls.sync.telling import findings


def keep_running(verdict: Verdict, live: LiveNotebook, notebook: Notebook) -> Verdict:
    """The verdict, held where the save would delete a cell that runs in the session, or take it
    to another place than the one in which it may run on.
    """
    running = [it for it in live.cells if it.state.status is CellStatus.EVALUATING]
    if running and _deletes_running_cell(live, notebook):
        return Verdict(True, (findings.deletes_running_cell(), *verdict.findings))
    if any(_is_displaced(it, notebook) for it in running):
        return Verdict(True, (findings.displaces_running_cell(), *verdict.findings))
    return verdict


def _is_displaced(running: LiveCell, notebook: Notebook) -> bool:
    """Whether the notebook has a running cell in another section, or its section in another flow.

    Of `session/data.ex`: a section that becomes a branch, or no branch any more, has its running
    cell ended (`cancel_section_evaluation`), and a running cell comes into no other section
    (`can_move_cell_to_section?`). The cell may have been edited, and its section renamed.
    """
    if running.section is None:
        return False
    named = [it for it in notebook.sections if it.name == running.section.name]
    having = [it for it in notebook.sections if any(map(partial(_is_same, running), it.cells))]
    places = having or named
    if having and named:
        places = [it for it in having if it in named]
        if not places:
            return True
    is_branch = running.section.is_branch
    return bool(places) and all((it.parent_index is not None) != is_branch for it in places)


def _is_same(running: LiveCell, cell: Cell) -> bool:
    return cell.type is not CellType.MARKDOWN and cell.source == running.source


def _deletes_running_cell(live: LiveNotebook, notebook: Notebook) -> bool:
    """Whether a sync of `notebook` takes a cell from the session that is being evaluated.

    An edit of that cell is none: there are as many cells with code as before, and it runs on.
    """
    cells = notebook.cells
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
