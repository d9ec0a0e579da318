"""Another of our processes that is at work on a notebook."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns


@contextmanager
def turn_of_another(environ: Mapping[str, str], notebook: Path) -> Iterator[None]:
    """Have the turn of a notebook in the block, as a process that is slow or stopped has it."""
    has_it, is_over = threading.Event(), threading.Event()

    async def hold() -> None:
        async with Turns(StateFolder(environ)).taken(str(notebook)):
            has_it.set()
            await asyncio.to_thread(is_over.wait)

    other = threading.Thread(target=lambda: asyncio.run(hold()))
    other.start()
    try:
        assert has_it.wait(10)
        yield
    finally:
        is_over.set()
        other.join()
