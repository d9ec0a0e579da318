"""One websocket and the one channel on it: requests with their replies, and what comes unasked."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import logging
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake

from livebook_ls import clock
from livebook_ls.livebook.errors import CertificateRefused, NotRunning, TimedOut
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http import certificates
from livebook_ls.livebook.live.errors import ConnectionLost, NotLetIn
from livebook_ls.livebook.live.phoenix import frames
from livebook_ls.livebook.live.phoenix.frames import ChannelEnd, Frame, Payload

logger = logging.getLogger(__name__)

# The reply to a join holds the whole page: 17 MB at 800 cells.
_FRAME_LIMIT_BYTES = 256_000_000
_OPEN_S = 10.0
_CLOSE_S = 1.0
# Livebook hangs up after 60 s of silence.
HEARTBEAT_EVERY_S = 30.0
_BEAT_ANSWER_S = 15.0


class _Straight(connect):
    """A connection to whom it was asked of: a redirect would take the cookie to another."""

    def process_redirect(self, exc: Exception) -> Exception:
        """The error that a redirect is."""
        return exc


class Channel:
    """A websocket on which one topic is joined.

    `received` is called with every event and payload that comes unasked; `ended` once, with why.
    Both are called in the event loop and must not raise.
    """

    def __init__(
        self,
        topic: str,
        received: Callable[[str, Payload], None],
        ended: Callable[[ChannelEnd], None],
    ) -> None:
        self._topic = topic
        self._received = received
        self._ended = ended
        self._refs = itertools.count(1)
        self._join_ref: str | None = None
        self._waiting: dict[str, asyncio.Future[Payload]] = {}
        self._connection: ClientConnection | None = None
        self._tasks: list[asyncio.Task[None]] = []
        self._is_over = False

    async def open(self, url: str, endpoint: Endpoint, cookies: str) -> None:
        """Connect; raises NotRunning, CertificateRefused, or Misconfigured."""
        is_secure = url.startswith("wss:")
        tls = certificates.context(endpoint.ca_file) if is_secure else None
        # A certificate is the name's, though what is asked may be its address.
        name: dict[str, Any] = {"server_hostname": urlsplit(endpoint.url).hostname}
        name = name if is_secure else {}
        try:
            self._connection = await _Straight(
                url,
                ssl=tls,
                **name,
                additional_headers={"Cookie": cookies} if cookies else None,
                user_agent_header="livebook-ls",
                # As for requests: never where a proxy could read it, nor on this machine.
                proxy=True if is_secure and not endpoint.is_loopback else None,
                compression=None,
                open_timeout=_OPEN_S,
                close_timeout=_CLOSE_S,
                ping_interval=None,
                max_size=_FRAME_LIMIT_BYTES,
                logger=_silent_logger(),
            )
        except (OSError, InvalidHandshake, TimeoutError) as error:
            if reason := certificates.refusal(error):
                raise CertificateRefused(endpoint.url, reason) from None
            raise NotRunning(endpoint.url) from None
        self._tasks = [
            asyncio.create_task(self._receive(self._connection)),
            asyncio.create_task(self._beat()),
        ]

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes from it."""
        return self._is_over

    async def join(self, payload: Payload, timeout_s: float) -> Payload:
        """Join; the reply as it is, `{"status": …, "response": …}`. May be called again."""
        self._join_ref = str(next(self._refs))
        return await self._ask(frames.JOIN, payload, timeout_s, ref=self._join_ref)

    async def push(self, event: str, value: Payload, timeout_s: float) -> Payload:
        """Livebook's reply to one of its page's own events; an `ok` says only that it arrived.

        Raises NotLetIn where it crashed over it, ConnectionLost, TimedOut.
        """
        payload = {"type": "hook", "event": event, "value": value}
        reply = await self._ask("event", payload, timeout_s)
        if reply.get("status") != "ok":
            # The topic is joined no more, and nobody told us.
            self._end(ChannelEnd.CRASHED)
            raise ConnectionLost
        response = reply.get("response")
        return response if isinstance(response, dict) else {}

    async def close(self) -> None:
        """Leave and hang up; `ended` is not called."""
        self._is_over = True
        for task in self._tasks:
            task.cancel()
        self._fail_waiting(ConnectionLost())
        if self._connection is not None:
            with contextlib.suppress(ConnectionClosed):
                await self._send(frames.LEAVE, {})
            await self._connection.close()
        # One that was dropped is closed at once, and nothing of it is to be left all the same.
        if others := [it for it in self._tasks if it is not asyncio.current_task()]:
            await asyncio.wait(others)

    async def _ask(
        self, event: str, payload: Payload, timeout_s: float, ref: str | None = None
    ) -> Payload:
        if self._is_over:
            raise ConnectionLost
        ref = ref or str(next(self._refs))
        answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
        self._waiting[ref] = answer
        try:
            await self._send(event, payload, ref)
            return await asyncio.wait_for(answer, timeout_s)
        except ConnectionClosed:
            raise ConnectionLost from None
        except TimeoutError:
            raise TimedOut(timeout_s) from None
        finally:
            self._waiting.pop(ref, None)

    async def _send(
        self, event: str, payload: Payload, ref: str | None = None, topic: str | None = None
    ) -> None:
        if self._connection is None:
            raise ConnectionLost
        join_ref = self._join_ref if topic is None else None
        frame = Frame(join_ref, ref or str(next(self._refs)), topic or self._topic, event, payload)
        await self._connection.send(frame.encode())

    async def _receive(self, connection: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed):
            async for data in connection:
                frame = frames.decode(data)
                del data
                if frame is not None:
                    self._take(frame)
        logger.info("The connection to a session ended with code %s", connection.close_code)
        self._end(ChannelEnd.DROPPED)

    def _take(self, frame: Frame) -> None:
        if frame.event == frames.REPLY:
            answer = self._waiting.get(frame.ref or "")
            if answer is not None and not answer.done():
                answer.set_result(frame.payload)
        elif frame.topic != self._topic:
            return
        elif frame.event in (frames.CLOSED, frames.CRASHED):
            # A second join closes the first, which is none of our concern any more.
            if frame.join_ref == self._join_ref:
                is_crash = frame.event == frames.CRASHED
                self._end(ChannelEnd.CRASHED if is_crash else ChannelEnd.CLOSED)
        else:
            self._received(frame.event, frame.payload)

    async def _beat(self) -> None:
        while True:
            await clock.sleep(_until_next_beat_s())
            ref = str(next(self._refs))
            answer: asyncio.Future[Payload] = asyncio.get_running_loop().create_future()
            self._waiting[ref] = answer
            try:
                await self._send(frames.HEARTBEAT, {}, ref, frames.PHOENIX)
                await asyncio.wait_for(answer, _BEAT_ANSWER_S)
            except (ConnectionClosed, ConnectionLost, TimeoutError):
                self._end(ChannelEnd.DROPPED)
                return
            finally:
                self._waiting.pop(ref, None)

    def _end(self, why: ChannelEnd) -> None:
        if self._is_over:
            return
        self._is_over = True
        crash = NotLetIn("its page crashed over what was asked")
        self._fail_waiting(crash if why is ChannelEnd.CRASHED else ConnectionLost())
        self._ended(why)

    def _fail_waiting(self, error: Exception) -> None:
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(error)
                # Who is still sending is told by that.
                answer.exception()


def _until_next_beat_s() -> float:
    # By the clock alone all channels beat at the same moments: of very many idle sessions each
    # would otherwise wake the process by itself, which costs as much as the beat.
    return HEARTBEAT_EVERY_S - clock.monotonic_s() % HEARTBEAT_EVERY_S


def _silent_logger() -> logging.Logger:
    """What is sent and received must not reach a log, whatever level others set."""
    silent = logging.getLogger(f"{__name__}.frames")
    silent.setLevel(logging.CRITICAL)
    return silent
