"""A file that an editor is just saving is left alone until the editor says that it has."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

from livebook_ls import clock
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.link import ARRIVED
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL
from tests.support.turned_clock import TurnedClock, turned_until

EDITED = CANONICAL.replace("1 + 1", "2 + 2")


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
