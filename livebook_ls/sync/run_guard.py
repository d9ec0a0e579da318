"""A save that would end what runs in its session is held, also where nobody has joined that."""

from __future__ import annotations

import asyncio
import contextlib

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.cells import LiveNotebook
from livebook_ls.sync.guarding.guard import Verdict
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.running_cells import could_end_run, keep_running
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk

# A join of 800 cells takes 4 s; a save doesn't wait longer to learn what runs.
_JOIN_S = 10.0


class RunGuard:
    """Asks sessions what runs in them, where it matters."""

    def __init__(self, talk: Talk, live: LiveSessions) -> None:
        self._talk = talk
        self._live = live

    async def judged(self, link: NotebookLink, reading: NotebookText, verdict: Verdict) -> Verdict:
        """The verdict, held where the save would end what runs in the session or waits to, as far
        as Livebook lets us see that, and nobody has agreed to it.
        """
        if link.consent.covers(reading.text):
            return verdict
        live = await self._notebook(link, reading)
        return keep_running(verdict, live, reading.notebook) if live else verdict

    async def _notebook(self, link: NotebookLink, reading: NotebookText) -> LiveNotebook | None:
        """What the session holds, joined for this where it isn't yet, and it could matter."""
        session = self._live.of(link)
        if session is None and await self._matters(link, reading):
            with contextlib.suppress(TimeoutError, LivebookError):
                home = await self._talk.ask(lambda it: it.endpoint, link.home)
                await asyncio.wait_for(self._live.is_joined(link, home), _JOIN_S)
            session = self._live.of(link)
        return session.notebook if session is not None else None

    async def _matters(self, link: NotebookLink, reading: NotebookText) -> bool:
        held = link.held
        if held is None or link.session_path is None:
            return False
        return await self._talk.think(
            lambda: could_end_run(held.notebook, reading.notebook), reading
        )
