"""Progress in the client, while something lasts."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from lsprotocol import types

if TYPE_CHECKING:
    from livebook_ls.lsp.server import NotebookServer


@asynccontextmanager
async def progress(server: NotebookServer, title: str) -> AsyncIterator[None]:
    """Show `title` until the end of the block, where the client can show progress."""
    if not server.profile.has_progress:
        yield
        return
    # Helix shows the token itself, so it should read well.
    token = f"livebook-{uuid.uuid4().hex[:6]}"
    await server.work_done_progress.create_async(token)
    try:
        server.work_done_progress.begin(token, types.WorkDoneProgressBegin(title=title))
        yield
    finally:
        server.work_done_progress.end(token, types.WorkDoneProgressEnd())
