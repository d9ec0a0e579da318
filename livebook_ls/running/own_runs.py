"""What a save would make Livebook run or lose by itself, as far as it can be known. Pure.

A sync runs nothing by its nature, but a session does after some: cells that are evaluated anew by
their own attribute when what they stand on is gone or moved, or they come into another flow; new
cells before queued ones, and the running cell itself where it was edited and others wait behind it.

Livebook evaluates a cell with the text that it has when its turn comes. So what waits may get no
other text, nor another cell above it, by somebody who may not run it; and what runs by itself, from
now on or because of an edit, is agreed to before (`unagreed_runs`).

What was evaluated in the main flow counts in no branch, nor the other way: cells that come into
another flow, alone or with their section, must run again. What is deleted is gone by intention.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from itertools import takewhile

from livebook_ls.livebook.live.cells import CellStatus, LiveCell, LiveNotebook, Validity
from livebook_ls.notebook.model import Cell, Notebook
from livebook_ls.running.cell_states import SessionMatch, changes_flow, match_cells
from livebook_ls.running.scope import runnable, stands_on


class OwnRun(Enum):
    """Why Livebook will run a cell by itself."""

    REEVALUATES = "reevaluates"
    CHANGES_FLOW = "changes flow"
    BEFORE_QUEUED = "before queued"
    EDITED_WHILE_RUNNING = "edited while running"


@dataclass(frozen=True, slots=True)
class ForeseenRun:
    """A cell that a save will have run, and why."""

    cell: Cell
    why: OwnRun


@dataclass(frozen=True, slots=True)
class LostEvaluations:
    """The first cell of a section whose evaluation is lost, and of how many there it is."""

    first: Cell
    count: int


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What a session does by itself once it has read a notebook; from top to bottom."""

    runs: tuple[ForeseenRun, ...] = ()
    lost: tuple[LostEvaluations, ...] = ()


@dataclass(frozen=True, slots=True)
class WaitingCells:
    """The texts of a notebook's cells with code, and the places of those that may yet run as they
    are.
    """

    texts: tuple[str, ...]
    places: frozenset[int]

    @classmethod
    def of_run(cls, notebook: Notebook, places: frozenset[int]) -> WaitingCells:
        """Of a run in which the cells at these places of the text were agreed to, and are not
        over.
        """
        cells = runnable(notebook)
        waits = frozenset(at for at, it in enumerate(cells) if it.span.start in places)
        return cls(tuple(it.source for it in cells), waits)

    @classmethod
    def of_session(cls, live: LiveNotebook) -> WaitingCells:
        """Of what waits in a session, whoever has queued it."""
        # Every session has a setup cell; a text has one only where something is in it.
        cells = [it for it in live.cells if it.is_evaluable and (it.source or not it.is_setup)]
        busy = (CellStatus.QUEUED, CellStatus.EVALUATING)
        waits = frozenset(at for at, it in enumerate(cells) if it.state.status in busy)
        is_waiting = any(it.state.status is CellStatus.QUEUED for it in cells)
        return cls(tuple(it.source for it in cells), waits if is_waiting else frozenset())

    def others_in(self, cells: tuple[Cell, ...]) -> Iterator[Cell]:
        """Those of `cells` that may come to run in the place of what waits, or before it: none
        where all of that stands first as before.

        What stands among the changed ones and does not wait may take the place of one that does:
        Livebook tells cells by their texts, and two that change places may each become the other.
        """
        sources = tuple(it.source for it in cells)
        start = _same(sources, self.texts)
        if not self.places or start > max(self.places):
            return
        most = min(len(sources), len(self.texts)) - start
        end = min(most, _same(sources[::-1], self.texts[::-1]))
        changed = range(start, len(self.texts) - end)
        among = [at for at in changed if at in self.places]
        left = Counter(self.texts[at] for at in among or changed)
        for cell in cells[start : len(cells) - end]:
            if left[cell.source] > 0:
                left[cell.source] -= 1
            else:
                yield cell


def _same(some: tuple[str, ...], others: tuple[str, ...]) -> int:
    """How many are the same from the first on."""
    pairs = zip(some, others, strict=False)
    return sum(1 for _ in takewhile(lambda it: it[0] == it[1], pairs))


def foresee_save(notebook: Notebook, live: LiveNotebook) -> Foreseen:
    """What the session would run and lose by itself once it has read `notebook`."""
    found = match_cells(notebook, live)
    return Foreseen(_runs(notebook, live, found), tuple(_lost(notebook, found)))


def runs_by_itself(cell: Cell) -> bool:
    """Whether Livebook runs the cell again once it is outdated, as its attribute says."""
    return cell.metadata.get("reevaluate_automatically") is True


