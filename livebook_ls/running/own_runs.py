"""What a save would make Livebook run or lose by itself, as far as it can be known. Pure.

A sync runs nothing by its nature, but a session does after some: cells that are evaluated anew by
their own attribute when what they stand on is gone or moved, new cells before queued ones, and the
running cell itself where it was edited and others wait behind it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from livebook_ls.livebook.live.cells import CellStatus, LiveNotebook, Validity
from livebook_ls.notebook.model import Cell, Notebook
from livebook_ls.running.cell_states import SessionMatch, match_cells
from livebook_ls.running.scope import runnable


class OwnRun(Enum):
    """Why Livebook will run a cell by itself."""

    REEVALUATES = "reevaluates"
    BEFORE_QUEUED = "before queued"
    EDITED_WHILE_RUNNING = "edited while running"


@dataclass(frozen=True, slots=True)
class ForeseenRun:
    """A cell that a save will have run, and why."""

    cell: Cell
    why: OwnRun


def foreseen_runs(notebook: Notebook, live: LiveNotebook) -> tuple[ForeseenRun, ...]:
    """What the session would run by itself once it has read `notebook`; from top to bottom."""
    found = match_cells(notebook, live)
    if found.is_exact:
        return ()
    cells = runnable(notebook)
    told = (
        *_reevaluated(cells, live, found),
        *_before_queued(cells, live, found),
        *_edited_while_running(cells, live, found),
    )
    return tuple(sorted(told, key=lambda it: it.cell.span))


def _reevaluated(
    cells: tuple[Cell, ...], live: LiveNotebook, found: SessionMatch
) -> Iterator[ForeseenRun]:
    """Evaluated cells that run by themselves, where a cell above them is gone from the text."""
    kept = {theirs.id for _, theirs in found.pairs}
    evaluable = [it for it in live.cells if it.is_evaluable and not it.is_setup]
    # As many cells as before, and the text is edited, which makes nothing stale by itself.
    if len([it for it in cells if it.source]) >= len([it for it in evaluable if it.source]):
        return
    gone = [at for at, it in enumerate(evaluable) if it.id not in kept]
    places = {it.id: at for at, it in enumerate(evaluable)}
    for cell in cells:
        theirs = found.live(cell)
        if (
            theirs is not None
            and cell.metadata.get("reevaluate_automatically") is True
            and theirs.state.validity is Validity.EVALUATED
            and any(at < places.get(theirs.id, 0) for at in gone)
        ):
            yield ForeseenRun(cell, OwnRun.REEVALUATES)


def _before_queued(
    cells: tuple[Cell, ...], live: LiveNotebook, found: SessionMatch
) -> Iterator[ForeseenRun]:
    """New cells above one that waits, which stands on them."""
    if len(cells) <= len([it for it in live.cells if it.is_evaluable and it.source]):
        return
    waits = [
        (theirs := found.live(it)) is not None and theirs.state.status is CellStatus.QUEUED
        for it in cells
    ]
    for at, cell in enumerate(cells):
        if found.live(cell) is None and any(waits[at:]):
            yield ForeseenRun(cell, OwnRun.BEFORE_QUEUED)


def _edited_while_running(
    cells: tuple[Cell, ...], live: LiveNotebook, found: SessionMatch
) -> Iterator[ForeseenRun]:
    """The running cell with another text, where others wait behind it."""
    kept = {theirs.id for _, theirs in found.pairs}
    evaluable = [it for it in live.cells if it.is_evaluable and (it.source or not it.is_setup)]
    if len(cells) != len(evaluable):
        return
    waiting = any(it.state.status is CellStatus.QUEUED for it in evaluable)
    for cell, theirs in zip(cells, evaluable, strict=True):
        is_running = theirs.state.status is CellStatus.EVALUATING
        is_edited = theirs.id not in kept or theirs.source != cell.source
        if waiting and is_running and is_edited:
            yield ForeseenRun(cell, OwnRun.EDITED_WHILE_RUNNING)
