"""Who waits for a Livebook finds it sooner where somebody is at work."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.background import retries
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL, clean_environ


async def until(link: NotebookLink, *states: State) -> None:
    while link.state not in states:  # noqa: ASYNC110 — of no event loop's making
        await asyncio.sleep(0.01)


def test_a_save_lets_others_look_for_a_livebook_that_is_back(
    monkeypatch: pytest.MonkeyPatch, livebook: StandIn, tmp_path: Path
) -> None:
    for name in ("_FIRST_LOOK_S", "_LAST_LOOK_S", "_LOOK_AT_WORK_S"):
        # By itself nobody looks again within this test.
        monkeypatch.setattr(retries, name, 600.0)
    saved, other = (tmp_path / name for name in ("saved.livemd", "other.livemd"))
    for path in (saved, other):
        path.write_text(CANONICAL, encoding="utf-8")

    async def act() -> None:
        environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        links = [notebooks.did_open(str(it), CANONICAL) for it in (saved, other)]
        for link in links:
            await until(link, State.NOT_RUNNING)
        livebook.start()
        notebooks.did_save(str(saved), CANONICAL)
        for link in links:
            await until(link, State.IN_SYNC)
        await notebooks.close()

    livebook.stop()
    asyncio.run(asyncio.wait_for(act(), 60))
