"""Who waits for a Livebook finds it sooner where somebody is at work."""

from __future__ import annotations

import asyncio
import contextlib
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
        while any(link.state is not State.IN_SYNC for link in links):
            # On a busy machine it may not have been back in time for the first.
            notebooks.did_save(str(saved), CANONICAL)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(until(links[1], State.IN_SYNC), 5)
        await notebooks.close()

    livebook.stop()
    asyncio.run(asyncio.wait_for(act(), 60))


def test_who_is_at_work_while_others_are_looked_for_is_looked_for_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("_FIRST_LOOK_S", "_LAST_LOOK_S", "_LOOK_AT_WORK_S"):
        monkeypatch.setattr(retries, name, 600.0)
    link = NotebookLink("/n.livemd", lambda _: None)
    looks = 0

    async def look(_: object) -> None:
        nonlocal looks
        looks += 1
        recovery.notice_activity()
        if looks == 2:
            link.enter(State.IN_SYNC)

    recovery = retries.Recovery(lambda: [link], look)

    async def act() -> None:
        link.enter(State.NOT_RUNNING)
        recovery.notice(link)
        recovery.notice_activity()
        while looks < 2:  # noqa: ASYNC110 — of no event loop's making
            await asyncio.sleep(0.01)

    asyncio.run(asyncio.wait_for(act(), 20))
