"""A session that rests after a sync is looked at then, so that the next save need not wait for it.

Of a joined session Livebook tells whatever happens in it, so that what was seen holds until then
(`sync/session_looks.py`).
"""

from __future__ import annotations

import asyncio
import contextlib

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.livebook_calls import Talk

# Livebook tells for a while of a sync that it took: what it wrote, what became stale.
_LOOK_AFTER_S = (0.1, 0.3, 1.0)


class RestingSessions:
    """Looks at them; one that goes on and on is left to the next save."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._looks = talk.looks
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def notice(self, link: NotebookLink) -> None:
        """The notebook has another state."""
        if link.state in ARRIVED and link.path not in self._tasks:
            task = self._tasks[link.path] = asyncio.create_task(self._look(link))
            task.add_done_callback(lambda _: self._tasks.pop(link.path, None))

    def stop(self) -> None:
        """Look no more."""
        for task in self._tasks.values():
            task.cancel()

    async def _look(self, link: NotebookLink) -> None:
        for pause_s in _LOOK_AFTER_S:
            await clock.sleep(pause_s)
            if link.lock.locked() or not self._looks.can_rest(link):
                continue
            with contextlib.suppress(LivebookError):
                await self._looks.text(link)
            if self._looks.at_rest(link) is not None:
                await self._read_cells(link)
                return

    async def _read_cells(self, link: NotebookLink) -> None:
        """Read what the session holds, with which the next save is compared."""
        if (held := link.held) is not None:
            await self._talk.think(lambda: held.cells, held)
