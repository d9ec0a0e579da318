"""What Livebook is told to read is what was judged."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any
from unittest.mock import AsyncMock, Mock

import pytest

from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.delivery import Delivery
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink

SAVED = "# N\n\n## S\n\nsaved\n"


class TakingSession:
    """The talk with a Livebook that has a session, at rest, and counts the syncs."""

    def __init__(self) -> None:
        self.looks = Mock()
        self.syncs = 0

    async def think(self, work: Callable[[], Any], _: object = None) -> Any:
        return work()

    async def is_stamp_valid(self, *_: object) -> bool:
        return True

    async def ask_session(self, _: NotebookLink) -> bool:
        self.syncs += 1
        return True


@pytest.mark.parametrize("is_written", [False, True])
def test_what_somebody_has_written_since_a_text_was_judged_is_judged_before_it_is_read(
    notebook: Path, *, is_written: bool
) -> None:
    notebook.write_text(SAVED, encoding="utf-8")
    link = NotebookLink(str(notebook), lambda _: None)
    link.attach("/sessions/1", "http://localhost:8080/sessions/1")
    talk: Any = TakingSession()
    merging = Mock(
        look=AsyncMock(return_value=(None, None)),
        edits=AsyncMock(return_value=None),
        is_wanted=lambda *_: False,
    )
    arrival, steps = Mock(settle=AsyncMock(return_value=False)), Mock(mend_file=AsyncMock())
    delivery = Delivery(talk, Settings, arrival, steps, Mock(), Mock(), Mock(), merging)
    saved = notebook_file.read(str(notebook))
    if is_written:
        notebook.write_text("# Half of", encoding="utf-8")
    try:
        is_again = asyncio.run(delivery.send(link, saved, NotebookText(SAVED)))
    finally:
        link.pinned.release()

    assert is_again is is_written
    assert talk.syncs == (0 if is_written else 1)
