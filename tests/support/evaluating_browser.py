"""A person in the browser who opens a notebook and has its cells evaluated."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.live.cells import CellStatus, LiveNotebook
from livebook_ls.livebook.live.session import LiveSession

_TAKEN_UP_S = 10.0


@asynccontextmanager
async def evaluating_all(url: str, path: Path) -> AsyncIterator[LiveSession]:
    """The session of the notebook at `path` in the Livebook at `url`, with its token if it needs
    one, once the first cell runs and another waits.
    """
    async with opened_session(url, path) as session:
        await session.queue_all()
        assert await session.wait_until(
            lambda it: {CellStatus.EVALUATING, CellStatus.QUEUED} <= statuses(it), _TAKEN_UP_S
        )
        yield session


@asynccontextmanager
async def evaluating_first(url: str, path: Path) -> AsyncIterator[LiveSession]:
    """The same once the first cell runs, and nothing else was asked for."""
    async with opened_session(url, path) as session:
        first = next(it for it in session.notebook.cells if it.is_evaluable and not it.is_setup)
        await session.queue_cell(first.id)
        assert await session.wait_until(
            lambda it: CellStatus.EVALUATING in statuses(it), _TAKEN_UP_S
        )
        yield session


def statuses(notebook: LiveNotebook) -> set[CellStatus]:
    """How its cells stand."""
    return {it.state.status for it in notebook.cells if not it.is_setup}


@asynccontextmanager
async def opened_session(url: str, path: Path) -> AsyncIterator[LiveSession]:
    """The session of the notebook at `path`, opened and joined; nothing is run yet."""
    endpoint = read_address(url, "here")
    livebook = Livebook(endpoint)
    session_path = await asyncio.to_thread(livebook.open, str(path))
    livebook.close()
    session = await LiveSession.join(endpoint, session_path, lambda _: None)
    try:
        yield session
    finally:
        await session.leave()
