"""All notebooks that a front has open: who attaches, syncs and looks again, and when."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from livebook_ls.livebook.connection import Connection
from livebook_ls.settings import Settings
from livebook_ls.sync.latest_only import LatestOnly
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.operations import Operations

# So many notebooks talk to Livebook at once; more only make each other wait.
_THREADS = 8
_FIRST_LOOK_S = 0.5
_LAST_LOOK_S = 30.0


class Notebooks:
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
        self._on_change = on_change
        self._queue = LatestOnly()
        self._threads = ThreadPoolExecutor(_THREADS, "livebook-ls")
        self.operations = Operations(self.connection, lambda: self.settings, self._threads)
        # Notebooks that had a session since we run, closed ones too: they may be renamed.
        self._attached_once: set[str] = set()
        self._looking: asyncio.Task[None] | None = None
        self._look_now = asyncio.Event()

    def configure(self, settings: Settings) -> None:
        """Use other settings from now on, and look again at once where something was wrong."""
        self.settings = settings
        self.connection.configure(settings)
        self.notice_activity()

    def warm_up(self) -> None:
        """Find Livebook and connect in the background, before the first save needs it."""
        self._threads.submit(self.connection.warm_up)

    def did_open(self, path: str) -> NotebookLink:
        """Follow the notebook at `path`, and attach it in the background."""
        link = self.links.get(path)
        if link is None:
            link = self.links[path] = NotebookLink(path, self._changed)
            link.was_attached = path in self._attached_once
            self._queue.submit(path, lambda: self.operations.attach(link))
        return link

    def did_save(self, path: str) -> None:
        """Sync the notebook; of many saves in a row the newest counts."""
        if link := self.links.get(path):
            self._queue.submit(path, lambda: self.operations.sync(link))
            self.notice_activity()

    def did_rename(self, old: str, new: str) -> None:
        """The notebook moved: what had a session gets one at its new place with the next sync."""
        if old in self._attached_once:
            self._attached_once.add(new)
            if link := self.links.get(new):
                link.was_attached = True
                self._queue.submit(new, lambda: self.operations.sync(link))

    def did_close(self, path: str) -> None:
        """Let go of the notebook, not of its session. Changes are no longer told."""
        if self.links.pop(path, None):
            self._queue.cancel(path)

    async def open(self, path: str) -> NotebookLink:
        """Open the session of the notebook at `path`, as the user asked."""
        return await self._now(path, self.operations.open)

    async def sync(self, path: str) -> NotebookLink:
        """Sync the notebook at `path`, as the user asked."""
        return await self._now(path, self.operations.sync)

    async def restamped(self, path: str, text: str) -> tuple[str | None, NotebookLink]:
        """`text` of the notebook at `path` as Livebook would write it, freshly stamped."""
        link = self.links.get(path) or NotebookLink(path, self._changed)
        return await self.operations.restamped(link, text), link

    async def settings_url(self) -> str | None:
        """The address of Livebook's settings page, if there is a Livebook."""
        return await asyncio.get_running_loop().run_in_executor(
            self._threads, self.connection.settings_url
        )

    async def idle(self, path: str) -> None:
        """Wait until nothing is under way for the notebook."""
        await self._queue.idle(path)

    def notice_activity(self) -> None:
        """Somebody is at work: look for a missing Livebook now rather than later."""
        self._look_now.set()

    async def close(self) -> None:
        """End all work in the background."""
        if self._looking:
            self._looking.cancel()
        await self._queue.close()
        self._threads.shutdown(wait=False, cancel_futures=True)
        self.connection.close()

    async def _now(
        self, path: str, operation: Callable[[NotebookLink], Awaitable[None]]
    ) -> NotebookLink:
        link = self.links.get(path) or NotebookLink(path, self._changed)
        await operation(link)
        return link

    def _changed(self, link: NotebookLink) -> None:
        if link.was_attached:
            self._attached_once.add(link.path)
        if self.links.get(link.path) is not link:
            return
        self._on_change(link)
        if link.is_away and (self._looking is None or self._looking.done()):
            self._looking = asyncio.create_task(self._look_again())

    async def _look_again(self) -> None:
        """While open notebooks lack Livebook: look for it, ever more seldom unless asked."""
        pause_s = _FIRST_LOOK_S
        while any(link.is_away for link in self.links.values()):
            self._look_now.clear()
            try:
                await asyncio.wait_for(self._look_now.wait(), pause_s)
                pause_s = _FIRST_LOOK_S
            except TimeoutError:
                pause_s = min(pause_s * 2, _LAST_LOOK_S)
            if await self.operations.is_ready():
                away = [link for link in self.links.values() if link.is_away]
                for link in away:
                    self._queue.submit(link.path, functools.partial(self._try_again, link))
                await asyncio.gather(*(self._queue.idle(link.path) for link in away))
            # Also when asked all the time, no more often than this.
            await asyncio.sleep(_FIRST_LOOK_S / 2)

    async def _try_again(self, link: NotebookLink) -> None:
        if link.was_attached:
            await self.operations.sync(link)
        else:
            await self.operations.attach(link)
