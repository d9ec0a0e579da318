"""A person in the browser who opens a notebook and has all its cells evaluated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live.cells import CellStatus
from livebook_ls.livebook.live.session import LiveSession

_TAKEN_UP_S = 10.0


@asynccontextmanager
async def evaluating_all(url: str, path: Path) -> AsyncIterator[LiveSession]:
    """The session of the notebook at `path` in the Livebook at `url`, with its token if it needs
    one, once a cell runs and another waits.
    """
    endpoint = read_address(url, "here")
    livebook = Livebook(endpoint)
    session_path = await asyncio.to_thread(livebook.open, str(path))
    livebook.close()
    session = await LiveSession.join(endpoint, session_path, lambda _: None)
    try:
        await session.queue_all()
        assert await session.wait_until(
            lambda it: (
                {CellStatus.EVALUATING, CellStatus.QUEUED}
                <= {cell.state.status for cell in it.cells}
            ),
            _TAKEN_UP_S,
        )
        yield session
    finally:
        await session.leave()
