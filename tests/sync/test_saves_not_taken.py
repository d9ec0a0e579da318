"""A save that was not taken, over which the session saves what was typed in the browser."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import pytest

from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.background import retries
from livebook_ls.sync.background.external_changes import Watch
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL, clean_environ

IN_BROWSER = CANONICAL.replace("1 + 1", "1 + 1\n# from_the_browser")
SAVED = f"{CANONICAL}\nsaved words\n"
OLDER = CANONICAL.replace("## Section", "## Older")
ALWAYS = Settings(open_on_did_open=OpenOnDidOpen.ALWAYS)


def has(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


async def opened(livebook: StandIn, path: Path) -> tuple[Notebooks, NotebookLink]:
    environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}
    notebooks = Notebooks(ALWAYS, environ, lambda _: None)
    link = notebooks.did_open(str(path), CANONICAL)
    await notebooks.idle(str(path))
    livebook.save_session(path)
    return notebooks, link


async def not_taken(livebook: StandIn, path: Path, reply: Reply) -> tuple[Notebooks, NotebookLink]:
    """A notebook of which the last save is in the file alone."""
    notebooks, link = await opened(livebook, path)
    livebook.faults = Faults(reply=reply)
    write(path, SAVED)
    notebooks.did_save(str(path), SAVED)
    await notebooks.idle(str(path))
    assert link.state is State.FAILED
    return notebooks, link


async def met_again(
    notebooks: Notebooks, link: NotebookLink, livebook: StandIn, *, is_seen_first: bool
) -> str | None:
    """What the session holds after a look at the changed file, or else the next try to sync it."""
    operations = notebooks.operations
    await (operations.look(link) if is_seen_first else operations.sync(link))
    await notebooks.idle(link.path)
    session = livebook.session(link.path)
    return session.text if session else None


@pytest.fixture(autouse=True)
def nothing_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "_FIRST_LOOK_S", 600.0)
    monkeypatch.setattr(retries, "_LOOK_AT_FILE_S", 600.0)
    monkeypatch.setattr(Watch, "start", lambda *_: None)


@pytest.mark.fault(
    "Livebook",
    "it answers a sync with an error",
    during="people type in the browser, and the session saves that over the save",
    shows="in sync, with both",
    recovers="by itself: the save is put back and merged",
)
@pytest.mark.parametrize(
    "reply", [Reply.RESET, pytest.param(Reply.ERROR_500, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("is_seen_first", [False, True])
def test_it_is_put_back_and_merged_with_that(
    livebook: StandIn, notebook: Path, reply: Reply, *, is_seen_first: bool
) -> None:
    async def act() -> None:
        notebooks, link = await not_taken(livebook, notebook, reply)
        livebook.edit_session(notebook, IN_BROWSER)
        livebook.save_session(notebook)
        assert has(notebook) == IN_BROWSER
        livebook.faults = Faults()
        session = await met_again(notebooks, link, livebook, is_seen_first=is_seen_first)

        assert "saved words" in has(notebook)
        assert "from_the_browser" in has(notebook)
        assert session == has(notebook)
        assert link.state is State.IN_SYNC
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.parametrize("is_seen_first", [False, True])
def test_it_is_put_back_where_the_session_saves_what_it_had_before(
    livebook: StandIn, notebook: Path, *, is_seen_first: bool
) -> None:
    async def act() -> None:
        notebooks, link = await not_taken(livebook, notebook, Reply.RESET)
        assert await notebooks.live.is_joined(link)
        # As one does that was only just opened.
        livebook.edit_session(notebook, OLDER)
        livebook.edit_session(notebook, CANONICAL)
        livebook.save_session(notebook)
        assert has(notebook) == CANONICAL
        livebook.faults = Faults()
        session = await met_again(notebooks, link, livebook, is_seen_first=is_seen_first)

        assert has(notebook) == SAVED
        assert session == SAVED
        assert link.state is State.IN_SYNC
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.parametrize("checked_out", [CANONICAL, pytest.param(OLDER, marks=pytest.mark.slow)])
@pytest.mark.parametrize("is_seen_first", [False, True])
def test_what_others_bring_back_over_it_stays(
    livebook: StandIn, notebook: Path, checked_out: str, *, is_seen_first: bool
) -> None:
    async def act() -> None:
        notebooks, link = await not_taken(livebook, notebook, Reply.RESET)
        write(notebook, checked_out)
        livebook.faults = Faults()
        session = await met_again(notebooks, link, livebook, is_seen_first=is_seen_first)

        assert has(notebook) == checked_out
        assert session == checked_out
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="a save is merged with the browser's edits, and the session saves over it",
    sees="not_written",
    recovers="by the next save, once there is room",
)
def test_what_can_not_be_merged_into_the_file_nor_put_back_there_is_told_as_gone(
    monkeypatch: pytest.MonkeyPatch, livebook: StandIn, notebook: Path
) -> None:
    def refusing(*_: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    async def act() -> None:
        notebooks, link = await opened(livebook, notebook)
        livebook.edit_session(notebook, IN_BROWSER)
        write(notebook, SAVED)
        with monkeypatch.context() as full:
            full.setattr(notebook_file, "write_over", refusing)
            notebooks.did_save(str(notebook), SAVED)
            await notebooks.idle(str(notebook))
            assert [it.code for it in link.findings] == ["merge-not-written"]
            livebook.save_session(notebook)
            await notebooks.operations.look(link)
            assert [it.code for it in link.findings] == ["merge-not-written", "save-overwritten"]
        await notebooks.operations.look(link)
        assert has(notebook) == SAVED
        notebooks.did_save(str(notebook), SAVED)
        await notebooks.idle(str(notebook))

        assert "saved words" in has(notebook)
        assert "from_the_browser" in has(notebook)
        assert link.state is State.IN_SYNC
        await notebooks.close()

    asyncio.run(asyncio.wait_for(act(), 60))
