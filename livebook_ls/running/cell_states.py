"""How each cell of a text stands with a session: all that is shown comes from this one value. Pure.

What a session holds is matched to the text that is shown now, saved or not. A result is only ever
said to be that of a text whose digest Livebook gives for what it ran.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import Enum

from livebook_ls.livebook.live.cells import (
    CellStatus,
    LiveCell,
    LiveCellType,
    LiveNotebook,
    Validity,
)
from livebook_ls.livebook.live.outputs import CellOutput
from livebook_ls.notebook.matching.session_cells import Mapping, SessionCell, digest, map_cells
from livebook_ls.notebook.model import Cell, CellType, Notebook
from livebook_ls.running.scope import runnable

_TYPES = {
    LiveCellType.CODE: CellType.CODE,
    LiveCellType.MARKDOWN: CellType.MARKDOWN,
    LiveCellType.SMART: CellType.SMART,
}


class RunState(Enum):
    """How a cell stands; the values are those of the `livebook/cells` notification."""

    UNKNOWN = "unknown"
    FRESH = "fresh"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    STALE = "stale"
    ABORTED = "aborted"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellView:
    """A cell with code and how it stands. `live` is the session's cell, None where it has none.

    `is_current` says that the last evaluation was of exactly this text; `outputs` are None where
    they were not looked at yet. CHANGED is a cell whose text is another than the one that ran.
    """

    cell: Cell
    state: RunState
    live: LiveCell | None = None
    is_current: bool = False
    outputs: tuple[CellOutput, ...] | None = None

    @property
    def are_outputs_whole(self) -> bool:
        """Whether images, widgets and colours are among the outputs, too."""
        return self.outputs is not None and self.live is not None and self.live.are_outputs_whole

    @property
    def since(self) -> datetime | None:
        """Since when it runs, by Livebook's clock."""
        return self.live.state.evaluating_since if self.live else None

    @property
    def is_over(self) -> bool:
        """Whether it was evaluated, well or not, and nothing of it is under way."""
        return self.state in (RunState.DONE, RunState.FAILED) and self.is_current

    @property
    def took_ms(self) -> int | None:
        """How long its last evaluation took, in milliseconds."""
        return self.live.state.took_ms if self.live else None


@dataclass(frozen=True, slots=True)
class SessionMatch:
    """The cells of a text with those of a session; `is_exact` where the two hold the same."""

    pairs: tuple[tuple[Cell, LiveCell], ...]
    is_exact: bool

    def live(self, cell: Cell) -> LiveCell | None:
        """The session's cell of a cell of the text."""
        return next((theirs for ours, theirs in self.pairs if ours is cell), None)


def match_cells(notebook: Notebook, live: LiveNotebook) -> SessionMatch:
    """Which cell of the session is which cell of the text.

    In order and by kind where the session holds this very notebook. Else, as while somebody types,
    by equal texts in the same order: what has no equal is nobody's, never its neighbour's.
    """
    held = [_as_session_cell(it) for it in live.cells]
    cells = runnable(notebook)
    if live.is_complete and all(it is not None for it in held):
        mapping = map_cells(notebook, [it for it in held if it is not None])
        if isinstance(mapping, Mapping):
            pairs = tuple(
                (it.cell, theirs)
                for it, theirs in zip(mapping.matches, live.cells, strict=True)
                if it.cell is not None and it.cell.type is not CellType.MARKDOWN
            )
            return SessionMatch(pairs, is_exact=not mapping.differing)
    theirs = [it for it in live.cells if it.is_evaluable]
    return SessionMatch(_by_text(cells, theirs), is_exact=False)


def views(notebook: Notebook, live: LiveNotebook) -> tuple[CellView, ...]:
    """How each cell with code stands, in order."""
    found = match_cells(notebook, live)
    return tuple(_view(cell, found.live(cell)) for cell in runnable(notebook))


def _view(cell: Cell, live: LiveCell | None) -> CellView:
    if live is None:
        return CellView(cell=cell, state=RunState.UNKNOWN)
    is_current = live.state.digest == digest(cell.source)
    return CellView(
        cell=cell,
        live=live,
        is_current=is_current,
        state=_state(live, is_current=is_current),
        outputs=live.outputs if live.are_outputs_current else None,
    )


def _state(live: LiveCell, *, is_current: bool) -> RunState:
    if live.state.status is CellStatus.QUEUED:
        return RunState.QUEUED
    if live.state.status is CellStatus.EVALUATING:
        return RunState.RUNNING
    match live.state.validity:
        case Validity.FRESH:
            return RunState.FRESH
        case Validity.ABORTED:
            return RunState.ABORTED
        case Validity.EVALUATED | Validity.STALE if not is_current:
            return RunState.CHANGED
        case Validity.STALE:
            return RunState.STALE
        case Validity.EVALUATED:
            return RunState.FAILED if live.state.is_errored else RunState.DONE
    return RunState.UNKNOWN


def _as_session_cell(live: LiveCell) -> SessionCell | None:
    if live.type not in _TYPES:
        return None
    kind = _TYPES[live.type]
    return SessionCell(
        id=live.id,
        type=kind,
        is_setup=live.is_setup,
        language=live.language or None,
        source=None if kind is CellType.MARKDOWN else live.source,
    )


def _by_text(
    cells: Sequence[Cell], theirs: Sequence[LiveCell]
) -> tuple[tuple[Cell, LiveCell], ...]:
    matcher = SequenceMatcher(
        None, [it.source for it in cells], [it.source for it in theirs], autojunk=False
    )
    return tuple(
        (cells[block.a + number], theirs[block.b + number])
        for block in matcher.get_matching_blocks()
        for number in range(block.size)
    )
