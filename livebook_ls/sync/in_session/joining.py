"""A session joined for a moment at which one must be seen into or acted in, by whatever front."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.livebook_calls import Talk

if TYPE_CHECKING:
    from livebook_ls.livebook.live.session import LiveSession

# A join of 800 cells takes 4 s; a save doesn't wait longer.
_JOIN_S = 10.0


async def session_of(talk: Talk, live: LiveSessions, link: NotebookLink) -> LiveSession | None:
    """The notebook's session, joined for this where it isn't yet; None where that can't be."""
    session = live.of(link)
    if session is None and link.session_path is not None:
        with contextlib.suppress(TimeoutError, LivebookError):
            home = await talk.ask(lambda it: it.endpoint, link.home)
            await asyncio.wait_for(live.is_joined(link, home), _JOIN_S)
        session = live.of(link)
    return session
