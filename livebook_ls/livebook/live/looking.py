"""Looks at a session's page and export beside the socket: never more than Livebook can bear."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.errors import ConnectionLost
from livebook_ls.livebook.live.identity import Identity
from livebook_ls.livebook.live.page.session_page import SessionPage, read_page

# Drawing the page slows what runs: 500 cells take twice as long with a look every 0.5 s.
_AT_LEAST_S = 0.3
_OF_LAST = 5.0


class Onlooker:
    """Who looks, with cookies of its own, so that nobody is renamed by it."""

    def __init__(self, endpoint: Endpoint, session_path: str) -> None:
        self._identity = Identity(endpoint)
        self._session_path = session_path
        self._turn = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None
        self._looks: set[asyncio.Task[None]] = set()
        self._ended_s = float("-inf")
        self._took_s = 0.0

    def close(self) -> None:
        """Look no more, and close the kept connections."""
        for look in self._looks:
            look.cancel()
        self._identity.close()

    async def export(self) -> str:
        """The notebook with outputs, as text."""
        return await asyncio.to_thread(self._identity.export, self._session_path)

    async def look(
        self,
        is_busy: Callable[[], bool],
        begin: Callable[[], int],
        take: Callable[[SessionPage, int], None],
    ) -> None:
        """Have `take` called with a page that is asked for from now on, and what `begin` said then.

        Wishes that come before a look has begun share it. Raises what reading a page raises, and
        ConnectionLost where it was closed meanwhile.
        """
        if self._next is None:
            self._next = asyncio.create_task(self._look(is_busy, begin, take))
            self._looks.add(self._next)
            self._next.add_done_callback(self._looked)
        look = self._next
        # Whoever gives up waiting must not take the look from others who wait, too.
        await asyncio.wait((look,))
        if look.cancelled():
            raise ConnectionLost
        look.result()

    def _looked(self, look: asyncio.Task[None]) -> None:
        self._looks.discard(look)
        if not look.cancelled():
            # Where nobody waits any more, nobody is told by what it failed.
            look.exception()

    async def _look(
        self,
        is_busy: Callable[[], bool],
        begin: Callable[[], int],
        take: Callable[[SessionPage, int], None],
    ) -> None:
        async with self._turn:
            if is_busy():
                pause_s = max(_AT_LEAST_S, _OF_LAST * self._took_s)
                await clock.sleep(self._ended_s + pause_s - clock.monotonic_s())
            self._next = None
            since, began_s = begin(), clock.monotonic_s()
            try:
                page = await asyncio.to_thread(self._page)
            finally:
                self._ended_s = clock.monotonic_s()
                self._took_s = self._ended_s - began_s
            take(page, since)

    def _page(self) -> SessionPage:
        return read_page(self._identity.page(self._session_path))
