"""Progress in the client, while something lasts."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from livebook_ls.lsp.client.asking import answered


class Progress:
    """Shows what lasts, where the client can show progress."""

    def __init__(self, server: LanguageServer, is_shown: Callable[[], bool]) -> None:
        self._server = server
        self._is_shown = is_shown

    @asynccontextmanager
    async def during(
        self, title: str, on_cancel: Callable[[], object] | None = None
    ) -> AsyncIterator[None]:
        """Show `title` until the end of the block, with a button that calls `on_cancel` if given.

        pygls cancels the token's future when the button was pressed, in the event loop.
        """
        if not self._is_shown():
            yield
            return
        # Helix shows the token itself, so it should read well.
        token = f"livebook-{uuid.uuid4().hex[:6]}"
        shown = self._server.work_done_progress
        await answered(shown.create_async(token))
        if token not in shown.tokens:
            # By the LSP nothing may be told by a token that the client has refused.
            yield
            return
        if on_cancel is not None:
            shown.tokens[token].add_done_callback(lambda _: on_cancel())
        try:
            begin = types.WorkDoneProgressBegin(title=title, cancellable=on_cancel is not None)
            shown.begin(token, begin)
            yield
        finally:
            shown.tokens.pop(token, None)
            shown.end(token, types.WorkDoneProgressEnd())
