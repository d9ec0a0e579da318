"""Runs with names of their own, which go on whether anybody waits for them or not."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.cells import LiveNotebook
from livebook_ls.notebook.exact_edits.handles import HandledText
from livebook_ls.notebook.model import Cell
from livebook_ls.running import outcome
from livebook_ls.running.cell_states import CellView, RunState, match_cells
from livebook_ls.running.outcome import RunEnd, RunRefusal
from livebook_ls.running.own_runs import WaitingCells
from livebook_ls.running.plan import RunPlan
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import RunScope, standing_on
from livebook_ls.sync.telling.command_words import in_terminal_words

logger = logging.getLogger(__name__)
# So many that are over are kept, if their texts together are no longer, but always the last few:
# what a text was read as takes twenty to a hundred times its room.
_KEPT, _KEPT_CHARACTERS, _FEWEST = 100, 500_000, 5
_TRIES = 10
_PAUSE_S = 0.5
_UNDER_WAY = frozenset({RunState.QUEUED, RunState.RUNNING})
MORE_CELLS = (
    "Meanwhile Livebook would run more cells before these than a person has agreed to, so that "
    "nothing was run. Call run_cells again."
)


@dataclass(frozen=True, slots=True)
class RunStep:
    """What is asked of the runner: a scope, from a place in the text."""

    scope: RunScope
    offset: int


@dataclass(slots=True, kw_only=True)
class NotebookRun:
    """A run of cells of `text`. `agreed` are the places of the cells that may run, None for all.

    `own` are the session's cells that run because of it, by their ids.

    `end` is None while it goes on. What a cell gave is kept as it was when its step was over.
    """

    id: str
    path: str
    text: HandledText
    agreed: frozenset[int] | None
    own: frozenset[str] = frozenset()
    wanted: list[Cell] = field(default_factory=list)
    brought_along: list[Cell] = field(default_factory=list)
    results: dict[int, CellView] = field(default_factory=dict)
    end: RunEnd | None = None
    sentence: str = ""
    task: asyncio.Task[None] | None = None
    is_stopped: bool = False

    @property
    def waiting(self) -> WaitingCells | None:
        """What a person has agreed to that may yet run; None where that is anything, or nothing."""
        if self.agreed is None or self.end is not None:
            return None
        left = self.agreed - self.results.keys()
        return WaitingCells.of_run(self.text.pieces.draft.notebook, left)

    def begin(self, plan: RunPlan, scope: RunScope) -> None:
        """Note what is about to be queued; raises RunRefusal where that was not agreed to."""
        if self.is_stopped:
            raise RunRefusal(outcome.STOPPED_ALL)
        wanted = plan.wanted
        if scope is RunScope.STALE:
            # Livebook also runs what becomes outdated by it.
            wanted += standing_on(self.text.pieces.draft.notebook, wanted)
        cells = (*plan.brought_along, *wanted)
        if self.agreed is not None and any(it.span.start not in self.agreed for it in cells):
            raise RunRefusal(MORE_CELLS)
        self.wanted += wanted
        self.brought_along += plan.brought_along

    def note_cells(self, live: LiveNotebook) -> None:
        """Note which of the session's cells are about to run because of it; what runs or waits
        already others have asked for.
        """
        places = {it.span.start for it in (*self.brought_along, *self.wanted)}
        pairs = match_cells(self.text.pieces.draft.notebook, live).pairs
        ids = {theirs.id for ours, theirs in pairs if ours.span.start in places}
        # It comes first of all, also where nothing is written in it.
        ids |= {it.id for it in live.cells if it.is_setup}
        self.own = frozenset(ids) - {it.id for it in live.cells if it.is_busy}


class Runs:
    """The runs that were begun here, by their names."""

    def __init__(self, runner: Runner) -> None:
        self._runner = runner
        self._runs: dict[str, NotebookRun] = {}
        self._changed: dict[str, asyncio.Event] = {}
        runner.listen(self._notice)

    def begin(
        self,
        path: str,
        text: HandledText,
        steps: Sequence[RunStep],
        agreed: frozenset[int] | None,
    ) -> NotebookRun:
        """Run the steps one after the other, until one does not end well."""
        run = NotebookRun(id=f"run-{secrets.token_hex(3)}", path=path, text=text, agreed=agreed)
        self._forget_oldest()
        self._runs[run.id] = run
        run.task = asyncio.create_task(self._run(run, steps))
        return run

    def _forget_oldest(self) -> None:
        over = [it for it in self._runs.values() if it.end is not None]
        characters = sum(len(it.text.text) for it in over)
        while len(over) > _KEPT or (characters > _KEPT_CHARACTERS and len(over) > _FEWEST):
            oldest = over.pop(0)
            characters -= len(oldest.text.text)
            del self._runs[oldest.id]

    def of(self, run_id: str) -> NotebookRun | None:
        """The run of that name."""
        return self._runs.get(run_id)

    def going_on(self, path: str) -> NotebookRun | None:
        """The run of the notebook that has not ended, if there is one."""
        runs = (it for it in self._runs.values() if it.path == path and it.end is None)
        return next(runs, None)

    def last(self, path: str) -> NotebookRun | None:
        """The run of the notebook that was begun last."""
        return next((it for it in reversed(self._runs.values()) if it.path == path), None)

    async def wait(
        self, run: NotebookRun, within_s: float, tell: Callable[[int, int], None]
    ) -> None:
        """Wait until the run has ended, so long at the most.

        `tell` is told how many cells of how many are over, whenever that has changed.
        """
        assert run.task is not None  # noqa: S101 — begun above
        told = (-1, -1)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                while not run.task.done():
                    if (now := self._over(run)) != told and run.wanted:
                        tell(*now)
                        told = now
                    news = self._changed.setdefault(run.path, asyncio.Event())
                    news.clear()
                    waiting = asyncio.ensure_future(news.wait())
                    try:
                        await asyncio.wait({run.task, waiting}, return_when=asyncio.FIRST_COMPLETED)
                    finally:
                        waiting.cancel()

    async def stop(self, run: NotebookRun) -> str:
        """Stop a run, also one that has queued nothing yet, and nothing that others run; what is
        to be told. Raises Livebook's errors (`Runner.stop`).
        """
        run.is_stopped = True
        said = outcome.NOTHING_RUNS
        for _ in range(_TRIES):
            if run.end is not None or run.task is None:
                break
            said = await self._runner.stop(run.path, run.own)
            if said == outcome.STOPPED_OWN:
                # It would wait for theirs.
                run.task.cancel()
                run.end, run.sentence = RunEnd.STOPPED, said
            if said != outcome.NOTHING_RUNS:
                break
            # What is on its way to be queued may be so now.
            await asyncio.wait({run.task}, timeout=_PAUSE_S)
        return said

    def views(self, run: NotebookRun) -> list[CellView]:
        """How the cells of a run stand, by what they gave in it; those brought along first."""
        shown = {it.cell.span.start: it for it in self._views(run)}
        cells = {it.span.start: it for it in (*run.brought_along, *run.wanted)}
        places = sorted(cells)
        return [
            run.results.get(at) or shown[at] for at in places if at in run.results or at in shown
        ]

    def close(self) -> None:
        """Wait for none of them any more; Livebook goes on."""
        for run in self._runs.values():
            if run.task is not None:
                run.task.cancel()

    async def _run(self, run: NotebookRun, steps: Sequence[RunStep]) -> None:
        end, sentence = RunEnd.NOTHING, ""
        try:
            for step in steps:
                if run.is_stopped:
                    break
                report = await self._runner.run(
                    run.path, run.text.text, step.scope, step.offset, self._noting(run, step)
                )
                run.results |= {
                    it.cell.span.start: it
                    for it in (*self._views(run), *report.brought_along, *report.ran)
                }
                # A step that found nothing outdated takes nothing from what those before it did.
                if not (report.end is RunEnd.NOTHING and end is RunEnd.DONE):
                    end, sentence = report.end, report.sentence
                if report.end not in (RunEnd.DONE, RunEnd.NOTHING):
                    break
        except OSError as error:
            end, sentence = RunEnd.REFUSED, f"The notebook can't be read: {error.strerror}."
        except LivebookError as error:
            end, sentence = RunEnd.LOST, error.sentence
        except Exception as error:
            # Nobody else would hear of it. The words of an error may quote a notebook.
            logger.error("%s: a run failed: %s", run.path, type(error).__name__)
            end, sentence = RunEnd.LOST, outcome.NOT_TAKEN
        if run.is_stopped and end in (RunEnd.NOTHING, RunEnd.REFUSED, RunEnd.DONE):
            end, sentence = RunEnd.STOPPED, outcome.STOPPED_ALL
        run.end, run.sentence = end, in_terminal_words(sentence)

    def _views(self, run: NotebookRun) -> tuple[CellView, ...]:
        return self._runner.views_or_unknown(run.path, run.text.pieces.draft.notebook)

    def _noting(self, run: NotebookRun, step: RunStep) -> Callable[[RunPlan], None]:
        def note(plan: RunPlan) -> None:
            run.begin(plan, step.scope)
            if live := self._runner.live_notebook(run.path):
                run.note_cells(live)

        return note

    def _over(self, run: NotebookRun) -> tuple[int, int]:
        views = self.views(run)
        waiting = sum(it.state in _UNDER_WAY for it in views)
        return len(views) - waiting, len(views)

    def _notice(self, path: str) -> None:
        if news := self._changed.get(path):
            news.set()
