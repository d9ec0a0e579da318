"""Time, through one seam: all rooms ask here, so that tests can turn the clock.

Which clock is asked belongs to the context that asks (`contextvars`): tasks and threads that a
context starts inherit its clock, and two servers in one process may have two.
"""

from __future__ import annotations

import time
from contextvars import ContextVar

# Not from `typing`, whose loading a hook would pay for on every tool call of an agent.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Protocol

    class Timer(Protocol):
        """What is to be done later, and can be called off."""

        def cancel(self) -> None:
            """Don't do it."""


class Clock:
    """The system's clock; tests have one of the same shape that moves when it is told to."""

    def monotonic_s(self) -> float:
        """Seconds since some moment; never goes back."""
        return time.monotonic()

    def unix_ns(self) -> int:
        """Nanoseconds since 1970, as files' times are told."""
        return time.time_ns()

    def pause(self, seconds: float) -> None:
        """Hold up this thread."""
        time.sleep(seconds)

    async def sleep(self, seconds: float) -> None:
        """Let others go on meanwhile."""
        # Loaded here: a hook that has nothing to wait for needs no event loop.
        import asyncio

        await asyncio.sleep(seconds)

    def later(self, seconds: float, act: Callable[[], object]) -> Timer:
        """Call `act` on this event loop after a while, unless that is cancelled."""
        import asyncio

        return asyncio.get_running_loop().call_later(seconds, act)


_CLOCK = ContextVar("clock", default=Clock())  # noqa: B039 — it has no state


def monotonic_s() -> float:
    """Seconds since some moment; never goes back."""
    return _CLOCK.get().monotonic_s()


def unix_ns() -> int:
    """Nanoseconds since 1970, as files' times are told."""
    return _CLOCK.get().unix_ns()


def unix_s() -> float:
    """Seconds since 1970, as files' times are told."""
    return _CLOCK.get().unix_ns() / 1e9


def pause(seconds: float) -> None:
    """Hold up this thread."""
    _CLOCK.get().pause(seconds)


async def sleep(seconds: float) -> None:
    """Let others go on meanwhile."""
    await _CLOCK.get().sleep(seconds)


def later(seconds: float, act: Callable[[], object]) -> Timer:
    """Call `act` on this event loop after a while, unless that is cancelled."""
    return _CLOCK.get().later(seconds, act)


class using:  # noqa: N801 — read as a function, as `contextlib.suppress` is
    """Ask `clock` in this context, and in all that is started from it, until the block's end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __enter__(self) -> None:
        self._token = _CLOCK.set(self._clock)

    def __exit__(self, *_: object) -> None:
        _CLOCK.reset(self._token)
