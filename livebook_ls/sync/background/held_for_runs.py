"""A save that was held for what runs in its session is synced once nothing runs there any more."""

from __future__ import annotations

import contextlib
from functools import partial

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.errors import SessionGone
from livebook_ls.livebook.live.events import (
    CellsChanged,
    ConnectionBack,
    LiveEvent,
    SessionEnded,
)
from livebook_ls.sync.exchange.operations import Operations
from livebook_ls.sync.exchange.overwritten_save import held_text
from livebook_ls.sync.latest_only import LatestOnly
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.live_sessions import LiveSessions
from livebook_ls.sync.telling.running_findings import ENDS_RUN
from livebook_ls.sync.telling.session_findings import TOO_LONG


class HeldForRuns:
    """Looks whenever a joined session tells of its cells."""

    def __init__(self, live: LiveSessions, operations: Operations, queue: LatestOnly) -> None:
        self._live = live
        self._operations = operations
        self._queue = queue

    def notice(self, link: NotebookLink, event: LiveEvent) -> None:
        """Something happened in the notebook's session. The guard judges the save anew."""
        if link.state is not State.HELD:
            return
        codes = {it.code for it in link.findings}
        is_over = False
        if isinstance(event, SessionEnded):
            # Of another one only we see nothing any more: what runs there goes on.
            is_gone = isinstance(event.reason, SessionGone)
            is_over = is_gone and bool(codes & {*ENDS_RUN, TOO_LONG})
        elif isinstance(event, CellsChanged | ConnectionBack) and codes & ENDS_RUN:
            session = self._live.of(link)
            with contextlib.suppress(LivebookError):
                is_over = session is not None and not session.notebook.is_busy
        if is_over and not self._queue.has_newer(link.path):
            self._queue.submit(link.path, partial(self._sync, link))

    async def _sync(self, link: NotebookLink) -> None:
        text = held_text(link)
        # Livebook saves what ran, perhaps over it.
        await self._operations.look(link)
        await self._operations.sync(link, text if text in link.saves else None)
