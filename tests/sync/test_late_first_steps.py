"""Livebook writes the first of two steps late, when whoever made it is dead: nothing is lost."""

from __future__ import annotations

import asyncio
import subprocess
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.finding.addresses import read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.settings import Settings
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.sync.exchange.two_steps import TwoSteps
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.keeping.turns import Turns
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from tests.support.at_rest import holds, until_one
from tests.support.command import run
from tests.support.step_kills import AFTER, BEFORE, HALFWAY

NEWER = AFTER.replace("## Two", "## Newer")


@dataclass(frozen=True, slots=True)
class Left:
    """What a process leaves that dies once it has made the first step."""

    entry: StepEntry
    journal: StepJournal
    client: Livebook

    def begin(self) -> None:
        """Make the first step, so far as that goes."""
        self.journal.begin(self.entry)
        Path(self.entry.path).write_text(HALFWAY, encoding="utf-8")
        self.client.sync(self.entry.path)


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BEFORE, encoding="utf-8")
    return path


@pytest.fixture
def left(livebook: StandIn, environ: dict[str, str], notebook: Path) -> Iterator[Left]:
    """The session holds the text from before the two steps, and has saved it."""
    client = Livebook(read_address(livebook.url, "test"))
    session_path = client.open(str(notebook))
    livebook.save_session(notebook)
    entry = StepEntry(
        path=str(notebook),
        final=AFTER,
        mtime_ns=notebook.stat().st_mtime_ns,
        halfway=HALFWAY,
        before=BEFORE,
        session_path=session_path,
        # Long enough ago that only what Livebook shows makes anybody wait.
        begun_s=clock.unix_s() - 60,
    )
    yield Left(entry, StepJournal(StateFolder(environ)), client)
    client.close()


@contextmanager
def meanwhile(
    *arguments: object, environ: dict[str, str]
) -> Iterator[list[subprocess.CompletedProcess[str]]]:
    """Run the program beside the block; what it came to is in the list after that."""
    done: list[subprocess.CompletedProcess[str]] = []
    beside = threading.Thread(target=lambda: done.append(run(*arguments, environ=environ)))
    beside.start()
    try:
        yield done
    finally:
        beside.join()


def until_looked_at(livebook: StandIn, path: Path, times: int) -> None:
    """Wait until somebody has asked so often whether the session has saved."""
    session = livebook.session(path)
    assert session
    page = f"/sessions/{session.id}"
    looked = threading.Event()
    while sum(it.target == page for it in livebook.requests) < times:
        looked.wait(0.01)


@pytest.mark.fault(
    "ourselves",
    "we are killed",
    during="Livebook has yet to write the first of two steps",
    shows="the file as it was saved",
    recovers="by whoever of ours comes next",
)
@pytest.mark.parametrize("text", [AFTER, NEWER])
def test_who_comes_next_waits_until_livebook_has_written_the_first_step(
    left: Left, livebook: StandIn, notebook: Path, environ: dict[str, str], text: str
) -> None:
    with livebook.holding(HoldPoint.SAVE) as wait_for:
        left.begin()
        wait_for(1)
        if text != AFTER:
            notebook.write_text(text, encoding="utf-8")
        livebook.clear_requests()
        with meanwhile("sync", notebook, environ=environ) as done:
            until_looked_at(livebook, notebook, 3)
            assert holds(livebook, notebook, HALFWAY)
            livebook.release(HoldPoint.SAVE)
    livebook.wait_settled()

    assert done[0].returncode == 0, done[0].stderr
    assert notebook.read_text(encoding="utf-8") == text
    assert holds(livebook, notebook, text)


class SavingTalk(Talk):
    """Of a Livebook that writes the first step in the moment in which it is asked."""

    async def has_saved(self, link: NotebookLink) -> bool:
        Path(link.path).write_text(HALFWAY, encoding="utf-8")  # noqa: ASYNC240 — a small file
        return True

    async def session_text(self, link: NotebookLink, *, is_needed: bool = False) -> None:
        assert link.path
        assert not is_needed


