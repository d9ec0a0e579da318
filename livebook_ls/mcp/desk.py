"""What all tools work with: the folder, its notebooks and sessions, and what models have seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.live_session import JoinedCells, SessionHelp
from livebook_ls.intelligence.standing import CodeHelpers
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.mcp import tool_refusal
from livebook_ls.mcp.known_texts import KnownTexts
from livebook_ls.mcp.runs import Runs
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.working_folder import WorkingFolder
from livebook_ls.notebook.exact_edits.handles import HandledText
from livebook_ls.notebook.model import Cell
from livebook_ls.running.cells_to_ask import cells_to_ask
from livebook_ls.running.changed_cells import changed_cells
from livebook_ls.running.own_runs import unagreed_runs
from livebook_ls.running.runner import Runner
from livebook_ls.settings import Settings
from livebook_ls.sync import single_visits
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.own_turn import NotWrittenError
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling import findings
from livebook_ls.sync.telling.command_words import in_terminal_words

# Open notebooks are looked after all the time; what is opened again is as it was.
_MOST_OPEN = 50


class Desk:
    """All state of a server. Belongs to one event loop."""

    def __init__(
        self,
        folder: WorkingFolder,
        settings: Settings,
        environ: Mapping[str, str],
        *,
        may_run: bool,
    ) -> None:
        """`may_run` is a person's word, given when the server was set up."""
        self.folder = folder
        self.may_run = may_run
        self.notebooks = Notebooks(settings, environ, lambda _: None)
        self.runner = Runner(self.notebooks)
        self.texts = KnownTexts()
        self.runs = Runs(self.runner)
        self._helpers = CodeHelpers(settings, environ)
        self.intelligence = Intelligence(
            [SessionHelp(self._joined_cells), *self._helpers.intelligence.providers]
        )
        self._locks: dict[str, asyncio.Lock] = {}
        # The ones that are open, the one that was used last at the end.
        self._open: dict[str, None] = {}

    async def opened(self, named: str) -> OpenNotebook:
        """A notebook that is there, with its session where it has one; raises ToolRefusal.

        As an editor does when it opens the file: nothing of it changes by that.
        """
        path = self.folder.existing(named)
        link = self.notebooks.did_open(path)
        self._let_go_of_others(path)
        await self.notebooks.idle(path)
        return OpenNotebook(self.folder.shown(path), path, link, self.read(path))

    def _let_go_of_others(self, path: str) -> None:
        """Have so many notebooks open at the most, with this one used last."""
        self._open.pop(path, None)
        self._open[path] = None
        for it in [*self._open][:-_MOST_OPEN]:
            lock = self._locks.get(it)
            if self.runs.going_on(it) is None and not (lock and lock.locked()):
                self.notebooks.did_close(it)
                del self._open[it]
                self._locks.pop(it, None)

    def read(self, path: str) -> HandledText:
        """The notebook as its file says it now; raises ToolRefusal."""
        try:
            text = notebook_file.read(path).text
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            sentence = findings.file_unreadable_here(reason).sentence
            raise ToolRefusal("file-unreadable", sentence) from None
        if text is None:
            raise ToolRefusal("not-utf8", findings.not_utf8().sentence)
        return self.texts.see(path, text)

    async def write(self, opened: OpenNotebook, change: Callable[[str], str]) -> bool:
        """Write what `change` makes of the text, and sync it; whether it was written.

        One after the other, and for the notebook's stamp with a session. What `change` raises is
        the caller's, and nothing is written then. Raises ToolRefusal where it can't be.
        """
        async with self._locks.setdefault(opened.path, asyncio.Lock()):
            self.require_same(opened)
            await single_visits.keep_stamp(self.notebooks, opened.link)
            try:
                return await self.notebooks.operations.rewrite(opened.link, change)
            except NotWrittenError as error:
                raise tool_refusal.not_written(opened.shown, str(error)) from None

    def require_same(self, opened: OpenNotebook) -> None:
        """Require that the notebook's name still leads to it, which may have become a link while a
        person was asked; raises ToolRefusal.
        """
        if self.folder.existing(opened.shown) != opened.path:
            raise tool_refusal.outside(opened.shown)

    async def met(self, opened: OpenNotebook) -> tuple[OpenNotebook, str]:
        """The notebook before an edit, with the session that somebody may have opened since; and
        why what waits to run in that can't be seen, empty where it can, or where there is none.
        """
        link = opened.link
        if not link.has_session:
            async with self._locks.setdefault(opened.path, asyncio.Lock()):
                await self.notebooks.operations.attach(link)
                await single_visits.keep_stamp(self.notebooks, link)
        now = replace(opened, text=self.read(opened.path))
        return now, await self.watch(now)

    def unagreed_runs(self, path: str, before: HandledText, after: HandledText) -> tuple[Cell, ...]:
        """What an edit would have Livebook run that no person has agreed to; nothing where running
        is allowed. In a session that can't be seen into, any cell may wait to run.
        """
        if self.may_run:
            return ()
        run, live = self.runs.going_on(path), self.runner.live_notebook(path)
        notebooks = before.pieces.draft.notebook, after.pieces.draft.notebook
        found = unagreed_runs(*notebooks, live, run.waiting if run else None)
        if live is None and self.notebooks.link(path).has_session:
            found += changed_cells(before.text, after.text)
        by_place = {it.span.start: it for it in found}
        return tuple(by_place[at] for at in sorted(by_place))

    async def open_files(self) -> frozenset[str] | None:
        """The files that have a session, as Livebook names them; None where that isn't shown.

        Raises Livebook's errors.
        """
        return await asyncio.to_thread(self.notebooks.connection.open_files)

    async def watch(self, opened: OpenNotebook) -> str:
        """Join the notebook's session to see its cells; empty, or why that can't be."""
        if not opened.link.has_session:
            return ""
        try:
            await self.runner.watch(opened.path)
            views = self.runner.views(opened.path, opened.text.pieces.draft.notebook)
            if any(it.live is not None and it.outputs is None for it in views):
                await self.runner.look(opened.path)
        except LivebookError as error:
            return in_terminal_words(error.sentence)
        return ""

    async def close(self) -> None:
        """End what goes on; sessions stay, and what runs in Livebook runs on."""
        self.runs.close()
        await self._helpers.close()
        await self.notebooks.close()

    def _joined_cells(self, path: str) -> JoinedCells | None:
        link = self.notebooks.links.get(path)
        session = self.notebooks.live.of(link) if link else None
        if session is None:
            return None
        notebook = self.read(path).pieces.draft.notebook
        ids = cells_to_ask(notebook, session.notebook)
        return JoinedCells(session, ids.known, ids.likely)


@dataclass(frozen=True, slots=True)
class OpenNotebook:
    """A notebook that a call is about: by the name that models use, and as it is now."""

    shown: str
    path: str
    link: NotebookLink
    text: HandledText
