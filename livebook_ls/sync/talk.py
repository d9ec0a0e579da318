"""What is asked of Livebook about one notebook, off the event loop: each a question with an answer.

Nothing here decides whether a text may be sent; that is `operations`, which asks the guard first.
"""

from __future__ import annotations

import asyncio
import functools
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor
from typing import TypeVar

from livebook_ls.livebook import paths
from livebook_ls.livebook.client import Livebook, SyncAnswer
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync import git
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.reading import Reading

Result = TypeVar("Result")

_LOOK_S = 0.5
# An export that takes longer is not asked for again, since a save waits for it.
_SLOW_LOOK_S = 0.1


class Talk:
    """Questions to Livebook; they block in `threads`, never on the loop. Errors are those of
    `livebook.errors`.
    """

    def __init__(self, connection: Connection, threads: Executor) -> None:
        self._connection = connection
        self._threads = threads

    async def think(self, work: Callable[[], Result]) -> Result:
        """Work that takes long with a long notebook, so that the loop goes on meanwhile."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    async def ask(self, request: Callable[[Livebook], Result]) -> Result:
        """What `request` makes of the Livebook that is there."""
        return await self.think(functools.partial(self._connection.call, request))

    async def is_ready(self) -> bool:
        """Whether a Livebook that takes syncs can be reached, asked without touching a file."""
        try:
            await self.ask(lambda it: it.restamp(old_source="", new_source=""))
        except LivebookError:
            return False
        return True

    async def opens_harmlessly(self, reading: Reading) -> bool:
        """Whether opening would leave the file as it is, but for its time.

        Livebook rewrites a file 5 s after opening it; what it would write, restamp tells. With a
        stamp every write makes a new one, and without a section a sync could never add one.
        """
        text = reading.text
        if reading.has_stamp or not reading.notebook.sections:
            return False
        return await self.restamp(text, text) == text

    async def restamp(self, old: str, new: str, timeout_s: float = 30.0) -> str | None:
        """`new` as Livebook would write it, stamped if `old` is; None: the stamp is not valid."""
        return await self.ask(
            lambda it: it.restamp(old_source=old, new_source=new, timeout_s=timeout_s)
        )

    async def is_stamp_valid(self, link: NotebookLink, reading: Reading) -> bool:
        """Whether the text's stamp is valid, or it has none; a valid one is remembered."""
        if not reading.has_stamp or link.stamped == reading.text:
            return True
        if await self.restamp(reading.text, reading.text) is None:
            return False
        link.stamped = reading.text
        return True

    async def stamped_sources(self, link: NotebookLink) -> list[str]:
        """Sources whose stamp may be valid, the likeliest first."""
        committed = await self.think(functools.partial(git.committed, link.path))
        on_disk = link.known.text if link.known else None
        return list(dict.fromkeys(it for it in (link.stamped, on_disk, committed) if it))

    async def learn_session(self, link: NotebookLink) -> None:
        """The session's address, from `/dev/open`, which makes the session if there is none."""
        file = link.file

        def request(livebook: Livebook) -> tuple[str, str]:
            path = livebook.open(file)
            return path, livebook.session_url(path)

        link.attach(*await self.ask(request))

    async def ask_session(self, link: NotebookLink) -> bool:
        """Sync by the spelling that Livebook knows; whether there is a session by any."""
        return await self._sync_any(link, (link.file, *paths.spellings(link.path)))

    async def ask_other_spellings(self, link: NotebookLink) -> bool:
        """Sync by every spelling, where the path has several; whether there is a session."""
        spellings = paths.spellings(link.path)
        return len(spellings) > 1 and await self._sync_any(link, spellings)

    async def is_alive(self, link: NotebookLink) -> bool:
        """Whether the session is still there: a sync of bytes that it knows touches nothing."""
        file = link.file
        return await self.ask(lambda it: it.sync(file)) is SyncAnswer.TAKEN

    async def session_text(self, link: NotebookLink) -> Reading | None:
        """What the session holds, without outputs; None where Livebook doesn't show it, or where
        looking would delay saves.
        """
        path = link.session_path
        if path is None or link.is_slow_to_show:
            return None
        began = time.monotonic()
        text = await self.ask(lambda it: it.export(path, _LOOK_S))
        link.is_slow_to_show = time.monotonic() - began > _SLOW_LOOK_S
        return None if text is None else Reading(text)

    async def _sync_any(self, link: NotebookLink, spellings: tuple[str, ...]) -> bool:
        for request in _syncs(dict.fromkeys(spellings)):
            file = await self.ask(request)
            if file is not None:
                link.file = file
                return True
        link.file = link.path
        link.detach()
        return False


def _syncs(files: dict[str, None]) -> Iterator[Callable[[Livebook], str | None]]:
    """For each file a request that answers the file where there is a session for it."""

    def sync(livebook: Livebook, file: str) -> str | None:
        return file if livebook.sync(file) is SyncAnswer.TAKEN else None

    for file in files:
        yield functools.partial(sync, file=file)
