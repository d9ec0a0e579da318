"""Until when a call may take: whatever comes, and however slowly.

A timeout of HTTP clients is one for each read, which a byte now and then renews for ever.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from livebook_ls import clock


class Deadline(threading.local):
    """When what this thread asks for must be answered; each thread has its own."""

    _until_s = math.inf
    # How long whoever asks is ready to wait in all.
    given_s = math.inf

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """From here on there are so many seconds, and no more than there were."""
        before = self._until_s, self.given_s
        until_s = clock.monotonic_s() + seconds
        if until_s < self._until_s:
            self._until_s, self.given_s = until_s, seconds
        try:
            yield
        finally:
            self._until_s, self.given_s = before

    def left_s(self) -> float:
        """The seconds that are left; none where that is negative."""
        return self._until_s - clock.monotonic_s()

    def wait_s(self) -> float:
        """How long a lock or a socket may wait from here on; raises TimeoutError where no time is
        left.
        """
        left_s = self.left_s()
        if left_s <= 0:
            raise TimeoutError("the whole call took too long")
        return min(left_s, threading.TIMEOUT_MAX)
