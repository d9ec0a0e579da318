"""The client's messages on a pipe, read ahead by a thread of their own.

So what comes while the server is still being loaded can be looked at; and reading, which blocks,
works in a thread on every system.
"""

from __future__ import annotations

from collections import deque
from contextlib import suppress
from threading import BoundedSemaphore, Thread

from livebook_ls.lsp.connection.framing import NotOurProtocolError

# Loaded before the first outline, for which the client waits.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from livebook_ls.lsp.connection.framing import CheckedStream

# So many may wait here; more wait in the pipe, and then so does the client.
_READ_AHEAD = 64


class Inbox:
    """Messages in the order in which they came; the last one is empty, or why reading ended.

    After that `at_end` is called, in the thread that has read.
    """

    def __init__(self, stream: CheckedStream, at_end: Callable[[], object] = lambda: None) -> None:
        self._stream = stream
        self._at_end = at_end
        self._messages: deque[bytes | NotOurProtocolError] = deque()
        self._places = BoundedSemaphore(_READ_AHEAD)
        self._notify: Callable[[], object] | None = None
        self._seen = 0

    def begin(self) -> None:
        """Begin to read; from now on the stream is ours alone, also at the process's end."""
        Thread(target=self._read, name="inbox", daemon=True).start()

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

        loop, came = asyncio.get_running_loop(), asyncio.Event()
        self._notify = lambda: loop.call_soon_threadsafe(came.set)
        if self._messages:
            # What the last one began goes on before the next is obeyed.
            loop.call_soon(came.set)
        await came.wait()
        self._notify = None
        message = self._messages.popleft()
        self._places.release()
        if isinstance(message, NotOurProtocolError):
            raise message
        return message

    def _read(self) -> None:
        message: bytes | NotOurProtocolError = b"-"
        while message and isinstance(message, bytes):
            self._places.acquire()
            try:
                message = self._stream.message()
            except NotOurProtocolError as error:
                message = error
            except OSError:
                message = b""
            self._messages.append(message)
            if (notify := self._notify) is not None:
                # The loop may have ended meanwhile: nobody obeys any more.
                with suppress(RuntimeError):
                    notify()
        self._at_end()
