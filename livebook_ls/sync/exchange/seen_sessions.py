"""What sessions hold, where they were seen to and have told of nothing since: no save need ask.

Whoever has joined a session is told of all that anybody does there, a cell's text by its changes
and everything else by changes of the page. So after a sync, when all is quiet, a joined session is
looked at; while it is silent from then on, the next save goes out at once. Of what is typed at that
very moment both ways learn too late; it is told with what the sync replaced (`merging.swallowed`).
"""

from __future__ import annotations

import asyncio
import contextlib

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk

# Livebook has written the file by then, and told of that.
_QUIET_AFTER_S = 0.3
# While cells run, something is told all the time.
_MOST_LOOKS = 3


class SeenSessions:
    """Lives on the event loop; what was seen stands on the links."""

    def __init__(self, talk: Talk, live: LiveSessions) -> None:
        self._talk = talk
        self._live = live
        self._looks: dict[str, asyncio.Task[None]] = {}

    def look_ahead(self, link: NotebookLink) -> None:
        """Begin the look that `text` is about to wait for, where it must be made."""
        if self._known(link) is None:
            self._talk.look_ahead(link)

    async def text(self, link: NotebookLink, *, is_needed: bool) -> NotebookText | None:
        """What the session holds, asked where that isn't known; as `Talk.session_text`."""
        known = self._known(link)
        return known or await self._talk.session_text(link, is_needed=is_needed)

    def look_soon(self, link: NotebookLink) -> None:
        """Look at a joined session once it is quiet, unless something is sent there before."""
        if former := self._looks.pop(link.path, None):
            former.cancel()
        if self._live.of(link) is not None:
            task = self._looks[link.path] = asyncio.create_task(self._look(link))
            task.add_done_callback(lambda _: self._forget(link.path, task))

    def stop(self) -> None:
        """Look no more."""
        for task in self._looks.values():
            task.cancel()

    async def _look(self, link: NotebookLink) -> None:
        sent_s = link.sent_s
        for _ in range(_MOST_LOOKS):
            await clock.sleep(_QUIET_AFTER_S)
            live = self._live.of(link)
            if live is None:
                return
            told, session = live.told, None
            with contextlib.suppress(LivebookError):
                session = await self._talk.session_text(link)
            if link.lock.locked() or link.sent_s != sent_s or session is None:
                # The next sync looks again.
                return
            if self._live.of(link) is live and live.told == told:
                link.seen = told, session
                return

    def _known(self, link: NotebookLink) -> NotebookText | None:
        live, seen = self._live.of(link), link.seen
        # Of what Livebook has yet to save, not every change would be one of its page.
        if live is None or seen is None or link.awaits_write_back:
            return None
        told, session = seen
        return session if live.told == told else None

    def _forget(self, path: str, task: asyncio.Task[None]) -> None:
        if self._looks.get(path) is task:
            del self._looks[path]
