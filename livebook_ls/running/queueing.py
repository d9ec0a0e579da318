"""Cells handed to a session to be run, in the way that each scope needs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from livebook_ls.livebook.live.cells import LiveCell
from livebook_ls.notebook.model import Cell
from livebook_ls.running.cell_states import SessionMatch
from livebook_ls.running.scope import RunScope

if TYPE_CHECKING:
    from livebook_ls.livebook.live.session import LiveSession


def to_run(wanted: tuple[Cell, ...], scope: RunScope, found: SessionMatch) -> tuple[Cell, ...]:
    """Those of the wanted cells that are really queued, by how they stand in the session."""
    if scope is RunScope.CELL:
        # Who asks for a cell alone wants it run, the setup cell too, as in Livebook.
        return wanted
    if scope is RunScope.STALE:
        return tuple(it for it in wanted if (live := found.live(it)) and live.is_outdated)
    # Livebook starts another runtime for a setup cell that is queued though it is up to date.
    return tuple(it for it in wanted if not _is_idle_setup(found.live(it)))


async def queue(session: LiveSession, scope: RunScope, ids: Sequence[str]) -> bool:
    """Queue the cells; whether Livebook was seen to take any of them up."""
    if scope is RunScope.STALE:
        return await session.queue_all()
    if scope is RunScope.ALL:
        return await session.queue_all(ids)
    taken = False
    for number, cell_id in enumerate(ids):
        if any(_has_failed(session.notebook.cell(it)) for it in ids[:number]):
            # What was queued behind it has left the queue; to queue more would bring it back.
            break
        taken |= await session.queue_cell(cell_id)
    return taken


def _is_idle_setup(cell: LiveCell | None) -> bool:
    return cell is None or (cell.is_setup and not cell.is_outdated)


def _has_failed(cell: LiveCell | None) -> bool:
    return cell is not None and not cell.is_busy and cell.state.is_errored
