"""Cells that a save would delete or displace while they run or wait to, and values with them.

Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from livebook_ls.livebook.live.cells import (
    CellState,
    CellStatus,
    LiveCell,
    LiveCellType,
    LiveNotebook,
    LiveSection,
)
from livebook_ls.notebook.model import Cell, CellType, Notebook, Section
from livebook_ls.sync.guarding.guard import Verdict
from livebook_ls.sync.telling import running_findings

_RUNS, _RESTS = CellState(status=CellStatus.EVALUATING), CellState()


def keep_running(verdict: Verdict, live: LiveNotebook, notebook: Notebook) -> Verdict:
    """The verdict, held where the save would delete a cell that runs in the session, or take it
    to another place than the one in which it may run on, or where it would still be waited for.
    """
    running = [it for it in live.cells if it.state.status is CellStatus.EVALUATING]
    if running and _deletes_running_cell(live, notebook):
        return Verdict(True, (running_findings.deletes_running_cell(), *verdict.findings))
    if any(_is_displaced(it, live, notebook) for it in running):
        return Verdict(True, (running_findings.displaces_running_cell(), *verdict.findings))
    waiting = [it for it in live.cells if it.state.status is CellStatus.QUEUED]
    if any(_leaves_its_section(it, live, notebook) for it in waiting):
        return Verdict(True, (running_findings.displaces_waiting_cell(), *verdict.findings))
    return verdict


def could_end_run(held: Notebook, notebook: Notebook) -> bool:
    """Whether a save that makes `notebook` of a session with `held` would be held if what changes
    its place ran there, so that it is worth to ask what does.
    """
    places = Counter(_place(section, cell) for section, cell in _code_of(notebook))
    sections = {
        id(it): LiveSection(id=str(n), name=it.name, is_branch=it.parent_index is not None)
        for n, it in enumerate(held.sections)
    }
    cells, is_any_displaced = [], False
    for section, cell in _code_of(held):
        place = _place(section, cell)
        places[place] -= 1
        is_displaced = places[place] < 0
        is_any_displaced |= is_displaced
        cells.append(
            LiveCell(
                id="",
                type=LiveCellType.CODE,
                is_setup=section is None,
                section=sections[id(section)] if section else None,
                source=cell.source,
                state=_RUNS if is_displaced else _RESTS,
            )
        )
    session = LiveNotebook(cells=tuple(cells))
    return is_any_displaced and keep_running(Verdict(False, ()), session, notebook).is_held


def _code_of(notebook: Notebook) -> Iterator[tuple[Section | None, Cell]]:
    """The cells with code and their sections; None is the setup cell's."""
    yield from ((None, it) for it in notebook.setup)
    for section in notebook.sections:
        yield from ((section, it) for it in section.cells if it.type is not CellType.MARKDOWN)


def _place(section: Section | None, cell: Cell) -> tuple[str | None, bool, str]:
    if section is None:
        return None, False, cell.source
    return section.name, section.parent_index is not None, cell.source


def _leaves_its_section(cell: LiveCell, live: LiveNotebook, notebook: Notebook) -> bool:
    """Whether the notebook has a cell elsewhere than in its section, which is there as well. What
    says the same there in the session is another one.

    Of `session/data.ex`: the queue of a section keeps a cell that has moved to another one
    (`move_cell`), and the session ends once its turn comes (`evaluate_next_cell_in_section`); with
    a section that is taken away its queue goes, too.
    """
    having, named = _places_of(cell, notebook)
    if not (having and named) or any(it in named for it in having):
        return False
    elsewhere = sum(_is_same(cell, it) for section in having for it in section.cells)
    return elsewhere > sum(_is_elsewhere(cell, it) for it in live.cells)


def _is_elsewhere(cell: LiveCell, other: LiveCell) -> bool:
    is_there = cell.section and other.section and cell.section.id != other.section.id
    return bool(is_there) and other.is_evaluable and other.source == cell.source


def _places_of(cell: LiveCell, notebook: Notebook) -> tuple[list[Section], list[Section]]:
    """The sections in which a session's cell is found, and those of its own section's name."""
    name = cell.section.name if cell.section else None
    having = [it for it in notebook.sections if any(map(partial(_is_same, cell), it.cells))]
    return having, [it for it in notebook.sections if it.name == name]


def _is_displaced(running: LiveCell, live: LiveNotebook, notebook: Notebook) -> bool:
    """Whether the notebook has a running cell in another section, or its section in another flow.

    Of `session/data.ex`: a section that becomes a branch, or no branch any more, has its running
    cell ended (`cancel_section_evaluation`), and a running cell comes into no other section
    (`can_move_cell_to_section?`). The cell may have been edited, and its section renamed.
    """
    if running.section is None:
        return False
    having, named = _places_of(running, notebook)
    if _leaves_its_section(running, live, notebook):
        return True
    places = [it for it in having if it in named] if having and named else having or named
    is_branch = running.section.is_branch
    return bool(places) and all((it.parent_index is not None) != is_branch for it in places)


def _is_same(held: LiveCell, cell: Cell) -> bool:
    return cell.type is not CellType.MARKDOWN and cell.source == held.source


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
