"""Progress in the client, while something lasts."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.lsp.server import LanguageServer


class Progress:
    """Shows what lasts, where the client can show progress."""

    def __init__(self, server: LanguageServer, is_shown: Callable[[], bool]) -> None:
        self._server = server
        self._is_shown = is_shown

    @asynccontextmanager
    async def during(self, title: str) -> AsyncIterator[None]:
        """Show `title` until the end of the block."""
        if not self._is_shown():
            yield
            return
        # Helix shows the token itself, so it should read well.
        token = f"livebook-{uuid.uuid4().hex[:6]}"
        await self._server.work_done_progress.create_async(token)
        try:
            self._server.work_done_progress.begin(token, types.WorkDoneProgressBegin(title=title))
            yield
        finally:
            self._server.work_done_progress.end(token, types.WorkDoneProgressEnd())
