"""Whether a session has ended is asked with care: Livebook reads the file when it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import NotRunning
from livebook_ls.settings import Settings
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.exchange import write_back
from livebook_ls.sync.exchange.outcome import Arrival
from livebook_ls.sync.exchange.write_back import WriteBack
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from tests.support.turned_clock import TurnedClock


@pytest.fixture
def talk(environ: dict[str, str]) -> Iterator[Talk]:
    connection = Connection(Settings(), environ)
    with ThreadPoolExecutor(1) as threads, closing(connection):
        yield Talk(connection, threads)


@pytest.fixture
def link(notebook: Path) -> NotebookLink:
    link = NotebookLink(str(notebook), lambda _: None)
    link.version = notebook_file.version(link.path)
    return link


def arrival(talk: Talk, environ: dict[str, str], *, is_newer: bool = False) -> Arrival:
    return Arrival(
        talk,
        Settings,
        lambda _: is_newer,
        lambda _: False,
        lambda _link, _reading: None,
        KeptTexts(StateFolder(environ)),
    )


def has_died(talk: Talk, link: NotebookLink, environ: dict[str, str], *, is_newer: bool) -> bool:
    return asyncio.run(arrival(talk, environ, is_newer=is_newer)._has_died(link))


def syncs(livebook: StandIn) -> int:
    return sum(it.target == "/dev/sync" for it in livebook.requests)


def test_of_a_file_at_rest_it_is_asked(
    talk: Talk, link: NotebookLink, environ: dict[str, str], livebook: StandIn
) -> None:
    assert has_died(talk, link, environ, is_newer=False)
    assert syncs(livebook) == 1


@pytest.mark.parametrize("why", ["a newer save", "an editor that is about to write", "a change"])
def test_of_a_file_in_motion_it_is_not(
    talk: Talk, link: NotebookLink, environ: dict[str, str], livebook: StandIn, why: str
) -> None:
    if why == "an editor that is about to write":
        link.will_be_saved(is_by_timer=False)
    if why == "a change":
        Path(link.path).write_text("# Another\n", encoding="utf-8")

    assert not has_died(talk, link, environ, is_newer=why == "a newer save")
    assert syncs(livebook) == 0


def test_a_livebook_that_is_gone_has_not_only_lost_a_session(
    talk: Talk, link: NotebookLink, livebook: StandIn
) -> None:
    asyncio.run(talk.learn_session(link))
    livebook.stop()

    with pytest.raises(NotRunning):
        asyncio.run(talk.has_lost_session(link))


class LateTalk(Talk):
    """Of a Livebook that takes so many looks to have saved."""

    late_by = 0
    asked = 0

    async def has_saved(self, link: NotebookLink) -> bool:
        assert link.path
        self.late_by -= 1
        return self.late_by < 0

    async def has_lost_session(self, link: NotebookLink) -> bool:
        assert link.path
        return False

    async def is_alive(self, link: NotebookLink) -> bool:
        assert link.path
        self.asked += 1
        return True


@pytest.mark.parametrize(("looks", "asked"), [(3, 0), (8, 1)])
def test_of_one_that_is_late_it_is_asked_once_and_not_at_first(
    monkeypatch: pytest.MonkeyPatch,
    link: NotebookLink,
    environ: dict[str, str],
    looks: int,
    asked: int,
) -> None:
    turned = TurnedClock()

    async def nothing_yet(_: str, saved: Snapshot, sent: NotebookText, *_more: object) -> WriteBack:
        turned.now_s += 0.5
        return WriteBack(saved, sent)

    monkeypatch.setattr(write_back, "write_back", nothing_yet)
    saved = notebook_file.read(link.path)
    with clock.using(turned), ThreadPoolExecutor(1) as threads:
        talk = LateTalk(Connection(Settings(), environ), threads)
        talk.late_by = looks
        asyncio.run(arrival(talk, environ)._wait_on(link, saved, NotebookText(saved.text or "")))

    assert talk.asked == asked
