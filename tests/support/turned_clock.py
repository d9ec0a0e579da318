"""A clock that moves only when it is told to, or when everybody sleeps."""

from __future__ import annotations

import asyncio
import heapq
import itertools
from collections.abc import Callable

from livebook_ls.clock import Clock

_EPOCH_NS = 1_700_000_000_000_000_000
# Turns of the event loop in which others may do what became due before the next is woken.
_TURNS = 20
# Only who waits in vain waits so long.
_MOST_TURNS = 10_000


class _Wake:
    def __init__(self, act: Callable[[], object]) -> None:
        self.act: Callable[[], object] | None = act

    def cancel(self) -> None:
        self.act = None


class TurnedClock(Clock):
    """Time for tests of one event loop: `advance` wakes sleepers in order, in no time at all."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self._number = itertools.count()
        self._due: list[tuple[float, int, _Wake]] = []

    @property
    def is_slept_on(self) -> bool:
        """Whether anybody waits for time to pass, and not for something real."""
        return any(wake.act is not None for _, _, wake in self._due)

    def monotonic_s(self) -> float:
        return self.now_s

    def unix_ns(self) -> int:
        return _EPOCH_NS + int(self.now_s * 1e9)

    def pause(self, seconds: float) -> None:
        self.now_s += seconds

    async def sleep(self, seconds: float) -> None:
        woken = asyncio.Event()
        timer = self.later(seconds, woken.set)
        try:
            await woken.wait()
        finally:
            timer.cancel()

    def later(self, seconds: float, act: Callable[[], object]) -> _Wake:
        wake = _Wake(act)
        heapq.heappush(self._due, (self.now_s + seconds, next(self._number), wake))
        return wake

    async def advance(self, seconds: float) -> None:
        """Let that much time pass; whoever sleeps less than that is woken at its moment."""
        end = self.now_s + seconds
        await self._let_others_act()
        while self._due and self._due[0][0] <= end:
            due_s, _, wake = heapq.heappop(self._due)
            self.now_s = max(self.now_s, due_s)
            if wake.act is not None:
                wake.act()
                await self._let_others_act()
        self.now_s = end

    async def _let_others_act(self) -> None:
        for _ in range(_TURNS):
            await asyncio.sleep(0)


async def turned_until(
    turned: TurnedClock, claim: Callable[[], object], turn_s: float = 0.05
) -> None:
    """Turn the clock until the claim holds; the answers of the far side take real time."""
    for _ in range(_MOST_TURNS):
        if claim():
            return
        await turned.advance(turn_s)
        await asyncio.sleep(0.005)
    raise TimeoutError
