"""A save that would end what runs in its session is held, also where nobody has joined that."""

from __future__ import annotations

from functools import partial

from livebook_ls.livebook.live.cells import LiveNotebook
from livebook_ls.sync.guarding.guard import Verdict
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.running_cells import could_end_run, ended_run
from livebook_ls.sync.guarding.sync_losses import Foresight, foresee
from livebook_ls.sync.in_session.joining import session_of
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling.findings import Finding


class RunGuard:
    """Asks sessions what runs in them, where it matters."""

    def __init__(self, talk: Talk, live: LiveSessions) -> None:
        self._talk = talk
        self._live = live

    async def judged(self, link: NotebookLink, reading: NotebookText, verdict: Verdict) -> Verdict:
        """The verdict, held where the sync would end what runs in the session or waits to, as far
        as Livebook lets us see that, and nobody has agreed to it.
        """
        ended = await self._ended(link, link.held, reading, verdict.foresight)
        return Verdict(True, (ended, *verdict.findings)) if ended else verdict

    async def ended_by_steps(
        self, link: NotebookLink, held: NotebookText, halfway: NotebookText, reading: NotebookText
    ) -> Finding | None:
        """What is told where one of two steps would end a run in the session that has `held`."""
        for before, after in ((held, halfway), (halfway, reading)):
            foresight = await self._talk.think(partial(foresee, before, after))
            if ended := await self._ended(link, before, reading, foresight):
                return ended
        return None

    async def _ended(
        self,
        link: NotebookLink,
        held: NotebookText | None,
        reading: NotebookText,
        foresight: Foresight | None,
    ) -> Finding | None:
        fates = foresight.forecast.fates if foresight else {}
        if held is None or not could_end_run(held.notebook, fates):
            return None
        if link.consent.covers(reading.text):
            return None
        live = await self._notebook(link)
        return ended_run(live, held.notebook, fates) if live else None

    async def _notebook(self, link: NotebookLink) -> LiveNotebook | None:
        """What the session holds, where it can be joined."""
        session = await session_of(self._talk, self._live, link)
        return session.notebook if session is not None else None
