"""All notebooks that a front has open: who attaches, syncs and looks again, and when."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.live.events import LiveEvent, NotebookEdited
from livebook_ls.settings import Settings
from livebook_ls.sync.background.browser_saves import BrowserSaves
from livebook_ls.sync.background.external_changes import Watch
from livebook_ls.sync.background.held_for_runs import HeldForRuns
from livebook_ls.sync.background.left_behind import LeftBehind
from livebook_ls.sync.background.presence import Presence
from livebook_ls.sync.background.replaced_texts import ReplacedTexts
from livebook_ls.sync.background.resting_sessions import RestingSessions
from livebook_ls.sync.background.retries import Recovery
from livebook_ls.sync.canonical.before_save import Form
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.operations import Operations
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.latest_only import LatestOnly
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.on_request import OnRequest
from livebook_ls.sync.quiet_saves import QuietSaves
from livebook_ls.sync.saved_texts import SavedTexts
from livebook_ls.sync.started_livebook import Starting, StartOutcome

# So many notebooks talk to Livebook at once; more only make each other wait.
_THREADS = 8
# A checkout changes hundreds; each is waited for until Livebook has written it back.
_FOLLOWED_AT_ONCE = 16
_KEPT_CLOSED = 200
# Editors wait about as long for a server that ends.
_LAST_SAVES_S = 0.5


class Notebooks(OnRequest):
    """The open notebooks by path. Lives on the event loop; `on_change` is told of every state."""

    def __init__(
        self,
        settings: Settings,
        environ: Mapping[str, str],
        on_change: Callable[[NotebookLink], None],
    ) -> None:
        self.settings = settings
        self.connection = Connection(settings, environ)
        self.links: dict[str, NotebookLink] = {}
        self._closed: dict[str, NotebookLink] = {}
        self._on_change = on_change
        self._queue = LatestOnly()
        self._threads = ThreadPoolExecutor(_THREADS, "livebook-ls")
        self.live = LiveSessions()
        self.live.listen(self._happened_live)
        self._talk = Talk(self.connection, self._threads, self.live.rest)
        self._starting = Starting(self.connection, self._talk, environ)
        folder, has_newer = StateFolder(environ), self._queue.has_newer
        self.operations = Operations(
            self._talk, lambda: self.settings, has_newer, folder, self.live
        )
        self._browser_saves = BrowserSaves(
            self.live, lambda: self.settings, self._is_at_work, self._catch_up_soon
        )
        self.kept = self.operations.kept
        self._saved_texts = SavedTexts(self.kept, self._threads)
        self._replaced_texts = ReplacedTexts(self.kept, self._sync_soon)
        self._held_for_runs = HeldForRuns(self.live, self.operations, self._queue)
        seen = self._look, NotebookLink.lose_file, self.operations.is_settled
        self._watch = Watch(self.links.values, *seen)
        self._attached_once: set[str] = set()  # Closed ones too, since they may be renamed.
        self._recovery = Recovery(lambda: self.links.values(), self._try_again)
        self._quiet_saves = QuietSaves(
            self._talk,
            self.operations,
            lambda: self.settings,
            self._queue.idle,
            self._browser_saves.is_landing,
        )
        self._left_behind = LeftBehind(self._talk)
        self._presence = Presence(lambda: self.links.values(), self._talk)
        self._resting = RestingSessions(self._talk)
        self._followed_at_once = asyncio.Semaphore(_FOLLOWED_AT_ONCE)

    def configure(self, settings: Settings) -> None:
        """Use other settings from now on, and look again at once where something was wrong."""
        self.settings = settings
        self._starting.configure(settings)
        self.notice_activity()

    async def start_livebook(self) -> StartOutcome:
        """Start Livebook, as the user asked, and attach every notebook that lacks it."""
        outcome = await self._starting.start(self.settings)
        self.configure(self.settings)
        return outcome

    async def stop_livebook(self) -> StartOutcome:
        """Stop the Livebook that was started from here, as the user asked."""
        outcome = await self._starting.stop()
        self.configure(self.settings)
        for link in self.links.values() if outcome.is_done else ():
            self._submit_again(link)
        return outcome

    def warm_up(self) -> None:
        """In the background find Livebook before the first save needs it, and mend files."""
        self._threads.submit(self.connection.warm_up_soon)
        self._mending = asyncio.create_task(self.mend_files())

    async def mend_files(self) -> None:
        """Give every file its text again that a process left halfway as it died."""
        await self.operations.steps.mend_files()

    def did_open(self, path: str, text: str | None = None) -> NotebookLink:
        """Follow the notebook at `path`, and attach it in the background.

        `text` is what an editor has loaded.
        """
        link = self.links.get(path)
        if link is None:
            link = self._closed.pop(path, None) or NotebookLink(path, self._changed)
            self.links[path] = link
            self.live.stay(path)
            act = self.operations.attach_soon
            if text is not None and link.is_loaded_anew:
                act = self.operations.reload
            else:
                # Whatever its editor knew of it before.
                link.known = None
                link.was_attached = path in self._attached_once
            if text is not None:
                link.note_loaded(text)
            self._queue.submit(path, lambda: act(link))
            self._watch.start(link)
        return link

    def link(self, path: str) -> NotebookLink:
        """The notebook at `path`, followed or not."""
        return self.links.get(path) or NotebookLink(path, self._changed)

    def will_save(self, path: str, *, is_by_timer: bool = False) -> None:
        """The editor is about to write the file, which nobody should read meanwhile."""
        if link := self.links.get(path):
            link.will_be_saved(is_by_timer=is_by_timer)

    def did_save(self, path: str, text: str | None = None) -> None:
        """Sync the notebook; of many saves in a row the newest counts.

        `text` is what the editor says it saved.
        """
        if link := self.links.get(path):
            link.was_saved(text)
            if text is not None:
                self._saved_texts.keep(link, text)
            self._watch.notice(link)
            # Whoever saves and leaves (`:wq`) wants the session to follow all the same.
            self._queue.submit(path, lambda: self.operations.sync(link, text), must_end=True)
            self.notice_activity()

    def follow(self, path: str, *, holds_nothing: bool = False) -> None:
        """A file that no editor of ours has was changed: make its session follow, if it has one.

        A session is opened only where the settings say so for every notebook. `holds_nothing`: the
        user agreed to whatever Livebook loses of it.
        """
        link = self.links.get(path)
        if link is None:
            link = self.links[path] = NotebookLink(path, self._changed)
            link.follows_disk = True
        link.consent.for_notebook |= holds_nothing
        self._queue.submit(path, functools.partial(self._follow, link))
        self.notice_activity()

    def did_rename(self, old: str, new: str) -> None:
        """The notebook moved: what had a session gets one at its new place with the next sync."""
        if old in self._attached_once:
            self._attached_once.add(new)
            self._queue.submit(new, lambda: self.operations.steps.follow(old, new), must_end=True)
            link = self.links.get(new)
            if link is None:
                link = self._closed[new] = NotebookLink(new, self._changed)
            else:
                self._queue.submit(new, functools.partial(self.operations.sync, link))
            link.was_attached = True
            if former := self.links.get(old) or self._closed.get(old):
                self._left_behind.notice(former, link)

    def did_close(self, path: str) -> None:
        """Let go of the notebook, not of its session. Changes are no longer told."""
        if link := self.links.pop(path, None):
            # Neovim closes and opens a document to load it anew; consent lasts while we run.
            self.live.leave_soon(path, self._queue.idle)
            self._queue.cancel(path)
            link.forget_buffer()
            self._closed[path] = link
            if len(self._closed) > _KEPT_CLOSED:
                self._closed.pop(next(iter(self._closed)))

    async def canonical(self, path: str | None, text: str) -> Form:
        """`text` of the notebook at `path`, if it has one, in Livebook's form, or why not."""
        return await self.operations.canonical(self.link(path or ""), text)

    async def quiet_form(self, path: str, text: str, within_s: float) -> str | None:
        """What to save instead of `text`, so that Livebook has nothing to rewrite, if known."""
        return await self._quiet_saves.form(self.link(path), text, within_s)

    def editor_has(self, path: str, text: str) -> None:
        """What the editor's buffer holds now, as far as we know."""
        if link := self.links.get(path):
            self.operations.autosaves.note_editor_has(link, text)
            # Whoever types will save, and must not stumble over what Livebook writes meanwhile.
            self._watch.notice(link)

    def adopt(self, path: str, rewritten: notebook_file.Snapshot) -> None:
        """The editor's buffer now holds the file as Livebook rewrote it."""
        if link := self.links.get(path):
            self.operations.autosaves.adopt(link, rewritten)

    async def finds_livebook(self) -> bool:
        """Whether a Livebook answers."""
        return await self._talk.think(self.connection.warm_up)

    async def settings_url(self) -> str | None:
        """The address of Livebook's settings page, if there is a Livebook."""
        return await self._talk.think(self.connection.settings_url)

    async def idle(self, path: str) -> None:
        """Wait until nothing is under way for the notebook."""
        await self._queue.idle(path)

    def notice_activity(self) -> None:
        """Somebody is at work: look for a missing Livebook now rather than later."""
        self._recovery.notice_activity()

    async def close(self, last_saves_s: float = _LAST_SAVES_S) -> None:
        """End all work in the background; saves that are under way have so many seconds."""
        for it in (self._watch, self._recovery, self._left_behind, self._presence):
            it.stop()
        self._browser_saves.stop()
        self._resting.stop()
        self.live.hurry()
        await self._saved_texts.finish()
        await self._queue.close(last_saves_s)
        await self.operations.finish()
        await self.live.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.connection.close()

    def _look(self, link: NotebookLink) -> None:
        """Somebody changed the file; a save that is under way accounts for it itself."""
        if not self._is_at_work(link):
            self._queue.submit(link.path, lambda: self.operations.look(link))

    def _is_at_work(self, link: NotebookLink) -> bool:
        # Before an editor's word that it has saved, Livebook would write over the time of its save.
        return self._queue.is_busy(link.path) or link.lock.locked() or link.is_being_saved

    def _sync_soon(self, link: NotebookLink) -> None:
        """Sync, unless a save waits already that sees to it."""
        if not self._queue.has_newer(link.path):
            self._queue.submit(link.path, functools.partial(self.operations.sync, link))

    def _happened_live(self, path: str, event: LiveEvent) -> None:
        link = self.links.get(path)
        if link is None:
            return
        self._held_for_runs.notice(link, event)
        self._replaced_texts.notice(link, event)
        self._presence.happened(link, event)
        if isinstance(event, NotebookEdited):
            self._browser_saves.notice(link)

    def _catch_up_soon(self, link: NotebookLink) -> None:
        """The same, once what Livebook has written is accounted for."""

        async def catch_up() -> None:
            await self.operations.look(link)
            await self.operations.sync(link)

        if not self._queue.has_newer(link.path):
            self._queue.submit(link.path, catch_up)

    def _changed(self, link: NotebookLink) -> None:
        if link.was_attached:
            self._attached_once.add(link.path)
        if self.links.get(link.path) is not link:
            return
        self._on_change(link)
        for it in (self._watch, self._recovery, self._presence, self._resting):
            it.notice(link)

    async def _try_again(self, waiting: list[NotebookLink]) -> None:
        """Let the notebooks that wait have another try, where Livebook takes syncs at all."""
        self._starting.notice_end(self.settings)
        for link in waiting:
            if link.state is State.FAILED and self.operations.steps.is_open(link.path):
                # Its file may be to be mended, for which nobody needs a Livebook.
                self._submit_again(link)
        if self._starting.is_under_way or not await self._talk.is_ready():
            return
        for link in waiting:
            self._submit_again(link)
        await asyncio.gather(*(self._queue.idle(link.path) for link in waiting))

    async def _follow(self, link: NotebookLink) -> None:
        async with self._followed_at_once:
            if notebook_file.version(link.path) == link.version:
                # The last sync has accounted for it, Livebook's write-back included.
                return
            # Livebook's later writes are known by what its session holds.
            await (self.operations.look(link) if link.has_session else self.operations.sync(link))

    def _submit_again(self, link: NotebookLink) -> None:
        again = self.operations.sync if link.was_attached else self.operations.attach
        self._queue.submit(link.path, functools.partial(again, link))
