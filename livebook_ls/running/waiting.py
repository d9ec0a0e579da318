"""Waiting for a run's end, through moments in which Livebook is away."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls import clock
from livebook_ls.livebook.live.errors import ConnectionLost

if TYPE_CHECKING:
    from livebook_ls.livebook.live.session import LiveSession

# A run has no end of its own; this is how often a wait looks whether anybody still wants it.
_ROUND_S = 3600.0


async def until_idle(session: LiveSession, timeout_s: float | None, away_s: float) -> bool:
    """Wait until nothing is queued or evaluating; whether that came about in time.

    Raises ConnectionLost once the connection has been down for `away_s`, and why the session has
    ended: of what runs in a Livebook that is gone, nobody will ever tell.
    """
    until_s = clock.monotonic_s() + (_ROUND_S if timeout_s is None else timeout_s)
    while (left_s := until_s - clock.monotonic_s()) > 0:
        await session.wait_until(lambda it: not (session.is_connected and it.is_busy), left_s)
        if session.is_connected:
            if not session.notebook.is_busy:
                return True
        elif not await session.wait_until(lambda _: session.is_connected, min(away_s, left_s)):
            raise ConnectionLost
        if timeout_s is None:
            until_s = clock.monotonic_s() + _ROUND_S
    return False
