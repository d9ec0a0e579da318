"""The time of a world: what is to happen in it, moment after moment, in one thread.

Nothing happens between two moments, so a world of the same dice has the same history. Whoever
waits within one (a request for its answer) lets the rest of the world go on meanwhile.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Callable

from livebook_ls.clock import Clock

_EPOCH_NS = 1_700_000_000_000_000_000


class Moment:
    """What is to happen, and can be called off."""

    __slots__ = ("act",)

    def __init__(self, act: Callable[[], object]) -> None:
        self.act: Callable[[], object] | None = act

    def cancel(self) -> None:
        """It doesn't happen."""
        self.act = None


class Agenda:
    """All that is to happen, in the order of its moments."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._number = itertools.count()
        self._due: list[tuple[float, int, Moment]] = []

    def at(self, when_s: float, act: Callable[[], object]) -> Moment:
        """Have `act` called then, after all that was put there before."""
        moment = Moment(act)
        heapq.heappush(self._due, (max(when_s, self.now_s), next(self._number), moment))
        return moment

    def later(self, seconds: float, act: Callable[[], object]) -> Moment:
        """The same, so long from now."""
        return self.at(self.now_s + seconds, act)

    def run(self, seconds: float, until: Callable[[], bool] = lambda: False) -> bool:
        """Let so much time pass, or less, `until` something holds; whether that came about."""
        end_s = self.now_s + seconds
        while not until():
            if not self._due or self._due[0][0] > end_s:
                self.now_s = max(self.now_s, end_s)
                return False
            when_s, _, moment = heapq.heappop(self._due)
            self.now_s = max(self.now_s, when_s)
            if moment.act is not None:
                moment.act()
        return True


class AgendaClock(Clock):
    """The time of an agenda, for all that asks `livebook_ls.clock`."""

    def __init__(self, agenda: Agenda) -> None:
        self._agenda = agenda

    def monotonic_s(self) -> float:
        return self._agenda.now_s

    def unix_ns(self) -> int:
        return _EPOCH_NS + int(self._agenda.now_s * 1e9)

    def pause(self, seconds: float) -> None:
        self._agenda.run(seconds)
