"""Changes in folders are noticed by the system's events, else by looking; which of both is said."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path

import pytest
import watchfiles

from livebook_ls.sync.disk import folder_events
from livebook_ls.sync.disk.folder_events import notice


async def first(folder: Path, count: int) -> list[frozenset[str]]:
    async with aclosing(notice([str(folder)])) as noticed:
        return [await anext(noticed) for _ in range(count)]


def test_where_the_system_has_no_more_watches_everything_is_looked_at_again_and_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def exhausted(*_: object, **__: object) -> AsyncIterator[object]:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(watchfiles, "awatch", exhausted)
    monkeypatch.setattr(folder_events, "_LOOK_EVERY_S", 0.001)
    with caplog.at_level(logging.INFO, logger=folder_events.__name__):
        noticed = asyncio.run(asyncio.wait_for(first(tmp_path, 3), 60))

    assert noticed == [frozenset()] * 3
    assert "Looking for changes every" in caplog.text


def test_what_changes_later_is_named(tmp_path: Path) -> None:
    async def act() -> None:
        async with aclosing(notice([str(tmp_path)])) as noticed:
            # What changed before counts as well.
            assert await anext(noticed) == frozenset()
            (tmp_path / "note.livemd").write_text("# Note\n", encoding="utf-8")
            assert str(tmp_path / "note.livemd") in await anext(noticed)

    asyncio.run(asyncio.wait_for(act(), 60))
