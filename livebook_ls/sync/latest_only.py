"""Per key one job running and one waiting: the newest wins, and the order is never inverted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


class LatestOnly:
    """Runs jobs on the event loop. A job that comes while one waits takes its place.

    `submit` may only be called on the event loop. A job's exception is logged and ends only it. The
    place of one that `must_end` is taken by another such only; no `cancel` stops it, and `close`
    lets it run for a while.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, tuple[Job, bool]] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        # Keys whose running job must end.
        self._must_end: set[str] = set()

    def submit(self, key: str, job: Job, *, must_end: bool = False) -> None:
        """Run `job` now, or as soon as the one that runs for `key` is done."""
        first, is_kept = self._waiting.get(key, (None, False))
        if first is not None and is_kept and not must_end:
            job, must_end = _both(first, job), True
        self._waiting[key] = job, must_end
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._work(key))

    def has_newer(self, key: str) -> bool:
        """Whether a job waits for `key` for which the running one may cut its work short: what must
        end does so for another such only, as a save for a newer save.
        """
        _, must_end = self._waiting.get(key, (None, False))
        return must_end or (key in self._waiting and key not in self._must_end)

    def is_busy(self, key: str) -> bool:
        """Whether anything runs or waits for `key`."""
        return key in self._running

    def cancel(self, key: str) -> None:
        """Forget what waits for `key`, and stop what runs at its next await, but what must end."""
        if self._waiting.get(key, (None, False))[1]:
            return
        self._waiting.pop(key, None)
        if (task := self._running.get(key)) and key not in self._must_end:
            task.cancel()

    async def idle(self, key: str) -> None:
        """Wait until nothing runs or waits for `key`; never raises what a job raised."""
        while task := self._running.get(key):
            await asyncio.wait([task])

    async def close(self, patience_s: float = 0.0) -> None:
        """Cancel everything, but what must end only after so long, and wait until it has ended."""
        self._waiting = {key: it for key, it in self._waiting.items() if it[1]}
        for key, task in self._running.items():
            if key not in self._must_end | self._waiting.keys():
                task.cancel()
        tasks = list(self._running.values())
        if tasks:
            await asyncio.wait(tasks, timeout=patience_s)
        self._waiting.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, key: str) -> None:
        try:
            while waiting := self._waiting.pop(key, None):
                job, must_end = waiting
                if must_end:
                    self._must_end.add(key)
                try:
                    await job()
                except Exception:
                    # The border of a background task: nobody else would ever see this error.
                    logger.exception("A background job failed")
                finally:
                    self._must_end.discard(key)
        finally:
            del self._running[key]
            if key in self._waiting:
                # It came while what was cancelled had not ended yet.
                self._running[key] = asyncio.create_task(self._work(key))


def _both(first: Job, second: Job) -> Job:
    async def both() -> None:
        await first()
        await second()

    return both
