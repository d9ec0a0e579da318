"""Looks for what is missing while notebooks wait for it, and lets them try again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable

from livebook_ls import clock
from livebook_ls.sync.link import NotebookLink

_FIRST_LOOK_S = 0.5
# Also where it is asked for all the time, no more often than this.
_REST_S = 0.25
_LAST_LOOK_S = 30.0
# Somebody who was at work within the last minute still waits for it.
_AT_WORK_S = 60.0
_LOOK_AT_WORK_S = 1.0
# What only this notebook's file or one odd answer stands in the way of is less urgent.
_LOOK_AT_FILE_S = 5.0


class Recovery:
    """One task while any link waits; it looks ever more seldom where nobody is at work."""

    def __init__(
        self,
        links: Callable[[], Iterable[NotebookLink]],
        try_again: Callable[[list[NotebookLink]], Awaitable[None]],
    ) -> None:
        self._links = links
        self._try_again = try_again
        self._task: asyncio.Task[None] | None = None
        self._now = asyncio.Event()
        self._active_s = float("-inf")

    def notice(self, link: NotebookLink) -> None:
        """See whether the link waits for something, after each change of it."""
        if link.is_waiting and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._recover())

    def notice_activity(self) -> None:
        """Somebody is at work: look for a missing Livebook now rather than later."""
        self._active_s = clock.monotonic_s()
        if any(link.is_away for link in self._links()):
            self._now.set()

    def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()

    async def _recover(self) -> None:
        pause_s = _FIRST_LOOK_S
        while waiting := self._waiting():
            try:
                await asyncio.wait_for(self._now.wait(), pause_s)
            except TimeoutError:
                pause_s *= 2
            # What is noticed from here on asks for another look.
            self._now.clear()
            pause_s = min(pause_s, self._longest_pause_s(waiting))
            # Others may have come to wait meanwhile.
            await self._try_again(self._waiting())
            await clock.sleep(_REST_S)

    def _waiting(self) -> list[NotebookLink]:
        return [link for link in self._links() if link.is_waiting]

    def _longest_pause_s(self, waiting: list[NotebookLink]) -> float:
        if clock.monotonic_s() - self._active_s > _AT_WORK_S:
            return _LAST_LOOK_S
        return _LOOK_AT_WORK_S if any(it.is_away for it in waiting) else _LOOK_AT_FILE_S
