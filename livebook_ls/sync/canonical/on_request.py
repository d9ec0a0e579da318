"""What Livebook makes of texts, for commands that neither open nor sync anything."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeAlias

from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import FileRefused
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.settings import Settings
from livebook_ls.sync.canonical.before_save import Form, canonical_form, form_from, lossy_form_from
from livebook_ls.sync.canonical.stamp_verification import Verified, verify
from livebook_ls.sync.disk import git, notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.failures import of_error
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings

# What else is to be made of the text of the file at a path.
Before: TypeAlias = "Callable[[str, str], Awaitable[str]]"

_TIMEOUT_S = 30.0
# So many files are with Livebook at once.
_AT_ONCE = 4


def is_in_form(path: str) -> bool:
    """Whether Livebook would surely leave the file at `path` as it is, and need not be asked.

    Never with a stamp, of which only Livebook knows whether it is valid, nor where git has one that
    the text would get again. For any process: nothing is asked but git.
    """
    try:
        text = notebook_file.read(path).text
    except OSError:
        return False
    if text is None:
        return False
    reading = NotebookText(text)
    if reading.has_stamp or reading.hazards or canonical(text) != text:
        return False
    committed = git.committed(path)
    return committed is None or committed == text or not NotebookText(committed).has_stamp


class Forms:
    """Texts in Livebook's form, by one Livebook. Methods raise its errors (`livebook.errors`)."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._connection = Connection(settings, environ)
        self._threads = ThreadPoolExecutor(_AT_ONCE, "livebook-ls")
        self._talk = Talk(self._connection, self._threads)
        # Texts that come from git are those of no file.
        self._nowhere = NotebookLink("", lambda _: None)

    async def of_file(
        self, path: str, before: Callable[[str], Awaitable[str]] | None = None
    ) -> tuple[Snapshot, Form]:
        """The file at `path`, and its text in Livebook's form or why there is none.

        `before` is what else is to be made of the text, before Livebook sees it.
        Raises OSError, and Livebook's errors but those that are about this file.
        """
        link = NotebookLink(path, lambda _: None)
        link.known = notebook_file.read(path)
        text = link.known.text
        if text is None:
            return link.known, Form(None, findings.not_utf8())
        if before is not None:
            text = await before(text)
        try:
            return link.known, await canonical_form(self._talk, link, text, _TIMEOUT_S)
        except FileRefused as error:
            return link.known, Form(None, of_error(error))

    async def of_files(
        self, paths: Iterable[str], before: Before | None = None
    ) -> AsyncIterator[tuple[Snapshot, Form] | OSError]:
        """The same for one file after the other, some of which Livebook has at once; where a file
        can't be read, why not. `before` also gets the path.
        """
        waiting: deque[asyncio.Task[tuple[Snapshot, Form]]] = deque()
        try:
            for path in paths:
                own = None if before is None else partial(before, path)
                waiting.append(asyncio.create_task(self.of_file(path, own)))
                if len(waiting) == _AT_ONCE:
                    yield await _come(waiting.popleft())
            while waiting:
                yield await _come(waiting.popleft())
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def of_text(self, text: str) -> Form:
        """A text of no file in Livebook's form, or why there is none."""
        return await canonical_form(self._talk, self._nowhere, text, _TIMEOUT_S)

    async def restamped(self, text: str, old: str) -> Form:
        """`text` in Livebook's form with what the stamp of `old` holds, or why there is none."""
        return await form_from(self._talk, self._nowhere, text, old)

    async def restamped_anyway(self, text: str, old: str) -> Form:
        """The same, though something is lost by it."""
        return await lossy_form_from(self._talk, self._nowhere, text, old)

    async def verify(self, path: str, reading: NotebookText) -> Verified:
        """How the stamp of a file's text stands, and whether Livebook would write it so."""
        return await verify(self._talk, NotebookLink(path, lambda _: None), reading)

    def close(self) -> None:
        """Close the connection."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connection.close()


async def _come(task: asyncio.Task[tuple[Snapshot, Form]]) -> tuple[Snapshot, Form] | OSError:
    try:
        return await task
    except OSError as error:
        return error