def unagreed_runs(
    before: Notebook,
    after: Notebook,
    live: LiveNotebook | None,
    waiting: WaitingCells | None = None,
) -> tuple[Cell, ...]:
    """The cells of `after` that an edit of `before` would have run, or has run by themselves from
    then on; from top to bottom.

    `live` is the session as far as it is known; `waiting` is what somebody has agreed to of an
    earlier text.
    """
    cells = runnable(after)
    found = [*_made_to_run_by_themselves(before, cells)]
    waits = [waiting] if waiting is not None else []
    if live is not None:
        found += (it.cell for it in foresee_save(after, live).runs)
        waits.append(WaitingCells.of_session(live))
    for it in waits:
        found += it.others_in(cells)
    if any(it.places for it in waits):
        found += _in_another_language(before, cells)
    by_place = {it.span.start: it for it in found}
    return tuple(by_place[at] for at in sorted(by_place))


def _in_another_language(before: Notebook, cells: tuple[Cell, ...]) -> Iterator[Cell]:
    known = {(it.source, it.language) for it in runnable(before)}
    sources = {source for source, _ in known}
    return (it for it in cells if it.source in sources and (it.source, it.language) not in known)


def _made_to_run_by_themselves(before: Notebook, cells: tuple[Cell, ...]) -> Iterator[Cell]:
    known = {it.source for it in runnable(before) if runs_by_itself(it)}
    return (it for it in cells if runs_by_itself(it) and it.source not in known)


def _lost(notebook: Notebook, found: SessionMatch) -> Iterator[LostEvaluations]:
    for section in notebook.sections:
        lost = [
            cell
            for cell in section.cells
            if (theirs := found.live(cell)) is not None
            and theirs.state.validity is Validity.EVALUATED
            and not runs_by_itself(cell)
            and changes_flow(notebook, cell, theirs)
        ]
        if lost:
            yield LostEvaluations(lost[0], len(lost))


def _runs(notebook: Notebook, live: LiveNotebook, found: SessionMatch) -> tuple[ForeseenRun, ...]:
    told = [*_reevaluated(notebook, live, found)]
    if not found.is_exact:
        cells = runnable(notebook)
        told += _before_queued(cells, live, found)
        told += _edited_while_running(cells, live, found)
    return tuple(sorted(told, key=lambda it: it.cell.span))


def _reevaluated(
    notebook: Notebook, live: LiveNotebook, found: SessionMatch
) -> Iterator[ForeseenRun]:
    """Evaluated cells that run by themselves, where the cells above them are not all there any
    more, or where they come into a branch or out of one.
    """
    gone = _gone(notebook, live, found)
    places = {theirs.id: ours for ours, theirs in found.pairs}
    for cell, theirs in found.pairs:
        if not runs_by_itself(cell) or theirs.state.validity is not Validity.EVALUATED:
            continue
        if changes_flow(notebook, cell, theirs):
            yield ForeseenRun(cell, OwnRun.CHANGES_FLOW)
            continue
        above = stands_on(notebook, (cell,))
        for seen in _seen_by(theirs, live, _parent_name(notebook, cell)):
            if seen.id in gone or (seen.id in places and places[seen.id] not in above):
                yield ForeseenRun(cell, OwnRun.REEVALUATES)
                break


def _parent_name(notebook: Notebook, cell: Cell) -> str | None:
    """The name of the section that the cell's branches from, if it does."""
    section = next((it for it in notebook.sections if cell in it.cells), None)
    if section is None or section.parent_index is None:
        return None
    return notebook.sections[section.parent_index].name


def _gone(notebook: Notebook, live: LiveNotebook, found: SessionMatch) -> frozenset[str]:
    """The session's cells that the text has no more. Where it has as many cells as before, those
    without an equal were edited, which makes nothing stale by itself.
    """
    cells = runnable(notebook)
    evaluable = [it for it in live.cells if it.is_evaluable and not it.is_setup]
    if len([it for it in cells if it.source]) >= len([it for it in evaluable if it.source]):
        return frozenset()
    return frozenset(it.id for it in evaluable) - {theirs.id for _, theirs in found.pairs}


def _seen_by(cell: LiveCell, live: LiveNotebook, parent_name: str | None) -> Iterator[LiveCell]:
    """The cells with values that the session's cell sees: above it in its section and in the main
    flow, of which a branch sees no more than down to the end of its parent.
    """
    is_below_parent = False
    for it in live.cells:
        if it.id == cell.id:
            return
        is_own, is_main = it.section == cell.section, it.section and not it.section.is_branch
        is_parents = it.section is not None and it.section.name == parent_name
        if parent_name is not None and is_below_parent and not (is_own or is_parents):
            continue
        is_below_parent = is_below_parent or is_parents
        has_values = it.is_evaluable and it.state.validity is not Validity.FRESH
        if has_values and not it.is_setup and (is_own or is_main):
            yield it


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
    evaluable = [it for it in live.cells if it.is_evaluable and (it.source or not it.is_setup)]
    if len(cells) != len(evaluable):
        return
    waiting = any(it.state.status is CellStatus.QUEUED for it in evaluable)
    ours = {theirs.id: cell for cell, theirs in found.pairs}
    for in_place, theirs in zip(cells, evaluable, strict=True):
        cell = ours.get(theirs.id, in_place)
        is_running = theirs.state.status is CellStatus.EVALUATING
        is_edited = theirs.source != cell.source
        if waiting and is_running and is_edited:
            yield ForeseenRun(cell, OwnRun.EDITED_WHILE_RUNNING)
