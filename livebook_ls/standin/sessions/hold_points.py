"""Points at which a test may hold sessions, so that what is to meet there meets for certain."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from enum import Enum

# Whoever waits in vain must not wait for ever.
_PATIENCE_S = 120.0


class HoldPoint(Enum):
    """Where a session can be held."""

    OPEN = "a first open, before its session is there"
    SYNC = "a sync, before its session hears of it"
    SAVE = "a save, before it begins"
    WRITE = "a save, while the file is empty"


class HoldPoints:
    """Which points are held, and how many wait at each."""

    def __init__(self) -> None:
        self._news = threading.Condition()
        self._held: set[HoldPoint] = set()
        self._waiting: Counter[HoldPoint] = Counter()

    def hold(self, point: HoldPoint) -> None:
        """Have everything wait that comes to this point."""
        with self._news:
            self._held.add(point)

    def release(self, point: HoldPoint) -> None:
        """Let everything go on."""
        with self._news:
            self._held.discard(point)
            self._news.notify_all()

    def come_to(self, point: HoldPoint, is_over: Callable[[], bool] = lambda: False) -> None:
        """Wait while the point is held, unless it `is_over` with whoever comes; see `wake`."""
        with self._news:
            self._waiting[point] += 1
            self._news.notify_all()
            self._news.wait_for(lambda: point not in self._held or is_over())
            self._waiting[point] -= 1

    def wake(self) -> None:
        """Have those who wait look again whether it is over with them."""
        with self._news:
            self._news.notify_all()

    def wait_for(self, point: HoldPoint, count: int) -> None:
        """Wait until so many wait at the point; raises TimeoutError."""
        with self._news:
            if not self._news.wait_for(lambda: self._waiting[point] >= count, _PATIENCE_S):
                raise TimeoutError(f"not {count} came to {point.value}")
