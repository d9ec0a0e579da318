"""Staying in a session: what comes is taken in and told, and what breaks off is begun again."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Coroutine, Iterator
from typing import TYPE_CHECKING

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError, NotUnderstood, TimedOut, Unreachable
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.errors import ConnectionLost, NotLetIn, SessionGone
from livebook_ls.livebook.live.events import (
    CellsChanged,
    ConnectionBack,
    ConnectionDown,
    FlashShown,
    LiveEvent,
    NotebookEdited,
    SessionEnded,
    TextsReplaced,
)
from livebook_ls.livebook.live.joining import join
from livebook_ls.livebook.live.looking import Onlooker
from livebook_ls.livebook.live.page.session_page import SessionPage
from livebook_ls.livebook.live.phoenix.frames import ChannelEnd, Payload
from livebook_ls.livebook.live.session_state import ExportReader, Happened, SessionState

if TYPE_CHECKING:
    from livebook_ls.livebook.live.phoenix.channel import Channel

logger = logging.getLogger(__name__)

_REPLY_S = 10.0
_REPORT_AFTER_S = 1.0
_RECONNECT_AFTER_S = (0.1, 1.0, 2.0, 5.0, 10.0, 30.0)
_RELOAD_TRIES = 3


class SessionConnection:
    """One session, joined by `join` and left by `leave`, all in one event loop.

    `listener` is called with what happens, `answered` with every answer to a question about code;
    both must not raise.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        session_path: str,
        listener: Callable[[LiveEvent], None],
        answered: Callable[[Payload], None],
    ) -> None:
        self._endpoint = endpoint
        self._session_path = session_path
        self._listener = listener
        self._answered = answered
        self._onlooker = Onlooker(endpoint, session_path)
        self._channel: Channel | None = None
        # The one before, which broke off.
        self._broken: Channel | None = None
        self._state: SessionState | None = None
        # What comes between the join's reply and our having read it.
        self._early: list[tuple[str, Payload]] | None = None
        # When it was last told something, by the clock's seconds.
        self._heard_s = float("-inf")
        self._back = ConnectionBack()
        self._ended: LivebookError | None = None
        self._is_left = False
        # How many pages in a row showed other cells than the socket had told of.
        self._incomplete = 0
        # Whether somebody said that the session is over, which is yet to be looked at.
        self._is_doubted = False
        self._verifying = asyncio.Lock()
        self._watchers: set[asyncio.Future[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._report: asyncio.Task[None] | None = None

    async def join(self) -> None:
        """Take part; raises what `joining.join` raises."""
        self._early = []
        before, heard_s = self._state, self._heard_s
        joined = await join(self._endpoint, self._session_path, self._received, self._broke_off)
        if joined.channel.is_over:
            # It ended while the page was read, when nobody listened yet.
            await joined.channel.close()
            raise ConnectionLost
        self._channel, self._state = joined.channel, joined.state
        self._heard_s = clock.monotonic_s()
        if before is not None:
            self._back = ConnectionBack(heard_s, joined.state.unseen_since(before))
        early, self._early = self._early, None
        for event, payload in early:
            self._received(event, payload)

    async def leave(self) -> None:
        """Take part no more; nothing in the session changes by it."""
        self._is_left = True
        tasks = [*self._tasks, *([self._report] if self._report else [])]
        for task in tasks:
            task.cancel()
        # One that was just joining anew hangs up first, if it has begun at all.
        await asyncio.gather(*tasks, return_exceptions=True)
        for channel in filter(None, (self._broken, self._channel)):
            await channel.close()
        self._onlooker.close()
        self._wake()

    @property
    def state(self) -> SessionState:
        """What is known of the session; raises why it has ended, or that it isn't joined."""
        if self._ended is not None:
            raise self._ended
        if self._state is None:
            raise ConnectionLost
        return self._state

    @property
    def is_connected(self) -> bool:
        """Whether what is known is up to date, and something can be asked."""
        return self._channel is not None and self._ended is None

    async def push(self, event: str, value: Payload) -> Payload:
        """Livebook's reply to an event of its page; what is in it of a diff is taken in.

        Raises ConnectionLost, NotLetIn, TimedOut, or why the session has ended.
        """
        if self._ended is not None:
            raise self._ended
        if self._channel is None:
            raise ConnectionLost
        response = await self._channel.push(event, value, _REPLY_S)
        diff = response.get("diff")
        if isinstance(diff, dict) and diff.keys() - {"r"}:
            self._received("diff", diff)
        return response

    async def wait_until(self, holds: Callable[[], bool], timeout_s: float) -> bool:
        """Wait until `holds`, which is asked after everything that happens; whether it does.

        Raises why the session has ended.
        """
        loop = asyncio.get_running_loop()
        until = clock.monotonic_s() + timeout_s
        while not (self._ended is None and holds()):
            if self._ended is not None:
                raise self._ended
            if self._is_left:
                raise ConnectionLost
            happened: asyncio.Future[None] = loop.create_future()
            self._watchers.add(happened)
            try:
                await asyncio.wait_for(happened, until - clock.monotonic_s())
            except TimeoutError:
                return False
            finally:
                self._watchers.discard(happened)
        return True

    async def look(self) -> None:
        """Read the page anew: a look that begins now, or soon where cells are running.

        Raises SessionGone where the session is dead, which nothing else tells, and what reading a
        page raises.
        """
        with self._ending_with_session():
            await self._onlooker.look(
                lambda: self.state.notebook.is_busy,
                lambda: self.state.sequence,
                self._take_page,
            )

    async def export(self) -> str:
        """The notebook in the session with its outputs, as text; raises SessionGone as `look`."""
        with self._ending_with_session():
            return await self._onlooker.export()

    async def read_texts(self, read: ExportReader) -> None:
        """Give cells the texts of their outputs by an export that is asked for now."""
        since = self.state.sequence
        text = await self.export()
        found = await asyncio.to_thread(read, text, self.state.notebook)
        if changed := self.state.take_texts(found, since):
            self._listener(CellsChanged(changed))
            self._wake()

    def _received(self, event: str, payload: Payload) -> None:
        self._heard_s = clock.monotonic_s()
        if self._early is not None:
            self._early.append((event, payload))
        elif event == "diff" and self._state is not None:
            for name, value in _pairs(payload.get("e")):
                if name == "intellisense_response":
                    self._answered(value)
            self._tell(self._state.take(payload))
            if self._state.is_unclear:
                # Joining anew tells of all texts.
                self._broke_off(ChannelEnd.DROPPED)
        elif event in ("live_redirect", "redirect") and not self._is_doubted:
            # The session was closed, or it is about to be closed.
            self._is_doubted = True
            self._spawn(self._verify())

    def _tell(self, happened: Happened) -> None:
        for flash in happened.flashes:
            self._listener(FlashShown(flash))
        if happened.replaced:
            self._listener(TextsReplaced(happened.replaced))
        if happened.cell_ids or happened.is_runtime_changed:
            self._listener(CellsChanged(happened.cell_ids))
        if happened.is_typed or happened.needs_page:
            self._listener(NotebookEdited())
        if happened.needs_page:
            self._spawn(self._look_for_structure())
        if self._report is None or self._report.done():
            self._report = asyncio.create_task(self._report_revisions())
        self._wake()

    def _take_page(self, page: SessionPage, since: int) -> None:
        changed = self.state.take_page(page, since)
        self._listener(CellsChanged(changed))
        self._incomplete = 0 if self.state.notebook.is_complete else self._incomplete + 1
        if self._incomplete >= _RELOAD_TRIES:
            # The page shows a cell of which the socket never told: joining anew tells of all.
            self._incomplete = 0
            self._broke_off(ChannelEnd.DROPPED)
        elif self._incomplete:
            self._spawn(self._look_for_structure())
        self._wake()

    async def _look_for_structure(self) -> None:
        with contextlib.suppress(LivebookError):
            await self.look()

    async def _verify(self) -> None:
        # One after the other, whoever sends a thousand; the last one begins behind all of it.
        async with self._verifying:
            self._is_doubted = False
            with contextlib.suppress(LivebookError):
                await self.export()

    async def _report_revisions(self) -> None:
        await clock.sleep(_REPORT_AFTER_S)
        if self._state is None:
            return
        with contextlib.suppress(LivebookError):
            for cell_id, revision in self._state.unreported():
                seen = {"cell_id": cell_id, "tag": "primary", "revision": revision}
                await self.push("report_cell_revision", seen)

    def _broke_off(self, why: ChannelEnd) -> None:
        """The channel has ended by itself."""
        if self._channel is None or self._is_left or self._ended is not None:
            return
        logger.info("Taking part in a session broke off: %s", why.value)
        self._broken, self._channel = self._channel, None
        self._listener(ConnectionDown())
        self._wake()
        self._spawn(self._join_again())

    async def _join_again(self) -> None:
        if self._broken is not None:
            await self._broken.close()
        tries = 0
        while True:
            pause_s = _RECONNECT_AFTER_S[min(tries, len(_RECONNECT_AFTER_S) - 1)]
            await clock.sleep(pause_s)
            tries += 1
            try:
                await self.join()
            except (Unreachable, TimedOut):
                continue
            except LivebookError as error:
                # A connection may drop again while the page is read.
                is_worth_another = isinstance(error, NotLetIn | NotUnderstood)
                if not is_worth_another or tries >= _RELOAD_TRIES:
                    self._end(error)
                    return
            else:
                break
        self._listener(self._back)
        self._listener(CellsChanged(frozenset(it.id for it in self.state.notebook.cells)))
        self._wake()

    @contextlib.contextmanager
    def _ending_with_session(self) -> Iterator[None]:
        try:
            yield
        except SessionGone as error:
            self._end(error)
            raise

    def _end(self, reason: LivebookError) -> None:
        if self._ended is not None or self._is_left:
            return
        self._ended = reason
        if self._channel is not None:
            self._spawn(self._channel.close())
        self._listener(SessionEnded(reason))
        self._wake()

    def _wake(self) -> None:
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _pairs(events: object) -> Iterator[tuple[str, Payload]]:
    for event in events if isinstance(events, list) else ():
        match event:
            case [str() as name, dict() as value]:
                yield name, value
