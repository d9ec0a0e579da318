"""The Livebook that was started from here, if any: found before all others, as long as it runs."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import NotStarted
from livebook_ls.livebook.starting.process import Launch
from livebook_ls.livebook.starting.start import begin, wait
from livebook_ls.settings import Settings
from livebook_ls.sync.livebook_calls import Talk

_NOT_OURS = "Livebook was not started from here, so it is left running."
_STOPPED = "Livebook is stopped."


@dataclass(frozen=True, slots=True)
class StartOutcome:
    """What became of a start or stop, in a sentence for the user; `said` is what Livebook said."""

    is_done: bool
    sentence: str
    said: str = field(default="", repr=False)


class Starting:
    """Starts and stops. Lives on the event loop; its work is done in `talk`'s threads."""

    def __init__(self, connection: Connection, talk: Talk, environ: Mapping[str, str]) -> None:
        self._connection = connection
        self._talk = talk
        self._environ = environ
        self._lock = asyncio.Lock()
        self._launch: Launch | None = None
        # Where ours listens, with its token.
        self._address: str | None = None

    def configure(self, settings: Settings) -> None:
        """Let the connection use `settings`, with the address of ours in them while it runs."""
        address = self._address if self._runs else None
        # Its address has its token; that of the settings was given for another.
        ours = replace(settings, url=address, token="") if address else settings
        self._connection.configure(ours)

    def notice_end(self, settings: Settings) -> None:
        """Look for others again, where ours has ended by itself."""
        # Whoever waits for it to start still has to read what it said.
        if self._launch is not None and not self._runs and not self._lock.locked():
            self._forget()
            self.configure(settings)

    @property
    def is_under_way(self) -> bool:
        """Whether a start or stop goes on. Livebook may answer before its address, with the token,
        was read: whoever found it now would lead the user to a login page.
        """
        return self._lock.locked()

    async def start(self, settings: Settings) -> StartOutcome:
        """Start Livebook unless one is there, and wait until it answers."""
        async with self._lock:
            return await self._talk.think(lambda: self._start(settings))

    async def stop(self) -> StartOutcome:
        """Stop the Livebook that was started here, and no other."""
        async with self._lock:
            launch = self._launch
            if launch is None or not self._runs:
                return StartOutcome(False, _NOT_OURS)
            await self._talk.think(launch.stop)
            self._forget()
            return StartOutcome(True, _STOPPED)

    def _start(self, settings: Settings) -> StartOutcome:
        is_found = self._connection.warm_up
        if is_found():
            return StartOutcome(True, _runs(self._found_at()))
        try:
            # One that was too slow before may come yet.
            if self._launch is None or not self._runs:
                self._forget()
                self._launch = begin(settings, self._environ)
            running = wait(self._launch, is_found)
        except NotStarted as error:
            if not self._runs:
                self._forget()
            return StartOutcome(False, error.sentence, error.said)
        self._address = running.address
        return StartOutcome(True, _runs(running.url or self._found_at()))

    @property
    def _runs(self) -> bool:
        return self._launch is not None and self._launch.exit_code is None

    def _forget(self) -> None:
        if self._launch is not None:
            self._launch.forget()
        self._launch = self._address = None

    def _found_at(self) -> str | None:
        endpoint = self._connection.endpoint
        return endpoint.url if endpoint else None


def _runs(url: str | None) -> str:
    return f"Livebook runs at {url}." if url else "Livebook runs."
