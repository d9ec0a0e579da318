"""Notices that a Livebook has ended: a connection that asks nothing is closed with its process.

So a stop is known at once and a restart isn't missed, however short, and nothing is polled.
"""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

from livebook_ls.livebook.finding.addresses import Endpoint

# Livebook's web server closes connections on which nothing is asked for a minute.
_RENEW_S = 20.0
_PORTS = {"http": 80, "https": 443}


class Lifeline:
    """One connection to the Livebook at `endpoint`, renewed before it is closed for idleness."""

    def __init__(self, endpoint: Endpoint) -> None:
        parts = urlsplit(endpoint.url)
        self._host = parts.hostname or ""
        self._port = parts.port or _PORTS.get(parts.scheme, 80)
        self._held: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def is_cut(self) -> bool:
        """Wait a while; whether the process at the other end has ended since the last call.

        True also where nothing can be connected to.
        """
        try:
            reader, writer = await asyncio.open_connection(self._host, self._port)
        except OSError:
            self.close()
            return True
        before, self._held = self._held, (reader, writer)
        if before is not None:
            # Both were open at one time: what ended before the new one began, ended the old one.
            was_cut = before[0].at_eof() or before[0].exception() is not None
            before[1].close()
            if was_cut:
                return True
        try:
            async with asyncio.timeout(_RENEW_S):
                await reader.read(1)
        except TimeoutError:
            return False
        except OSError:
            # Reset, which is as good as closed.
            self.close()
            return True
        self.close()
        return True

    def close(self) -> None:
        """Let go of the connection."""
        if self._held is not None:
            self._held[1].close()
            self._held = None
