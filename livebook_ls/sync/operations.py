"""Attach, open, sync and restamp one notebook: every front acts through these and no other way.

Each operation holds the link's lock, ends in a state with its findings, and raises nothing but
what cancels it.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import AsyncIterator, Callable
from concurrent.futures import Executor
from contextlib import asynccontextmanager
from typing import TypeVar

from livebook_ls.livebook import paths
from livebook_ls.livebook.client import Livebook, SyncAnswer
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import (
    AnotherProgram,
    LivebookError,
    NotRunning,
    Refused,
    Unreachable,
)
from livebook_ls.notebook.stamps import has_stamp
from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.sync import disk, findings, git
from livebook_ls.sync.link import NotebookLink, State

Argument = TypeVar("Argument")
Result = TypeVar("Result")


class Operations:
    """The operations, over one connection; requests block in `threads`, never on the loop."""

    def __init__(
        self, connection: Connection, settings: Callable[[], Settings], threads: Executor
    ) -> None:
        self._connection = connection
        self._settings = settings
        self._threads = threads

    async def attach(self, link: NotebookLink) -> None:
        """Find the notebook's session, or open one where the settings allow it by themselves."""
        async with self._border(link):
            await self._attach(link, self._read(link))

    async def open(self, link: NotebookLink) -> None:
        """Open the notebook's session: asked for by the user, so also where that reformats."""
        async with self._border(link):
            self._read(link)
            await self._open(link)

    async def sync(self, link: NotebookLink) -> None:
        """Make the session follow the file; open a session where the rules of `attach` do."""
        async with self._border(link):
            saved = self._read(link)
            link.enter(State.SYNCING)
            if await self._ask_session(link):
                await self._learn_session(link)
                link.enter(State.IN_SYNC)
            elif link.was_attached:
                # Livebook was restarted, or the session closed in the browser.
                await self._open(link)
            else:
                await self._attach(link, saved)

    async def restamped(self, link: NotebookLink, text: str) -> str | None:
        """`text` as Livebook would write it, freshly stamped; None where that is refused.

        The stamp needs an old source whose own is valid: the file, else what was committed.
        """
        async with self._border(link):
            on_disk = self._read(link).text
            for old in (on_disk, await self._in_thread(git.committed, link.path)):
                if old is None:
                    continue
                new = await self._call(functools.partial(_restamp, old_source=old, new_source=text))
                if new is not None:
                    return new
            link.enter(State.FAILED, findings.stamp_stale())
        return None

    async def is_ready(self) -> bool:
        """Whether a Livebook that takes syncs can be reached, asked without touching a file."""
        try:
            await self._call(lambda it: it.restamp(old_source="", new_source=""))
        except LivebookError:
            return False
        return True

    async def _attach(self, link: NotebookLink, saved: disk.Snapshot) -> None:
        is_harmless = await self._opens_harmlessly(saved)
        if is_harmless or self._settings().open_on_did_open is OpenOnDidOpen.ALWAYS:
            await self._open(link)
        elif await self._ask_session(link):
            await self._learn_session(link)
            link.enter(State.IN_SYNC)
        else:
            link.detach()
            link.enter(State.DETACHED, findings.not_open(reformats=not is_harmless))

    async def _opens_harmlessly(self, saved: disk.Snapshot) -> bool:
        """Whether opening would leave the file as it is, but for its time.

        Livebook rewrites a file 5 s after opening it; what it would write, restamp tells. With a
        stamp every write makes a new one.
        """
        if self._settings().open_on_did_open is not OpenOnDidOpen.SAFE:
            return False
        text = saved.text
        if text is None or has_stamp(text):
            return False
        again = await self._call(lambda it: it.restamp(old_source=text, new_source=text))
        return again == text

    async def _open(self, link: NotebookLink) -> None:
        link.enter(State.OPENING)
        if len(paths.spellings(link.path)) > 1:
            # A second session on one file, by another spelling, would fight over it.
            await self._ask_session(link)
        await self._learn_session(link)
        link.enter(State.IN_SYNC)

    async def _learn_session(self, link: NotebookLink) -> None:
        """The session's address, from `/dev/open`, which makes the session if there is none."""
        file = link.file

        def ask(livebook: Livebook) -> tuple[str, str]:
            path = livebook.open(file)
            return path, link.url if path == link.session_path and link.url else (
                livebook.session_url(path)
            )

        link.attach(*await self._call(ask))

    async def _ask_session(self, link: NotebookLink) -> bool:
        """Sync by the spelling that Livebook knows; whether there is a session by any."""
        spellings = dict.fromkeys((link.file, *paths.spellings(link.path)))
        for file in spellings:
            answer = await self._call(functools.partial(_sync, file=file))
            if answer is SyncAnswer.TAKEN:
                link.file = file
                return True
        link.file = link.path
        link.detach()
        return False

    def _read(self, link: NotebookLink) -> disk.Snapshot:
        link.known = disk.read(link.path)
        return link.known

    async def _call(self, request: Callable[[Livebook], Result]) -> Result:
        return await self._in_thread(self._connection.call, request)

    async def _in_thread(self, work: Callable[[Argument], Result], argument: Argument) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, work, argument)

    @asynccontextmanager
    async def _border(self, link: NotebookLink) -> AsyncIterator[None]:
        """One operation at a time, and every expected failure told as a finding."""
        async with link.lock:
            try:
                yield
            except (NotRunning, AnotherProgram) as error:
                link.enter(State.NOT_RUNNING, findings.of_error(error))
            except (Refused, Unreachable) as error:
                link.enter(State.REFUSED, findings.of_error(error))
            except LivebookError as error:
                link.enter(State.FAILED, findings.of_error(error))
            except OSError as error:
                reason = (error.strerror or type(error).__name__).lower()
                link.enter(State.FAILED, findings.file_unreadable_here(reason))


def _sync(livebook: Livebook, file: str) -> SyncAnswer:
    return livebook.sync(file)


def _restamp(livebook: Livebook, old_source: str, new_source: str) -> str | None:
    return livebook.restamp(old_source=old_source, new_source=new_source)
