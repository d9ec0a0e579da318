"""What goes wrong on our own side: the file in motion, our other processes, our state folder."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import MergeMode, Settings, TwoStepSync
from livebook_ls.standin.server import StandIn
from livebook_ls.sync import failures
from livebook_ls.sync.disk.complete_read import StillChangingError
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.link import ARRIVED, NotebookLink, State
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL
from tests.support.at_rest import holds
from tests.support.step_kills import AFTER, BEFORE
from tests.support.turned_clock import TurnedClock, turned_until


def codes(link: NotebookLink) -> list[str]:
    return [it.code for it in link.findings]


def put_in_place_of(folder: Path) -> None:
    """Have a file where the folder is; what is still under way may make another just then."""
    for number in count():
        folder.rename(folder.with_name(f"away-{number}"))
        with contextlib.suppress(IsADirectoryError):
            folder.write_text("a file in the folder's place", encoding="utf-8")
            return


pytestmark = pytest.mark.usefixtures("livebook")


@pytest.fixture
def environ(environ: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return environ | {"XDG_STATE_HOME": str(tmp_path / "state"), "HOME": str(tmp_path)}


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "two of ours are at one notebook, and one never ends",
    during="a notebook is opened",
    sees="busy_elsewhere",
    recovers="by itself, once the other one ends",
)
def test_another_of_ours_that_never_ends_is_told_and_waited_for(
    notebook: Path, livebook: StandIn, environ: dict[str, str]
) -> None:
    async def scenario() -> tuple[list[str], int]:
        turned = TurnedClock()
        with clock.using(turned):
            notebooks = Notebooks(Settings(), environ, lambda _: None)
            try:
                async with AsyncExitStack() as other:
                    await other.enter_async_context(
                        Turns(StateFolder(environ)).taken(str(notebook))
                    )
                    link = notebooks.did_open(str(notebook))
                    await turned_until(turned, lambda: link.state is State.FAILED, 2.0)
                    told, sessions = codes(link), len(livebook.sessions)
                await turned_until(turned, lambda: link.state in ARRIVED)
                return told, sessions
            finally:
                await notebooks.close()

    assert asyncio.run(scenario()) == (["busy-elsewhere"], 0)


def test_a_save_that_waits_for_another_of_ours_does_not_count_as_synced(
    notebook: Path, environ: dict[str, str]
) -> None:
    async def scenario() -> tuple[State, State]:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        try:
            link = notebooks.did_open(str(notebook))
            await until(lambda: link.state in ARRIVED)
            async with Turns(StateFolder(environ)).taken(str(notebook)):
                write(notebook, AFTER)
                notebooks.did_save(str(notebook), AFTER)
                await until(lambda: link.state not in ARRIVED)
                waits = link.state
            await until(lambda: link.state in ARRIVED)
            return waits, link.state
        finally:
            await notebooks.close()

    assert asyncio.run(scenario()) == (State.SYNCING, State.IN_SYNC)


@pytest.mark.fault(
    "files",
    "the file never rests",
    during="a save",
    sees="still_writing",
    recovers="with the first save that rests",
)
def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_a_file_that_never_rests_is_told_and_tried_again() -> None:
    """That it is given up at all is told of reading alone, in `test_complete_read.py`."""

    async def scenario() -> tuple[list[str], bool]:
        link = NotebookLink("/n.livemd", lambda _: None)
        async with failures.told(link):
            raise StillChangingError
        return codes(link), link.tries_again

    assert asyncio.run(scenario()) == (["still-writing"], True)


@pytest.mark.fault(
    "ourselves",
    "the state folder is full",
    during="a sync in two steps",
    sees="journal_not_written: no space left on device",
    recovers="with the next save, once there is room",
)
def test_two_steps_that_cannot_be_written_down_are_not_begun(
    notebook: Path, livebook: StandIn, environ: dict[str, str], tmp_path: Path
) -> None:
    notebook.write_text(BEFORE, encoding="utf-8")
    loaded_ns = notebook.stat().st_mtime_ns
    state = tmp_path / "state"

    async def scenario() -> tuple[list[str], str]:
        settings = replace(Settings(), two_step_sync=TwoStepSync.AUTO)
        notebooks = Notebooks(settings, environ, lambda _: None)
        try:
            link = notebooks.did_open(str(notebook))
            await until(lambda: link.state in ARRIVED)
            livebook.save_session(notebook)
            livebook.wait_settled()
            await until(lambda: notebook.stat().st_mtime_ns == loaded_ns)
            # As where a disk is full, whoever runs the tests.
            put_in_place_of(state)
            write(notebook, AFTER)
            notebooks.did_save(str(notebook), AFTER)
            await until(lambda: link.state is State.FAILED)
            told = codes(link), link.findings[0].sentence
            assert link.known is not None
            assert link.known.text == AFTER
            state.unlink()
            notebooks.did_save(str(notebook), AFTER)
            await until(lambda: link.state is State.IN_SYNC)
            return told
        finally:
            await notebooks.close()

    found, sentence = asyncio.run(scenario())
    session = livebook.session(notebook)

    assert found == ["journal-not-written", "not-kept"]
    assert "Your file is as you saved it" in sentence
    assert notebook.read_text(encoding="utf-8") == AFTER
    assert session is not None
    assert session.text == AFTER


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


async def until(claim: Callable[[], bool]) -> None:
    """Wait for what takes real time."""
    for _ in range(6_000):
        if claim():
            return
        await asyncio.sleep(0.01)
    raise TimeoutError


@pytest.mark.fault(
    "ourselves",
    "the state folder is full",
    during="**Take mine** and **Take the browser's**",
    sees="choice_not_kept",
    recovers="with the choice again, once there is room, or by the text and a save",
)
@pytest.mark.parametrize("take", [Take.MINE, Take.THEIRS])
def test_a_choice_whose_other_side_cannot_be_kept_is_not_made(
    notebook: Path, livebook: StandIn, environ: dict[str, str], tmp_path: Path, take: Take
) -> None:
    mine, theirs = (CANONICAL.replace("1 + 1", it) for it in (":mine", ":theirs"))
    state = tmp_path / "state"

    async def scenario() -> list[str]:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        try:
            link = notebooks.did_open(str(notebook), CANONICAL)
            await until(lambda: link.state in ARRIVED)
            put_in_place_of(state)
            livebook.edit_session(notebook, theirs)
            write(notebook, mine)
            notebooks.did_save(str(notebook), mine)
            await until(lambda: link.merge is not None)
            await notebooks.take(str(notebook), take)
            session = livebook.session(notebook)
            assert session is not None
            assert (read(notebook), session.text) == (mine, theirs)
            told = codes(link)
            state.unlink()
            await notebooks.take(str(notebook), take)
            await until(lambda: link.state is State.IN_SYNC)
            assert "choice-not-kept" not in codes(link)
            return told
        finally:
            await notebooks.close()

    assert asyncio.run(scenario()) == ["browser-conflict", "not-kept", "choice-not-kept"]
    wanted = mine if take is Take.MINE else theirs
    assert read(notebook) == wanted


def test_both_sides_are_taken_where_nothing_can_be_kept(
    notebook: Path, livebook: StandIn, environ: dict[str, str], tmp_path: Path
) -> None:
    """That replaces nothing."""
    mine, theirs = (CANONICAL.replace("1 + 1", it) for it in (":mine", ":theirs"))

    async def scenario() -> None:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        try:
            link = notebooks.did_open(str(notebook), CANONICAL)
            await until(lambda: link.state in ARRIVED)
            put_in_place_of(tmp_path / "state")
            livebook.edit_session(notebook, theirs)
            write(notebook, mine)
            notebooks.did_save(str(notebook), mine)
            await until(lambda: link.merge is not None)
            await notebooks.take(str(notebook), Take.BOTH)
            await until(lambda: link.merge is None and link.state in ARRIVED)
            assert "choice-not-kept" not in codes(link)
        finally:
            await notebooks.close()

    asyncio.run(scenario())
    assert all(it in read(notebook) for it in (":mine", ":theirs"))


@pytest.mark.fault(
    "ourselves",
    "the state folder is full",
    during="a save",
    sees="not_kept",
    recovers="with the next save, once there is room",
)
def test_a_save_of_which_no_version_can_be_kept_is_told(
    notebook: Path, livebook: StandIn, environ: dict[str, str], tmp_path: Path
) -> None:
    first, second = (CANONICAL.replace("1 + 1", it) for it in (":first", ":second"))
    state = tmp_path / "state"

    async def scenario() -> None:
        notebooks = Notebooks(Settings(), environ, lambda _: None)
        try:
            link = notebooks.did_open(str(notebook), CANONICAL)
            await until(lambda: link.state in ARRIVED)
            put_in_place_of(state)
            write(notebook, first)
            notebooks.did_save(str(notebook), first)
            await until(lambda: holds(livebook, notebook, first) and link.state in ARRIVED)
            assert codes(link) == ["not-kept"]
            state.unlink()
            write(notebook, second)
            notebooks.did_save(str(notebook), second)
            await until(lambda: holds(livebook, notebook, second) and link.state in ARRIVED)
            # Livebook may write the first over the second just then, which is put back and told.
            assert "not-kept" not in codes(link)
        finally:
            await notebooks.close()

    asyncio.run(scenario())


@pytest.mark.fault(
    "ourselves",
    "the state folder is full",
    during="a save that would replace what was edited in the browser",
    sees="browser_not_kept",
    recovers="with the next save, once there is room, or by **Sync anyway**",
)
@pytest.mark.parametrize("has_room_again", [True, False])
def test_what_the_browser_has_is_not_replaced_where_it_cannot_be_kept(
    notebook: Path,
    livebook: StandIn,
    environ: dict[str, str],
    tmp_path: Path,
    *,
    has_room_again: bool,
) -> None:
    mine, theirs = (CANONICAL.replace("1 + 1", it) for it in (":mine", ":theirs"))
    state = tmp_path / "state"

    async def scenario() -> None:
        notebooks = Notebooks(Settings(merge=MergeMode.NEVER), environ, lambda _: None)
        try:
            link = notebooks.did_open(str(notebook), CANONICAL)
            await until(lambda: link.state in ARRIVED)
            put_in_place_of(state)
            livebook.edit_session(notebook, theirs)
            write(notebook, mine)
            notebooks.did_save(str(notebook), mine)
            await until(lambda: link.state is State.HELD)
            assert holds(livebook, notebook, theirs)
            assert "browser-not-kept" in codes(link)
            if has_room_again:
                state.unlink()
                notebooks.did_save(str(notebook), mine)
            else:
                await notebooks.sync_anyway(str(notebook))
            await until(lambda: holds(livebook, notebook, mine) and link.state in ARRIVED)
            assert "browser-not-kept" not in codes(link)
        finally:
            await notebooks.close()

    asyncio.run(scenario())
