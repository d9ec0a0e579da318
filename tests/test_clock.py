"""Time comes through one seam, and a test can turn it."""

from __future__ import annotations

import asyncio

from livebook_ls import clock
from tests.support.turned_clock import TurnedClock


def test_sleepers_are_woken_in_the_order_of_their_moments() -> None:
    async def sleep(seconds: float, woken: list[float]) -> None:
        await clock.sleep(seconds)
        woken.append(clock.monotonic_s())

    async def scenario() -> list[float]:
        turned, woken = TurnedClock(), list[float]()
        with clock.using(turned):
            began = clock.monotonic_s()
            tasks = [asyncio.create_task(sleep(it, woken)) for it in (3600.0, 60.0, 7200.0)]
            await turned.advance(3700.0)
            for task in tasks:
                task.cancel()
        return [it - began for it in woken]

    assert asyncio.run(scenario()) == [60.0, 3600.0]


def test_what_is_called_off_does_not_happen() -> None:
    async def scenario() -> list[str]:
        turned, done = TurnedClock(), list[str]()
        with clock.using(turned):
            clock.later(5.0, lambda: done.append("kept"))
            clock.later(5.0, lambda: done.append("called off")).cancel()
            await turned.advance(10.0)
        return done

    assert asyncio.run(scenario()) == ["kept"]


def test_two_contexts_have_their_own_clocks() -> None:
    turned = TurnedClock()
    with clock.using(turned):
        inside = clock.monotonic_s()

    assert (inside, clock.monotonic_s() == inside) == (turned.now_s, False)
