"""How long a notebook may keep `run` waiting, in all: its sync, its cells and what they gave."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class OutOfPatience(Exception):
    """Something took longer than the notebook may."""


class Patience:
    """So many seconds from now on, or for ever; belongs to the event loop."""

    def __init__(self, seconds: float | None) -> None:
        now_s = asyncio.get_running_loop().time()
        self.seconds = seconds
        self._until_s = None if seconds is None else now_s + seconds
        # Whether it was not enough: Livebook may still be asked something, in a thread.
        self.is_over = False

    @asynccontextmanager
    async def bound(self) -> AsyncIterator[None]:
        """The context in which it counts. Raises OutOfPatience."""
        timeout = asyncio.timeout_at(self._until_s)
        try:
            async with timeout:
                yield
        except TimeoutError:
            # A file system may have run into one of its own.
            if not timeout.expired():
                raise
            self.is_over = True
            raise OutOfPatience from None
