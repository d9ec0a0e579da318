"""Cells that a save would delete or displace while they run or wait to, and values with them.

Pure. What a sync does to each cell is foreseen by Livebook's own difference
(`notebook/syncing/cell_fates.py`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from livebook_ls.livebook.live.cells import CellStatus, LiveNotebook
from livebook_ls.notebook.model import CellType, Notebook
from livebook_ls.sync.telling import running_findings
from livebook_ls.sync.telling.findings import Finding

if TYPE_CHECKING:
    from livebook_ls.notebook.syncing.cell_fates import CellFate

Fates = Mapping[int, "CellFate"]


def ended_run(live: LiveNotebook, held: Notebook, fates: Fates) -> Finding | None:
    """What is told of a sync by which a cell that runs in the session would end, or one that waits
    would never get its turn; None where both go on.

    `held` is what the session was seen to hold, and `fates` those of its cells by that sync.
    """
    running = _fates_of(live, CellStatus.EVALUATING, held, fates)
    if any(it.is_deleted for it in running):
        return running_findings.deletes_running_cell()
    # One whose section is gone, and the queue with it, runs to its end all the same.
    if any(it.is_taken_out or it.changes_flow for it in running):
        return running_findings.displaces_running_cell()
    waiting = _fates_of(live, CellStatus.QUEUED, held, fates)
    # The session ends once it is to be taken from the queue (`evaluate_next_cell_in_section`), or
    # nothing takes it from any.
    if any(it.is_taken_out or it.loses_section for it in waiting):
        return running_findings.displaces_waiting_cell()
    return None


def could_end_run(held: Notebook, fates: Fates) -> bool:
    """Whether a sync does to any cell with code what would end a run, so that it is worth to ask
    what runs.
    """
    return bool(fates) and any(at in fates for at, _ in _code(held))


def _fates_of(
    live: LiveNotebook, status: CellStatus, held: Notebook, fates: Fates
) -> list[CellFate]:
    if not fates:
        return []
    return [fates[at] for at in _places(live, status, held) if at in fates]


def _places(live: LiveNotebook, status: CellStatus, held: Notebook) -> Iterable[int]:
    """Where the session's cells with a status stand among the cells of all sections.

    Livebook tells nobody of a cell that was moved: in another order, a cell is known by its text,
    and each that says the same may be the one.
    """
    code = list(_code(held))
    cells = [it for it in live.cells if it.is_evaluable and not it.is_setup]
    if [it.source for it in cells] == [source for _, source in code]:
        pairs = zip(code, cells, strict=True)
        return [at for (at, _), it in pairs if it.state.status is status]
    texts = {it.source for it in cells if it.state.status is status}
    return [at for at, source in code if source in texts]


def _code(held: Notebook) -> Iterable[tuple[int, str]]:
    cells = (it for section in held.sections for it in section.cells)
    return ((at, it.source) for at, it in enumerate(cells) if it.type is not CellType.MARKDOWN)
