"""Open notebooks are looked at often while somebody is at work with them, else seldom."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.sync.background.external_changes import Watch
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.link import NotebookLink
from tests.conftest import CANONICAL
from tests.support.turned_clock import TurnedClock


class Watched:
    """One link that is watched, for how often it was looked at and what was told of it."""

    def __init__(self, path: Path) -> None:
        path.write_text(CANONICAL, encoding="utf-8")
        self.turned = TurnedClock()
        self.link = NotebookLink(str(path), lambda _: None)
        self.link.version = notebook_file.version(str(path))
        self.looks = 0
        self.changed_s: list[float] = []
        self.watch = Watch(
            self._links,
            lambda _: self.changed_s.append(self.turned.now_s),
            lambda _: None,
            lambda _: False,
        )

    async def turn(self, looks: int) -> None:
        """Let time pass until it was looked so often; files are looked at in real time."""
        until = self.looks + looks
        while self.looks < until:
            # No time passes while files are looked at.
            if self.turned.is_slept_on:
                await self.turned.advance(0.05)
            await asyncio.sleep(0.0005)

    def _links(self) -> Iterator[NotebookLink]:
        self.looks += 1
        yield self.link


@pytest.mark.slow
def test_an_idle_notebook_is_looked_at_once_a_second_and_a_changed_one_often(
    notebook: Path,
) -> None:
    async def act() -> list[float]:
        watched = Watched(notebook)
        passed: list[float] = []

        async def note(looks: int) -> None:
            began_s = watched.turned.now_s
            await watched.turn(looks)
            passed.append(watched.turned.now_s - began_s)

        with clock.using(watched.turned):
            watched.watch.start(watched.link)
            # Until nobody counts as at work any more.
            await watched.turn(301)
            await note(10)
            notebook.write_text(f"{CANONICAL}\nmore\n", encoding="utf-8")  # noqa: ASYNC240
            await note(3)
            assert watched.changed_s
            await note(10)
            watched.watch.stop()
        return passed

    idle_s, until_seen_s, at_work_s = asyncio.run(act())

    assert idle_s > 9.0
    assert until_seen_s < idle_s
    assert at_work_s < 9.0


@pytest.mark.slow
def test_somebody_at_work_is_not_kept_waiting_by_a_long_pause(notebook: Path) -> None:
    async def act() -> float:
        watched = Watched(notebook)
        with clock.using(watched.turned):
            watched.watch.start(watched.link)
            await watched.turn(302)
            began_s = watched.turned.now_s
            watched.watch.notice(watched.link)
            await watched.turn(1)
            watched.watch.stop()
            return watched.turned.now_s - began_s

    assert asyncio.run(act()) < 0.5
