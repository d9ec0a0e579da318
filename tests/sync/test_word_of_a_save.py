"""A file that an editor is just saving is left alone until the editor says that it has."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from pathlib import Path

from livebook_ls import clock
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.link import ARRIVED
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL
from tests.support.turned_clock import TurnedClock

EDITED = CANONICAL.replace("1 + 1", "2 + 2")
_TURN_S = 0.05
# Only who waits in vain waits so long.
_MOST_TURNS = 10_000


async def turned_until(turned: TurnedClock, claim: Callable[[], object]) -> None:
    """Turn the clock until the claim holds; the answers of the far side take real time."""
    for _ in range(_MOST_TURNS):
        if claim():
            return
        await turned.advance(_TURN_S)
        await asyncio.sleep(0.005)
    raise TimeoutError


def syncs(livebook: StandIn) -> int:
    return sum(it.target == "/dev/sync" for it in livebook.requests)


async def saved_slowly(path: Path, livebook: StandIn, environ: dict[str, str]) -> tuple[int, int]:
    """The syncs before the editor's word, and the file's time that is known after it."""
    turned = TurnedClock()
    with clock.using(turned):
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        try:
            link = notebooks.did_open(str(path))
            await turned_until(turned, lambda: link.state in ARRIVED)
            before = syncs(livebook)
            notebooks.will_save(str(path))
            path.write_text(EDITED, encoding="utf-8")  # noqa: ASYNC240 — a small file
            os.utime(path, ns=(0, 5_000_000_000))
            until_s = turned.now_s + 1.5
            await turned_until(turned, lambda: turned.now_s > until_s)
            unasked = syncs(livebook) - before
            notebooks.did_save(str(path), EDITED)
            await turned_until(turned, lambda: syncs(livebook) > before)
            await turned_until(turned, lambda: link.state in ARRIVED)
            assert link.known is not None
            return unasked, link.known.version.mtime_ns
        finally:
            await notebooks.close()


def test_a_file_is_not_synced_between_an_editors_write_and_its_word(
    notebook: Path, livebook: StandIn, environ: dict[str, str]
) -> None:
    assert asyncio.run(saved_slowly(notebook, livebook, environ)) == (0, 5_000_000_000)
