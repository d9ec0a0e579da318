"""Per key one job running and one waiting: the newest wins, and the order is never inverted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable

logger = logging.getLogger(__name__)

Job = Callable[[], Awaitable[None]]


class LatestOnly:
    """Runs jobs on the event loop. A job that comes while one waits takes its place.

    `submit` may only be called on the event loop. A job's exception is logged and ends only it.
    """

    def __init__(self) -> None:
        self._waiting: dict[str, Job] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    def submit(self, key: str, job: Job) -> None:
        """Run `job` now, or as soon as the one that runs for `key` is done."""
        self._waiting[key] = job
        if key not in self._running:
            self._running[key] = asyncio.create_task(self._work(key))

    def has_newer(self, key: str) -> bool:
        """Whether a job waits for `key`, so that the running one may cut its work short."""
        return key in self._waiting

    def is_busy(self, key: str) -> bool:
        """Whether anything runs or waits for `key`."""
        return key in self._running

    def cancel(self, key: str) -> None:
        """Forget what waits for `key`, and stop what runs at its next await."""
        self._waiting.pop(key, None)
        if task := self._running.get(key):
            task.cancel()

    async def idle(self, key: str) -> None:
        """Wait until nothing runs or waits for `key`; never raises what a job raised."""
        while task := self._running.get(key):
            await asyncio.wait([task])

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        self._waiting.clear()
        tasks = list(self._running.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _work(self, key: str) -> None:
        try:
            while job := self._waiting.pop(key, None):
                try:
                    await job()
                except Exception:
                    # The border of a background task: nobody else would ever see this error.
                    logger.exception("A background job failed")
        finally:
            del self._running[key]
