"""The one live connection that each notebook has with its session, made when somebody needs it.

Everyone who runs cells or asks a session for help asks here: a session is joined once, left when
its notebook closes, and joined anew where the notebook has got another session.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.errors import SessionGone
from livebook_ls.livebook.live.events import LiveEvent, SessionEnded
from livebook_ls.sync.link import RELOAD_S, NotebookLink

if TYPE_CHECKING:
    from livebook_ls.livebook.live.session import LiveSession

logger = logging.getLogger(__name__)

# Longer than between two keys of somebody who types.
_PAUSE_S = 0.4
_MOST_TYPING_S = 2.0
_LOOK_EVERY_S = 0.02
# Livebook tells that it has saved once the file is written.
_TOLD_WITHIN_S = 0.5

LiveListener = Callable[[str, LiveEvent], None]


@dataclass(frozen=True, slots=True)
class _Kept:
    session_path: str
    joining: asyncio.Task[LiveSession]


class LiveSessions:
    """Live sessions by the paths of their notebooks. All of it belongs to one event loop."""

    def __init__(self) -> None:
        self._kept: dict[str, _Kept] = {}
        self._listeners: list[LiveListener] = []
        self._closing: dict[str, asyncio.Future[None]] = {}
        self._is_ending = False
        self._leaving: set[asyncio.Task[None]] = set()

    def listen(self, listener: LiveListener) -> None:
        """Have `listener` called with a notebook's path and each event of its session."""
        self._listeners.append(listener)

    async def joined(self, link: NotebookLink, home: Endpoint | None = None) -> LiveSession:
        """The notebook's session, joined, at `home` where the link has no Livebook of its own yet;
        raises what joining raises (`LiveSession.join`).

        SessionGone where the notebook has none.
        """
        home = link.home or home
        if link.session_path is None or home is None:
            raise SessionGone
        kept = self._kept.get(link.path)
        if kept is not None and kept.session_path != link.session_path:
            self.leave(link.path)
            kept = None
        if kept is None:
            listener = partial(self._happened, link.path)
            # Loaded with the first session that is joined.
            from livebook_ls.livebook.live.session import LiveSession

            joining = asyncio.create_task(LiveSession.join(home, link.session_path, listener))
            kept = self._kept[link.path] = _Kept(link.session_path, joining)
            joining.add_done_callback(partial(self._forget_failed, link.path))
        # Whoever gives up waiting must not take the session from others who wait, too.
        return await asyncio.shield(kept.joining)

    async def is_joined(self, link: NotebookLink, home: Endpoint | None = None) -> bool:
        """Join the notebook's session, if it has one; whether that went well. `home` is as in
        `joined`. Raises nothing.
        """
        if link.session_path is None:
            return False
        try:
            await self.joined(link, home)
        except LivebookError as error:
            logger.info("%s: its session was not joined: %s", link.path, error.code)
            return False
        return True

    def of(self, link: NotebookLink) -> LiveSession | None:
        """The notebook's session where it is joined already and connected."""
        kept = self._kept.get(link.path)
        if kept is None or kept.session_path != link.session_path or not kept.joining.done():
            return None
        if kept.joining.cancelled() or kept.joining.exception() is not None:
            return None
        session = kept.joining.result()
        return session if session.is_connected else None

    def rest(self, link: NotebookLink) -> Hashable | None:
        """The moment since which nothing has happened in the session (`LiveSession.rest`); None,
        too, where it isn't joined.
        """
        session = self.of(link)
        with contextlib.suppress(LivebookError):
            return session.rest if session else None
        return None

    async def has_saved(self, link: NotebookLink, since_s: float) -> bool:
        """Whether the session was told to have saved at this time or later, by the clock's seconds;
        it may just be told. False, too, where it isn't joined.
        """
        session = self.of(link)
        with contextlib.suppress(LivebookError):
            return session is not None and await session.wait_until(
                lambda _: session.saved_s >= since_s, _TOLD_WITHIN_S
            )
        return False

    def typed(self, link: NotebookLink) -> tuple[str, ...]:
        """Texts that cells had lately as somebody typed in them in the browser, as far as known."""
        session = self.of(link)
        with contextlib.suppress(LivebookError):
            return session.typed if session else ()
        return ()

    def ever_typed(self, link: NotebookLink) -> tuple[str, ...]:
        """The same, with what a sync has replaced since."""
        session = self.of(link)
        with contextlib.suppress(LivebookError):
            return session.ever_typed if session else ()
        return ()

    async def typing_pause(
        self, link: NotebookLink, is_disturbed: Callable[[], Awaitable[bool]]
    ) -> None:
        """Wait until nobody types in the session in the browser, but not for long after the first
        save that waits, nor while it `is_disturbed`.

        What is typed just while a sync is on its way would be replaced by it.
        """
        session = None if self._is_ending else self.of(link)
        until_s = min(link.unsent_since_s, clock.monotonic_s()) + _MOST_TYPING_S
        while session is not None and clock.monotonic_s() < until_s and not self._is_ending:
            with contextlib.suppress(LivebookError):
                rest_s = session.typed_s + _PAUSE_S - clock.monotonic_s()
                if rest_s > 0 and not await is_disturbed():
                    await clock.sleep(min(rest_s, _LOOK_EVERY_S))
                    continue
            return

    def hurry(self) -> None:
        """The process is about to end: nobody who types is waited for any more."""
        self._is_ending = True

    def leave_soon(self, path: str, idle: Callable[[str], Awaitable[None]]) -> None:
        """Leave the session once its notebook is `idle`, unless that is opened again in a moment,
        as one that an editor loads anew.
        """
        self.stay(path)
        if path in self._kept:
            self._closing[path] = asyncio.ensure_future(self._leave_later(path, idle))

    def stay(self, path: str) -> None:
        """The notebook is open again."""
        if closing := self._closing.pop(path, None):
            closing.cancel()

    def leave(self, path: str) -> None:
        """Leave the session of the notebook at `path`, if it is joined."""
        self.stay(path)
        if kept := self._kept.pop(path, None):
            task = asyncio.ensure_future(_leave(kept.joining))
            self._leaving.add(task)
            task.add_done_callback(self._leaving.discard)

    async def _leave_later(self, path: str, idle: Callable[[str], Awaitable[None]]) -> None:
        await clock.sleep(RELOAD_S)
        # A save that is still under way is merged with what is typed there.
        await idle(path)
        self._closing.pop(path, None)
        self.leave(path)

    async def close(self) -> None:
        """Leave all sessions."""
        for path in list(self._kept):
            self.leave(path)
        await asyncio.gather(*self._leaving, return_exceptions=True)

    def _happened(self, path: str, event: LiveEvent) -> None:
        if isinstance(event, SessionEnded):
            self.leave(path)
        for listener in self._listeners:
            listener(path, event)

    def _forget_failed(self, path: str, joining: asyncio.Task[LiveSession]) -> None:
        """Whatever a join failed by, who asks next begins another one."""
        has_failed = joining.cancelled() or joining.exception() is not None
        kept = self._kept.get(path)
        if has_failed and kept is not None and kept.joining is joining:
            del self._kept[path]


async def _leave(joining: asyncio.Task[LiveSession]) -> None:
    """Leave a session, also one that is only being joined."""
    joining.cancel()
    with contextlib.suppress(LivebookError, asyncio.CancelledError):
        await (await joining).leave()