def test_what_is_written_just_as_livebook_says_so_is_put_right(
    left: Left, notebook: Path, environ: dict[str, str]
) -> None:
    folder = StateFolder(environ)
    left.journal.begin(left.entry)
    notebook.write_text(NEWER, encoding="utf-8")
    with ThreadPoolExecutor(1) as threads:
        talk = SavingTalk(Connection(Settings(), environ), threads)
        steps = TwoSteps(talk, left.journal, KeptTexts(folder), Turns(folder))
        asyncio.run(steps.resume(NotebookLink(str(notebook), lambda _: None)))

    assert notebook.read_text(encoding="utf-8") == NEWER


class HidingTalk(Talk):
    """Of a Livebook that shows no sessions, and has none when it is asked to read the file."""

    asked = 0

    async def has_saved(self, link: NotebookLink) -> None:
        assert link.path

    async def session_text(self, link: NotebookLink, *, is_needed: bool = False) -> None:
        assert link.path
        assert not is_needed

    async def ask_session(self, link: NotebookLink) -> bool:
        assert link.path
        self.asked += 1
        return False


@pytest.mark.parametrize("is_held", [False, True])
def test_where_nothing_is_shown_only_a_step_that_was_seen_is_taken_for_made(
    left: Left, notebook: Path, environ: dict[str, str], is_held: bool
) -> None:
    folder, link = StateFolder(environ), NotebookLink(str(notebook), lambda _: None)
    left.journal.begin(replace(left.entry, is_halfway_held=is_held))
    notebook.write_text(HALFWAY, encoding="utf-8")
    with ThreadPoolExecutor(1) as threads:
        talk = HidingTalk(Connection(Settings(), environ), threads)
        steps = TwoSteps(talk, left.journal, KeptTexts(folder), Turns(folder))
        asyncio.run(steps.resume(link))

    assert notebook.read_text(encoding="utf-8") == AFTER
    assert talk.asked == (not is_held)
    assert (link.held is not None and link.held.text == HALFWAY) == is_held


@pytest.mark.slow
def test_nobody_says_in_sync_while_the_first_step_may_still_be_written(
    left: Left, livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    with livebook.holding(HoldPoint.SAVE) as wait_for:
        left.begin()
        wait_for(1)
        done = run("sync", notebook, environ=environ)
        assert notebook.read_text(encoding="utf-8") == AFTER
    livebook.wait_settled()

    assert done.returncode != 0
    assert "not shown yet" in done.stdout + done.stderr
    assert notebook.read_text(encoding="utf-8") == HALFWAY
    assert run("sync", notebook, environ=environ).returncode == 0
    livebook.wait_settled()
    assert notebook.read_text(encoding="utf-8") == AFTER
    assert holds(livebook, notebook, AFTER)


@pytest.mark.slow
@pytest.mark.parametrize("text", [BEFORE, HALFWAY])
def test_going_back_in_the_editor_is_no_remainder_of_two_steps(
    start_editor: Callable[..., Editor], left: Left, livebook: StandIn, notebook: Path, text: str
) -> None:
    left.begin()
    livebook.wait_settled()
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    until_one(editor, livebook, notebook, AFTER)
    # As if Livebook had not shown that it holds it.
    left.journal.begin(left.entry)
    editor.save(uri, notebook, text)

    until_one(editor, livebook, notebook, text)


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "we are killed",
    during="between two steps, and Livebook is gone",
    shows="the file as it was saved",
    recovers="by whoever of ours comes next",
)
def test_without_a_livebook_the_file_is_mended_and_that_is_told(
    left: Left, livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    left.begin()
    livebook.wait_settled()
    livebook.stop()
    done = run("sync", notebook, environ=environ)

    assert done.returncode != 0
    assert "No Livebook is running" in done.stderr
    assert "RuntimeError" not in done.stderr
    assert notebook.read_text(encoding="utf-8") == AFTER
