"""What is sent to the client on a pipe, each message whole, whether or not the client reads."""

from __future__ import annotations

import errno
import os
import sys
from _thread import allocate_lock
from collections import deque

TYPE_CHECKING = False
if TYPE_CHECKING:
    from threading import Thread

# A client for which more than that waits is asked for nothing more until it has read.
WAITING_BYTES = 32 * 1024 * 1024


class Outbox:
    """Writes all that it is given, however little the pipe takes at once: a client may have made it
    non-blocking, and a signal ends a write in its midst. Raises OSError once nobody reads any more.

    What the client doesn't read yet waits here, and a thread writes it: nobody else waits for that.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # What one thread writes in pieces, another must not write into.
        self._turn = allocate_lock()
        self._waiting: deque[memoryview] = deque()
        self._waiting_bytes = 0
        # Writes what waits; None as long as nothing does.
        self._writer: Thread | None = None
        # Why the client can be told nothing any more, as a number of `errno`.
        self._failed = 0

    def write_first(self, data: bytes) -> None:
        """Write what the client waits for before it does anything else."""
        self._write_all(memoryview(data))

    def write(self, data: bytes) -> None:
        """Write it, or have it written in its turn."""
        with self._turn:
            if self._failed:
                raise OSError(self._failed, os.strerror(self._failed))
            left = memoryview(data)
            if self._writer is None:
                left = self._written_at_once(left)
            if not left:
                return
            self._waiting.append(left)
            self._waiting_bytes += len(left)
            self._writer = self._writer or self._started()

    @property
    def is_full(self) -> bool:
        """Whether so much waits for the client that it should be obeyed only once it has read."""
        return self._waiting_bytes > WAITING_BYTES

    def close(self) -> None:
        """It stays open until the process ends, for others may still have an answer."""

    def finish(self, seconds: float) -> None:
        """Wait until all is written, but no longer."""
        with self._turn:
            writer = self._writer
        if writer is not None:
            writer.join(seconds)

    def _written_at_once(self, data: memoryview) -> memoryview:
        """What is left of it once the pipe takes no more."""
        if sys.platform == "win32":
            while data:
                data = data[os.write(self._descriptor, data) :]
            return data
        # Loaded behind the first answer, for which the client waits.
        import select

        pipe = select.poll()
        pipe.register(self._descriptor, select.POLLOUT)
        while data and pipe.poll(0):
            try:
                # So much is taken without waiting by a pipe that can be written.
                data = data[os.write(self._descriptor, data[: select.PIPE_BUF]) :]
            except BlockingIOError:
                break
        return data

    def _started(self) -> Thread:
        from threading import Thread

        writer = Thread(target=self._write_on, name="outbox", daemon=True)
        writer.start()
        return writer

    def _write_on(self) -> None:
        while True:
            with self._turn:
                if not self._waiting:
                    self._writer = None
                    return
                data = self._waiting[0]
            try:
                self._write_all(data)
            except OSError as error:
                with self._turn:
                    self._failed = error.errno or errno.EIO
                    self._waiting.clear()
                    self._waiting_bytes = 0
                continue
            with self._turn:
                self._waiting.popleft()
                self._waiting_bytes -= len(data)

    def _write_all(self, data: memoryview) -> None:
        """Write it, however long the client takes to read."""
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                import select

                select.select([], [self._descriptor], [])
