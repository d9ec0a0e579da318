"""What is sent to the client on a pipe, each message whole."""

from __future__ import annotations

import os
from _thread import allocate_lock


class Outbox:
    """Writes all that it is given, however little the pipe takes at once: a client may have made it
    non-blocking, and a signal ends a write in its midst. Raises OSError once nobody reads any more.
    """

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        # What one thread writes in pieces, another must not write into.
        self._turn = allocate_lock()

    def write(self, data: bytes) -> None:
        """Write it; waits as long as the client doesn't read."""
        with self._turn:
            left = memoryview(data)
            while left:
                try:
                    left = left[os.write(self._descriptor, left) :]
                except BlockingIOError:
                    # Loaded where it is needed: hardly ever.
                    import select

                    select.select([], [self._descriptor], [])

    def close(self) -> None:
        """It stays open until the process ends, for others may still have an answer."""
