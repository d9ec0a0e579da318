"""How each cell of a text stands with a session: all that is shown comes from this one value. Pure.

What a session holds is matched to the text that is shown now, saved or not. A result is only ever
said to be that of a text whose digest Livebook gives for what it ran.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher
from enum import Enum
from typing import TypeVar

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

_Pair = tuple[Cell, LiveCell]
_Item = TypeVar("_Item")
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
    by equal texts in the same order: what has no equal is nobody's, never its neighbour's. A cell
    that was moved is known by its text, where no other has the same.
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
            return SessionMatch(_with_moved(pairs), is_exact=not mapping.differing)
    theirs = [it for it in live.cells if it.is_evaluable]
    return SessionMatch(_by_text(cells, theirs), is_exact=False)


def changes_flow(notebook: Notebook, cell: Cell, live: LiveCell) -> bool:
    """Whether a sync brings the session's cell into a branch, or out of one: Livebook then takes
    its evaluation for outdated (`session/data.ex`, `cell_snapshot`).
    """
    section = next((it for it in notebook.sections if cell in it.cells), None)
    if section is None or live.section is None:
        return False
    return live.section.is_branch != (section.parent_index is not None)


def is_moved(notebook: Notebook, live: LiveNotebook) -> bool:
    """Whether the session's cells are those of the notebook, but in another order or flow."""
    found = match_cells(notebook, live)
    if any(changes_flow(notebook, ours, theirs) for ours, theirs in found.pairs):
        return True
    cells = runnable(notebook)
    held = [it.source for it in live.cells if it.is_evaluable and (it.source or not it.is_setup)]
    return not found.is_exact and Counter(held) == Counter(it.source for it in cells)


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


def _with_moved(pairs: tuple[_Pair, ...]) -> tuple[_Pair, ...]:
    """The pairs in which moved cells have the session's of the same text, and what was edited the
    rest.
    """
    differing = [it for it in pairs if it[0].source != it[1].source]
    ours, theirs = [it for it, _ in differing], [it for _, it in differing]
    moved = tuple(_same_texts(ours, theirs))
    if not moved:
        return pairs
    rest = _without(ours, (it for it, _ in moved))
    edited = zip(rest, _without(theirs, (it for _, it in moved)), strict=True)
    return (
        *(it for it in pairs if it not in differing),
        *moved,
        *(it for it in edited if _TYPES[it[1].type] is it[0].type),
    )


def _by_text(cells: Sequence[Cell], theirs: Sequence[LiveCell]) -> tuple[_Pair, ...]:
    matcher = SequenceMatcher(
        None, [it.source for it in cells], [it.source for it in theirs], autojunk=False
    )
    in_order = tuple(
        (cells[block.a + number], theirs[block.b + number])
        for block in matcher.get_matching_blocks()
        for number in range(block.size)
    )
    rest = _without(cells, (it for it, _ in in_order))
    return (*in_order, *_same_texts(rest, _without(theirs, (it for _, it in in_order))))


def _same_texts(cells: Sequence[Cell], theirs: Sequence[LiveCell]) -> Iterator[_Pair]:
    """Those of one text, where it is the only one that has it on either side."""
    ours, others = Counter(it.source for it in cells), Counter(it.source for it in theirs)
    held = {it.source: it for it in theirs}
    for cell in cells:
        if ours[cell.source] == others[cell.source] == 1:
            yield cell, held[cell.source]


def _without(items: Sequence[_Item], taken: Iterable[_Item]) -> list[_Item]:
    ids = {id(it) for it in taken}
    return [it for it in items if id(it) not in ids]
