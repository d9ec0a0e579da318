"""Runs cells of notebooks: saved and synced first, queued, waited for, and proven by digests.

Only ever called on a person's word. Queued is what the file holds and the editor shows: other texts
are refused. When all is over the digests of what ran are compared with the texts that were meant.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TYPE_CHECKING

from livebook_ls.livebook.errors import LivebookError, Unreachable
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.cells import CellStatus, LiveNotebook
from livebook_ls.livebook.live.errors import PageNotUnderstood, SessionGone
from livebook_ls.livebook.live.events import FlashShown, LiveEvent
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Notebook
from livebook_ls.running import outcome, queueing
from livebook_ls.running.cell_states import (
    CellView,
    RunState,
    SessionMatch,
    is_moved,
    match_cells,
    views,
)
from livebook_ls.running.exported_texts import exported_texts
from livebook_ls.running.outcome import RunEnd, RunRefusal, RunReport
from livebook_ls.running.own_runs import Foreseen, foresee_save
from livebook_ls.running.plan import RunPlan, plan_of, wanted_cells
from livebook_ls.running.saved_text import is_saved, refuse_unless_saved
from livebook_ls.running.scope import RunScope, runnable
from livebook_ls.running.waiting import until_idle
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.swapped_names import leads_elsewhere

if TYPE_CHECKING:
    from livebook_ls.livebook.live.session import LiveSession

# How long a session may take to hold what a sync has told it.
_FOLLOWS_S = 1.0
# After so long without an answer, Livebook is not expected to come back with what ran in it.
_AWAY_S = 10.0
ChangeListener = Callable[[str], None]


class Runner:
    """Runs and their states, over the notebooks of one front. Belongs to their event loop."""

    def __init__(self, notebooks: Notebooks, away_s: float = _AWAY_S) -> None:
        """`away_s` is how long Livebook may be away until a run is lost."""
        self._notebooks = notebooks
        self._away_s = away_s
        self._listeners: list[ChangeListener] = []
        # By notebook: why its runtime or a process ended, as Livebook said it last.
        self._flashes: dict[str, str] = {}
        self._links: dict[str, NotebookLink] = {}
        # Notebooks whose run a person has stopped.
        self._stopped: set[str] = set()
        # Sessions whose page is of a Livebook that we don't know, with the sentence that says so.
        self._not_understood: dict[tuple[Endpoint | None, str | None], str] = {}
        notebooks.live.listen(self._happened)

    def listen(self, listener: ChangeListener) -> None:
        """Have `listener` called with a notebook's path when the state of its cells has changed."""
        self._listeners.append(listener)

    def views(self, path: str, notebook: Notebook) -> tuple[CellView, ...]:
        """How the cells of the notebook as it is shown stand; none while no session is joined.

        Answered from memory.
        """
        live = self.live_notebook(path)
        return views(notebook, live) if live else ()

    def knows_cells(self, path: str) -> bool:
        """Whether anything is known of how the notebook's cells stand: its session is joined."""
        return self._live(path) is not None

    def views_or_unknown(self, path: str, notebook: Notebook) -> tuple[CellView, ...]:
        """The same, with cells of which nothing is known while no session is joined."""
        known = self.views(path, notebook)
        unknown = (CellView(cell=it, state=RunState.UNKNOWN) for it in runnable(notebook))
        return known or tuple(unknown)

    def foreseen(self, path: str, notebook: Notebook) -> Foreseen:
        """What a save of the notebook as it is shown would make Livebook run and lose by itself."""
        live = self.live_notebook(path)
        return foresee_save(notebook, live) if live else Foreseen()

    def live_notebook(self, path: str) -> LiveNotebook | None:
        """The notebook as its session holds it; None while none is joined."""
        live = self._live(path)
        return live.notebook if live else None

    async def look_where_moved(self, path: str, notebook: Notebook) -> None:
        """Read the page where the session, which holds the notebook, isn't known to have its cells
        in that order and flow: Livebook tells nobody of moves. Raises Livebook's errors.
        """
        live = self._live(path)
        if live is not None and is_moved(notebook, live.notebook):
            await self._look(path, live)

    async def watch(self, path: str) -> bool:
        """Join the notebook's session if it has one, to show how its cells stand; runs nothing.

        Raises Livebook's errors (`LiveSession.join`).
        """
        link = self._link(path)
        if not link.has_session:
            return False
        # What joining reads has the outputs, too.
        await self._joined(link)
        self._tell(path)
        return True

    def refusal(self, path: str) -> str | None:
        """Why nothing can be run in the notebook's Livebook at all, if that was found; a sentence.

        Who asks for a run is not refused by it: the page may be another by then.
        """
        link = self._link(path)
        return self._not_understood.get((link.home, link.session_path))

    async def plan(self, path: str, text: str, scope: RunScope, offset: int) -> RunPlan:
        """What `run` would do, as far as is known: nothing is sent.

        Raises RunRefusal where there is no such cell.
        """
        notebook = parse(text)
        wanted = wanted_cells(notebook, scope, offset)
        live = self._live(path)
        found = match_cells(notebook, live.notebook) if live else None
        return plan_of(notebook, wanted, found)

    async def run(
        self,
        path: str,
        text: str,
        scope: RunScope,
        offset: int,
        on_start: Callable[[RunPlan], None] = lambda _: None,
        timeout_s: float | None = None,
        is_page_awaited: bool = True,
    ) -> RunReport:
        """Run cells of the notebook at `path`, whose editor shows `text`.

        `on_start` is told what is about to be queued. What is refused or lost is a report, too.
        Texts of outputs are there once it ends, images and the like only if the page is awaited,
        which takes seconds in a large notebook.
        """
        begun: list[RunPlan] = []

        def begin(plan: RunPlan) -> None:
            begun.append(plan)
            on_start(plan)

        try:
            return await self._run(path, text, scope, offset, begin, timeout_s, is_page_awaited)
        except RunRefusal as refusal:
            return RunReport(end=RunEnd.REFUSED, sentence=refusal.sentence)
        except SessionGone:
            return RunReport(end=RunEnd.LOST, sentence=outcome.SESSION_LOST)
        except LivebookError as error:
            if begun and isinstance(error, Unreachable):
                return RunReport(end=RunEnd.LOST, sentence=outcome.LIVEBOOK_AWAY)
            if begun:
                sentence = f"{error.sentence} {outcome.MAY_HAVE_RUN}"
                return RunReport(end=RunEnd.LOST, sentence=sentence)
            return RunReport(end=RunEnd.REFUSED, sentence=error.sentence)

    async def stop(self, path: str, own: Container[str] | None = None) -> str:
        """Stop what runs or waits in the notebook, all or the cells whose ids are `own`; what is to
        be told. Raises Livebook's errors (`LiveSession.cancel_cell`).
        """
        session = await self._joined(self._link(path))
        busy = [it for it in session.notebook.cells if it.is_busy and (own is None or it.id in own)]
        if not busy:
            return outcome.NOTHING_RUNS
        self._stopped.add(path)
        # Those that wait first: one would begin as soon as the running one has ended.
        for cell in sorted(busy, key=lambda it: it.state.status is CellStatus.EVALUATING):
            await session.cancel_cell(cell.id)
        return outcome.STOPPED_OWN if session.notebook.is_busy else outcome.STOPPED_ALL

    async def restart_runtime(self, path: str) -> None:
        """Start another runtime; all values are lost, nothing is run. Raises Livebook's errors."""
        session = await self._joined(self._link(path))
        await session.reconnect_runtime()

    async def start_runtime(self, path: str) -> None:
        """Start a runtime if there is none; nothing is run. Raises Livebook's errors."""
        session = await self._joined(self._link(path))
        await session.connect_runtime()

    async def look(self, path: str) -> None:
        """Read all outputs anew, images too. Raises Livebook's errors (`LiveSession.refresh`)."""
        session = await self._joined(self._link(path))
        await self._look(path, session)

    async def _run(
        self,
        path: str,
        text: str,
        scope: RunScope,
        offset: int,
        on_start: Callable[[RunPlan], None],
        timeout_s: float | None,
        is_page_awaited: bool,
    ) -> RunReport:
        notebook = parse(text)
        wanted = wanted_cells(notebook, scope, offset)
        link = self._link(path)
        session, found = await self._held(link, text, notebook)
        wanted = queueing.to_run(wanted, scope, found)
        if not wanted:
            return RunReport(end=RunEnd.NOTHING, sentence=outcome.NOTHING_OUTDATED)
        ids = [live.id for it in wanted if (live := found.live(it)) is not None]
        plan = plan_of(notebook, wanted, found)
        on_start(plan)
        self._flashes.pop(path, None)
        self._stopped.discard(path)
        if not await queueing.queue(session, scope, ids):
            return RunReport(end=RunEnd.REFUSED, sentence=outcome.NOT_TAKEN)
        if not await until_idle(session, timeout_s, self._away_s):
            sentence = outcome.TIMED_OUT.format(seconds=timeout_s)
            return RunReport(end=RunEnd.TIMED_OUT, sentence=sentence)
        await session.read_texts(exported_texts)
        report = self._report(path, notebook, plan)
        # In doubt the page has the last word.
        if is_page_awaited or report.end not in (RunEnd.DONE, RunEnd.FAILED):
            await self._look(path, session)
            report = self._report(path, notebook, plan)
        return report

    async def _held(
        self, link: NotebookLink, text: str, notebook: Notebook
    ) -> tuple[LiveSession, SessionMatch]:
        """The session, once it holds exactly this text, and its cells by ours."""
        # Livebook's form of an earlier save may lie over this one until its sync has put it back.
        await self._notebooks.idle(link.path)
        if leads_elsewhere(link) or (text in link.saves and not is_saved(link.path, text)):
            await self._notebooks.operations.sync(link, text)
        refuse_unless_saved(link, text)
        if not link.has_session:
            await self._notebooks.operations.open(link)
            _refuse_unless_arrived(link)
        session = await self._joined(link)
        found = match_cells(notebook, session.notebook)
        if found.is_exact:
            return session, found
        await self._notebooks.operations.sync(link)
        _refuse_unless_arrived(link)
        session = await self._joined(link)

        def is_held() -> bool:
            return match_cells(notebook, session.notebook).is_exact

        if not await session.wait_until(lambda _: is_held(), _FOLLOWS_S):
            # Livebook tells nobody of moves.
            await session.refresh()
        found = match_cells(notebook, session.notebook)
        if not found.is_exact:
            raise RunRefusal(outcome.NOT_HELD)
        return session, found

    def _report(self, path: str, notebook: Notebook, plan: RunPlan) -> RunReport:
        """How it ended, by what the session shows and by the digests of what ran."""
        shown = {id(it.cell): it for it in self.views(path, notebook)}
        ran = tuple(shown[id(it)] for it in plan.wanted if id(it) in shown)
        along = tuple(shown[id(it)] for it in plan.brought_along if id(it) in shown)
        flash = self._flashes.get(path, "")
        end, sentence = outcome.end_of(
            notebook, (*along, *ran), was_stopped=path in self._stopped, flash=flash
        )
        return RunReport(end=end, sentence=sentence, ran=ran, brought_along=along)

    async def _joined(self, link: NotebookLink) -> LiveSession:
        """The notebook's session, joined; a page not understood is remembered until it is."""
        try:
            session = await self._notebooks.live.joined(link)
        except PageNotUnderstood as error:
            self._not_understood[link.home, link.session_path] = error.sentence
            self._tell(link.path)
            raise
        if self._not_understood.pop((link.home, link.session_path), None):
            self._tell(link.path)
        return session

    async def _look(self, path: str, session: LiveSession) -> None:
        await session.refresh()
        self._tell(path)

    def _link(self, path: str) -> NotebookLink:
        """The notebook's link; fronts that follow none have one that lasts as long as we do."""
        followed = self._notebooks.links.get(path)
        if followed is not None:
            return followed
        if path not in self._links:
            self._links[path] = self._notebooks.link(path)
        return self._links[path]

    def _live(self, path: str) -> LiveSession | None:
        return self._notebooks.live.of(self._link(path))

    def _happened(self, path: str, event: LiveEvent) -> None:
        if isinstance(event, FlashShown):
            self._flashes[path] = event.flash.message
        self._tell(path)

    def _tell(self, path: str) -> None:
        for listener in self._listeners:
            listener(path)


def _refuse_unless_arrived(link: NotebookLink) -> None:
    if link.state not in ARRIVED:
        raise RunRefusal(link.sentence)
