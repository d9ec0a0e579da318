"""The start of a process that may be called off at any moment, and then leaves none."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

Process = asyncio.subprocess.Process

# Nothing but pipes is waited for.
_STARTED_WITHIN_S = 1.0


async def started(start: Coroutine[Any, Any, Process], end: Callable[[Process], object]) -> Process:
    """What `start` comes to; `end` is told of a process that nobody waits for any more.

    Where the pipes of a process are called off as well, as at the end of an event loop, asyncio
    ends it and then waits for them without end (CPython's `BaseSubprocessTransport`). It lets go
    when it is called off once more.
    """
    starting = asyncio.ensure_future(start)
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        for _ in range(2):
            await asyncio.wait([starting], timeout=_STARTED_WITHIN_S)
            starting.cancel()
        if starting.done() and not starting.cancelled() and starting.exception() is None:
            end(starting.result())
        raise
