"""What sessions hold, as they are seen to: looked at when it is asked for, shortly before that, or
while nothing has happened in them since.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Generator, Hashable
from dataclasses import dataclass
from typing import Protocol, TypeVar
from weakref import WeakKeyDictionary

from livebook_ls import clock
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink

Result = TypeVar("Result")

# What is not looked at can't be merged; an export takes 15 ms with 500 cells.
_LOOK_S, _NEEDED_LOOK_S = 1.0, 10.0
# After an export that took longer, saves go on without for so many times as long.
_SLOW_LOOK_S = 0.5
_SLOW_FACTOR = 5.0
# From the socket by the loop to the connection, to who waits for its messages, and to us; each may
# come behind us in its round.
_STEPS = 6
# What was looked at ahead is asked anew where something came between.
_LOOK_HOLDS_S = 0.05


class Ask(Protocol):
    """Asks the Livebook at `home`, off the event loop; errors are those of `livebook.errors`."""

    def __call__(
        self, request: Callable[[Livebook], Result], home: Endpoint | None = None
    ) -> Coroutine[object, object, Result]:
        """What `request` makes of it."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """What a session held, and the moment since which nothing may have happened in it."""

    rest: Hashable
    text: NotebookText


class SessionLooks:
    """Looks at sessions; `rest_of` names the moment since which nothing has happened in one, as far
    as that is known (`LiveSession.rest`).
    """

    def __init__(self, ask: Ask, rest_of: Callable[[NotebookLink], Hashable | None]) -> None:
        self._ask = ask
        self._rest_of = rest_of
        # Looks that were begun ahead, by when.
        self._ahead: WeakKeyDictionary[
            NotebookLink, tuple[float, asyncio.Future[NotebookText | None]]
        ] = WeakKeyDictionary()
        self._seen: WeakKeyDictionary[NotebookLink, _Seen] = WeakKeyDictionary()
        # How often each was told to change.
        self._syncs: WeakKeyDictionary[NotebookLink, int] = WeakKeyDictionary()

    def begin(self, link: NotebookLink) -> None:
        """Begin the look that `text` is about to be asked for, so that it goes on meanwhile."""
        if link.session_path is None or link.is_slow_to_show or self.at_rest(link) is not None:
            return
        look = asyncio.ensure_future(self._look(link, _LOOK_S))
        # Nobody may ask for it, as where the text can't be sent: then its error is no matter.
        look.add_done_callback(lambda it: it.cancelled() or it.exception())
        self._ahead[link] = clock.monotonic_s(), look

    async def text(self, link: NotebookLink, *, is_needed: bool = False) -> NotebookText | None:
        """What the session holds, without outputs; None where Livebook doesn't show it, or where
        looking would delay saves, unless it `is_needed`.
        """
        begun_s, look = self._ahead.pop(link, (float("-inf"), None))
        if look is not None and clock.monotonic_s() - begun_s < _LOOK_HOLDS_S:
            seen = await look
            if seen is not None or link.hides_session or not is_needed:
                return seen
        if self.at_rest(link) is not None:
            await _read_what_has_arrived()
            if (at_rest := self.at_rest(link)) is not None:
                return at_rest
        if link.is_slow_to_show and not is_needed:
            return None
        return await self._look(link, _NEEDED_LOOK_S if is_needed else _LOOK_S)

    def at_rest(self, link: NotebookLink) -> NotebookText | None:
        """What the session was seen to hold, if nothing has happened in it since."""
        seen = self._seen.get(link)
        return seen.text if seen is not None and seen.rest == self._rest_of(link) else None

    def can_rest(self, link: NotebookLink) -> bool:
        """Whether a look now would hold until something happens in the session."""
        return self._rest_of(link) is not None and not link.is_slow_to_show

    def forget(self, link: NotebookLink) -> None:
        """The session is told to read its file, or to have another section: its page tells of that
        later than it is done.
        """
        self._seen.pop(link, None)
        self._ahead.pop(link, None)
        self._syncs[link] = self._syncs.get(link, 0) + 1

    async def _look(self, link: NotebookLink, within_s: float) -> NotebookText | None:
        path, held = link.session_path, link.held
        rest, syncs = self._rest_of(link), self._syncs.get(link, 0)
        if path is None:
            return None
        began = clock.monotonic_s()

        def export(livebook: Livebook) -> tuple[str | None, bool]:
            return livebook.export(path, within_s), livebook.hides_sessions

        text, link.hides_session = await self._ask(export, link.home)
        now_s = clock.monotonic_s()
        is_slow = now_s - began > _SLOW_LOOK_S
        link.slow_until_s = now_s + _SLOW_FACTOR * (now_s - began) if is_slow else float("-inf")
        if text is None:
            return None
        # The same text is not read twice.
        seen = held if held is not None and held.text == text else NotebookText(text)
        is_sync_under_way = self._syncs.get(link, 0) != syncs
        if rest is not None and rest == self._rest_of(link) and not is_sync_under_way:
            self._seen[link] = _Seen(rest, seen)
        return seen


async def _read_what_has_arrived() -> None:
    """Let the loop read what Livebook's page has told already: a save that has waited for nothing
    else would be sent before.
    """
    for _ in range(_STEPS):
        await _Step()


class _Step:
    """One round of the event loop, in which it does what is due."""

    def __await__(self) -> Generator[None]:
        yield
