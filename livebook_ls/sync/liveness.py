"""Looks whether Livebook is still there while notebooks are in sync, so that they don't say so of a
Livebook that has stopped or begun anew.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.lifeline import Lifeline
from livebook_ls.sync.link import ARRIVED, NotebookLink

# A Livebook that goes down and comes again at once is not asked faster than this.
_ASK_EVERY_S = 0.5


class Liveness:
    """One task per Livebook while any link has a session there."""

    def __init__(
        self,
        links: Callable[[], Iterable[NotebookLink]],
        look: Callable[[NotebookLink], Awaitable[None]],
    ) -> None:
        self._links = links
        self._look = look
        self._tasks: dict[Endpoint, asyncio.Task[None]] = {}

    def notice(self, link: NotebookLink) -> None:
        """See whether the link has a session, after each change of it."""
        home = link.home
        if home is not None and _is_told_in_sync(link):
            task = self._tasks.get(home)
            if task is None or task.done():
                self._tasks[home] = asyncio.create_task(self._watch(home))

    def stop(self) -> None:
        """Look no more."""
        for task in self._tasks.values():
            task.cancel()

    async def _watch(self, home: Endpoint) -> None:
        lifeline = Lifeline(home)
        try:
            while self._there(home):
                if await lifeline.is_cut():
                    await asyncio.gather(*map(self._look, self._there(home)))
                    await clock.sleep(_ASK_EVERY_S)
        finally:
            lifeline.close()

    def _there(self, home: Endpoint) -> list[NotebookLink]:
        return [it for it in self._links() if it.home == home and _is_told_in_sync(it)]


def _is_told_in_sync(link: NotebookLink) -> bool:
    return link.has_session and link.state in ARRIVED
