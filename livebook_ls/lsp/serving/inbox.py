"""The client's messages on a pipe, in the order in which they came.

A thread reads them ahead while the server is still being loaded, so that what comes meanwhile can
be looked at. Once an event loop waits for them it reads by itself, where the system has it wait for
a pipe or a socket: by way of a thread each message would take twice as long to it.
"""

from __future__ import annotations

import os
import select
import stat
import sys
from collections import deque
from contextlib import suppress
from threading import BoundedSemaphore, Thread

from livebook_ls.lsp.connection.framing import PIECE_BYTES, NotOurProtocolError

# Loaded before the first outline, for which the client waits.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from asyncio import AbstractEventLoop
    from collections.abc import Callable, Iterator

    from livebook_ls.lsp.connection.framing import CheckedStream

    Message = bytes | NotOurProtocolError

# So many may wait here; more wait in the pipe, and then so does the client.
_READ_AHEAD = 64
# Whether the client is gone, as long as they all wait.
_LOOK_S = 1.0


class Inbox:
    """Messages in the order in which they came; the last one is empty, or why reading ended.

    After that, or once nobody can write any more, `at_end` is called in a thread of its own.
    """

    def __init__(self, stream: CheckedStream, at_end: Callable[[], object] = lambda: None) -> None:
        self._stream = stream
        self._at_end = at_end
        self._messages: deque[Message] = deque()
        self._places = BoundedSemaphore(_READ_AHEAD)
        self._seen = 0
        # Who waits for a message, and how he is told of one.
        self._loop: AbstractEventLoop | None = None
        self._came: Callable[[], object] | None = None
        # What the loop reads itself; None as long as the thread does.
        self._descriptor: int | None = None
        self._is_full = False

    def begin(self) -> None:
        """Begin to read; from now on the stream is ours alone, also at the process's end."""
        Thread(target=self._read_ahead, name="inbox", daemon=True).start()

    def unseen(self) -> Iterator[bytes]:
        """What came since the last look; it stays, to be obeyed by the server."""
        while self._seen < len(self._messages):
            message = self._messages[self._seen]
            self._seen += 1
            if isinstance(message, bytes):
                yield message

    async def message(self) -> bytes:
        """The next message, empty at the end; raises NotOurProtocolError."""
        import asyncio

        self._loop, came = asyncio.get_running_loop(), asyncio.Event()
        self._came = came.set
        if self._messages:
            # What the last one began goes on before the next is obeyed.
            self._loop.call_soon(came.set)
        await came.wait()
        self._came = None
        message = self._messages.popleft()
        if self._descriptor is None:
            self._places.release()
        elif self._is_full and not self._messages:
            self._read_on(self._loop, self._descriptor)
        if isinstance(message, NotOurProtocolError):
            raise message
        return message

    def _read_ahead(self) -> None:
        message: Message = b"-"
        while isinstance(message, bytes) and message and not self._is_handed_over():
            self._wait_for_place()
            try:
                message = self._stream.message()
            except NotOurProtocolError as error:
                message = error
            except OSError:
                message = b""
            self._messages.append(message)
            self._on_loop(self._tell)
        self._at_end()

    def _is_handed_over(self) -> bool:
        """Whether the loop reads from here on; then this waits until nobody can write any more."""
        if sys.platform == "win32" or self._loop is None:
            return False
        descriptor = _waitable(self._stream)
        if descriptor is None:
            return False
        self._on_loop(lambda: self._take_over(descriptor))
        _has_ended(descriptor)
        return True

    def _wait_for_place(self) -> None:
        """Wait for a place to read ahead to; who is gone meanwhile is noticed all the same."""
        is_ending = False
        while not self._places.acquire(timeout=_LOOK_S):
            if not is_ending and self._is_gone():
                is_ending = True
                Thread(target=self._at_end, name="end", daemon=True).start()

    def _is_gone(self) -> bool:
        """Whether nobody can write any more, where that can be told."""
        descriptor = _waitable(self._stream)
        return descriptor is not None and _has_ended(descriptor, within_ms=0)

    def _on_loop(self, act: Callable[[], object]) -> None:
        """Have the loop do it; not where it has ended, since nobody obeys any more."""
        if self._loop is not None:
            with suppress(RuntimeError):
                self._loop.call_soon_threadsafe(act)

    def _take_over(self, descriptor: int) -> None:
        self._descriptor = descriptor
        if self._loop is not None:
            self._read_on(self._loop, descriptor)

    def _read_on(self, loop: AbstractEventLoop, descriptor: int) -> None:
        """Read until so many wait; what has been read already comes first."""
        self._is_full = False
        loop.add_reader(descriptor, self._read, loop, descriptor)
        self._deliver(loop, descriptor)

    def _read(self, loop: AbstractEventLoop, descriptor: int) -> None:
        try:
            data = os.read(descriptor, PIECE_BYTES)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        try:
            self._stream.framing.feed(data)
        except NotOurProtocolError as error:
            self._end(loop, descriptor, error)
            return
        if data:
            self._deliver(loop, descriptor)
        else:
            self._end(loop, descriptor, b"")

    def _deliver(self, loop: AbstractEventLoop, descriptor: int) -> None:
        try:
            while (message := self._stream.framing.message()) is not None:
                self._messages.append(message)
                if len(self._messages) >= _READ_AHEAD:
                    self._is_full = True
                    loop.remove_reader(descriptor)
                    break
        except NotOurProtocolError as error:
            self._end(loop, descriptor, error)
        else:
            self._tell()

    def _end(self, loop: AbstractEventLoop, descriptor: int, last: Message) -> None:
        loop.remove_reader(descriptor)
        self._messages.append(last)
        self._tell()

    def _tell(self) -> None:
        if self._messages and self._came is not None:
            self._came()


def _waitable(stream: CheckedStream) -> int | None:
    """The descriptor of a stream that an event loop can wait for, and whose end can be told."""
    try:
        descriptor = stream.fileno()
    except OSError:
        return None
    mode = os.fstat(descriptor).st_mode
    return descriptor if stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) else None


def _has_ended(descriptor: int, within_ms: int | None = None) -> bool:
    """Whether nobody can write there any more; that is waited for, without a limit as long as it
    takes. False where it can't be told.
    """
    if sys.platform == "win32":
        return False
    end = select.poll()
    end.register(descriptor, select.POLLHUP | getattr(select, "POLLRDHUP", 0))
    return bool(end.poll(within_ms))
