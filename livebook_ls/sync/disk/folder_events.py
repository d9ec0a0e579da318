"""Sees that something in folders has changed: by the system's events, else by looking.

The only module that knows `watchfiles`, which has compiled parts and so may be missing.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from livebook_ls import clock

logger = logging.getLogger(__name__)

# Events of one burst come as one; a quiet moment of this length ends it.
_QUIET_MS = 60
_LONGEST_BURST_MS = 500
_FIRST_LOOK_MS = 400
_LOOK_EVERY_S = 1.0


async def notice(folders: Iterable[str]) -> AsyncGenerator[frozenset[str], None]:
    """Paths in the folders, not below them, that have changed; none means: look at everything.

    That comes once at the beginning too: what changed before the first event must be seen.
    """
    try:
        async with aclosing(_by_events(folders)) as events:
            async for paths in events:
                yield paths
    except (ImportError, OSError, RuntimeError) as error:
        # Not installed, or the system has no more watches to give.
        logger.info("Looking for changes every %s s: %s", _LOOK_EVERY_S, error)
        async with aclosing(_by_looking()) as looks:
            async for paths in looks:
                yield paths


async def _by_events(folders: Iterable[str]) -> AsyncGenerator[frozenset[str], None]:
    from watchfiles import awatch

    events = awatch(
        *folders,
        watch_filter=None,
        recursive=False,
        step=_QUIET_MS,
        debounce=_LONGEST_BURST_MS,
        rust_timeout=_FIRST_LOOK_MS,
        yield_on_timeout=True,
    )
    async with aclosing(events):
        await anext(events)
        yield frozenset()
        async for changes in events:
            if changes:
                yield frozenset(path for _, path in changes)


async def _by_looking() -> AsyncGenerator[frozenset[str], None]:
    while True:
        yield frozenset()
        await clock.sleep(_LOOK_EVERY_S)
