"""One run of a notebook, told as it goes: each cell once it is over, and its outputs are read."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Sequence
from dataclasses import replace

from livebook_ls.cli.run.patience import OutOfPatience, Patience
from livebook_ls.cli.run.report import CellOver, Report, cell_over
from livebook_ls.cli.run.selection import Numbered, Selection, numbered
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell
from livebook_ls.notebook.source import Source
from livebook_ls.running import outcome
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.outcome import RunEnd, RunReport
from livebook_ls.running.plan import RunPlan
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import runnable

_UNDER_WAY = frozenset({RunState.QUEUED, RunState.RUNNING})
_OVER = frozenset({RunState.DONE, RunState.FAILED, RunState.STALE})


class Following:
    """Follows the cells of the notebook at `path`, of which `text` is saved there.

    It is told under the name `file` and by the places in `shown`, a text with the same cells: the
    notebook that a copy was made of.
    """

    def __init__(
        self, runner: Runner, report: Report, path: str, text: str, file: str, shown: str
    ) -> None:
        self._runner = runner
        self._report = report
        self._path = path
        self._text = text
        self._file = file
        self._source = Source(shown)
        self._notebook = parse(text)
        self._places = numbered(parse(shown), self._source)
        self._has_begun = False
        self._begun: set[int] = set()
        self._waiting: list[int] = []
        self._has_news = asyncio.Event()
        self.told: dict[int, CellOver] = {}

    async def run(self, selection: Selection, patience: Patience) -> RunReport:
        """Run what is selected and tell it; the run's own report."""
        # From here on every change is seen, so that no cell comes and goes unnoticed.
        self._runner.listen(self._look)
        telling = asyncio.create_task(self._tell())
        try:
            async with patience.bound():
                done = await self._runner.run(
                    self._path, self._text, selection.scope, selection.offset, self._begin
                )
        except OutOfPatience:
            sentence = outcome.TIMED_OUT if self._has_begun else outcome.NOT_BEGUN
            sentence = sentence.format(seconds=patience.seconds)
            done = RunReport(end=RunEnd.TIMED_OUT, sentence=sentence)
        finally:
            telling.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await telling
        self._tell_rest(done)
        return done

    def _begin(self, plan: RunPlan) -> None:
        self._has_begun = True
        self._report.begin(
            self._file, self._numbered(plan.wanted), self._numbered(plan.brought_along)
        )

    def _look(self, path: str) -> None:
        """Take note of the cells that are over now and were not."""
        if path != self._path:
            return
        for at, view in enumerate(self._runner.views(self._path, self._notebook)):
            if view.state in _UNDER_WAY:
                self._begun.add(at)
            elif at in self._begun and view.state in _OVER:
                self._begun.discard(at)
                # Who began once more before it was told is told as it is by then.
                if at not in self._waiting:
                    self._waiting.append(at)
                self._has_news.set()

    async def _tell(self) -> None:
        """Tell cells that are over, in the order in which they were, once their outputs are read.

        What can't be read now, the run itself reads at its end, or says why not.
        """
        while True:
            await self._has_news.wait()
            self._has_news.clear()
            try:
                await self._runner.look(self._path)
            except LivebookError:
                continue
            views = self._runner.views(self._path, self._notebook)
            while self._waiting and views and views[self._waiting[0]].are_outputs_whole:
                self._tell_cell(self._waiting.pop(0), views)
            if self._waiting:
                self._has_news.set()

    def _tell_rest(self, done: RunReport) -> None:
        """Tell what is over, and was not told yet."""
        views = self._runner.views(self._path, self._notebook)
        ran = {it.cell.span for it in (*done.brought_along, *done.ran)}
        for at, view in enumerate(views):
            is_new = at in self._waiting or (view.cell.span in ran and at not in self.told)
            if is_new and view.state in _OVER:
                self._tell_cell(at, views)

    def _tell_cell(self, at: int, views: Sequence[CellView]) -> None:
        place = self._places[at]
        over = cell_over(place, replace(views[at], cell=place.cell), self._source)
        self.told[at] = over
        self._report.cell(self._file, over)

    def _numbered(self, cells: Sequence[Cell]) -> list[Numbered]:
        spans = {it.span for it in cells}
        pairs = zip(runnable(self._notebook), self._places, strict=True)
        return [place for cell, place in pairs if cell.span in spans]
