"""What others put in the file's place, as git does, is theirs, also just behind a save."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from livebook_ls.livebook.connection import Connection
from livebook_ls.settings import Settings
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.lost_texts import LostTexts
from livebook_ls.sync.exchange.overwritten_save import ProtectedSave
from livebook_ls.sync.exchange.write_back import WriteBack
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from tests.conftest import CANONICAL
from tests.support.at_rest import asked, opened, until_one
from tests.support.command import PROGRAM

SAVED = CANONICAL.replace("1 + 1", "2 + 2")
LATER = CANONICAL.replace("1 + 1", "3 + 3")
# What the server asks where a write-back is late.
_SYNC, _LATE = "/dev/sync", "/dev/restamp"

pytestmark = pytest.mark.skipif(os.name == "nt", reason="what is open can't be replaced on Windows")


def check_out(path: Path, text: str) -> None:
    """Replace the file as git does, which makes a new one of the same name."""
    path.unlink()
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def pinned(tmp_path: Path) -> NotebookLink:
    """A notebook whose file was read as `SAVED`, and sent."""
    path = tmp_path / "note.livemd"
    path.write_text(SAVED, encoding="utf-8")
    link = NotebookLink(str(path), lambda _: None)
    link.sent.extend((CANONICAL, SAVED))
    assert link.pinned.pin(link.path, notebook_file.read(link.path))
    return link


def files_open(path: str, process: str = "self") -> int:
    """How many descriptors a process has of a file, which has this name or had it."""
    found = 0
    for descriptor in list(Path(f"/proc/{process}/fd").iterdir()):
        # Another thread closes some meanwhile, and the one that listed them is closed by now.
        with contextlib.suppress(FileNotFoundError):
            found += path in str(descriptor.readlink())
    return found


@pytest.mark.fault(
    "files",
    "git brings back what the session had before a save",
    during="Livebook is told of that save",
    shows="that the save is no longer in the file",
    recovers="the session follows; the save is among the earlier versions",
)
def test_what_is_checked_out_while_a_save_is_sent_is_not_undone(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    with livebook.holding(HoldPoint.SYNC) as until_held:
        editor.save(uri, notebook, SAVED)
        until_held(1)
        check_out(notebook, CANONICAL)
    editor.wait_for(
        lambda: "save-overwritten" in [it["code"] for it in editor.diagnostics[uri]],
        "that the save is lost",
    )
    editor.wait_for_state(uri, "inSync")
    until_one(editor, livebook, notebook, CANONICAL)


@pytest.mark.slow
def test_nor_is_what_is_checked_out_while_livebook_takes_its_time(
    start_editor: Callable[..., Editor],
    closed_livebook: StandIn,
    closed_environ: dict[str, str],
    notebook: Path,
) -> None:
    editor = start_editor(environ=closed_environ)
    uri = opened(editor, closed_livebook, notebook)
    closed_livebook.clear_requests()
    with closed_livebook.holding(HoldPoint.SAVE) as until_held:
        editor.save(uri, notebook, SAVED)
        until_held(1)
        editor.wait_for(lambda: asked(closed_livebook, _LATE), "the question for what is late")
        check_out(notebook, CANONICAL)
        editor.wait_for(lambda: asked(closed_livebook, _SYNC) == 2, "another sync")
        assert notebook.read_text(encoding="utf-8") == CANONICAL


def test_what_a_save_has_given_way_to_is_not_undone_for_being_older(
    environ: dict[str, str], tmp_path: Path
) -> None:
    path, kept = tmp_path / "note.livemd", KeptTexts(StateFolder(environ))
    path.write_text(CANONICAL, encoding="utf-8")
    kept.keep(str(path), CANONICAL, VersionOrigin.SAVED)
    link = NotebookLink(str(path), lambda _: None)
    save = ProtectedSave(link, SAVED, kept, lambda _: False)
    save.give_way(CANONICAL)
    save.look()

    assert path.read_text(encoding="utf-8") == CANONICAL


@pytest.mark.slow
@pytest.mark.parametrize("is_missed", [False, True])
def test_a_save_that_replaces_the_file_is_no_checkout(
    editor: Editor, livebook: StandIn, notebook: Path, is_missed: bool
) -> None:
    uri = opened(editor, livebook, notebook)
    with livebook.holding(HoldPoint.SAVE) as until_held:
        editor.save(uri, notebook, SAVED)
        until_held(1)
        # Its word of that comes late, when Livebook has written over it.
        notebook.unlink()
        if is_missed:
            # The sync before fails for that; another try of it must not take this save's place.
            editor.wait_for_state(uri, "failed")
        notebook.write_text(LATER, encoding="utf-8")
        livebook.release(HoldPoint.SAVE)
        livebook.wait_settled()
    editor.change(uri, LATER)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}, "text": LATER})

    until_one(editor, livebook, notebook, LATER)
    editor.wait_for_state(uri, "inSync")


def test_what_livebook_writes_into_the_file_is_undone_as_ever(
    pinned: NotebookLink, environ: dict[str, str]
) -> None:
    path = Path(pinned.path)
    save = ProtectedSave(pinned, SAVED, KeptTexts(StateFolder(environ)), lambda _: False)
    path.write_text(CANONICAL, encoding="utf-8")
    save.look()

    assert path.read_text(encoding="utf-8") == SAVED


def test_what_replaces_the_file_is_not_undone_but_for_a_save_after_it(
    pinned: NotebookLink, environ: dict[str, str]
) -> None:
    path, kept = Path(pinned.path), KeptTexts(StateFolder(environ))
    save = ProtectedSave(pinned, SAVED, kept, lambda _: False)
    check_out(path, CANONICAL)
    save.look()
    assert path.read_text(encoding="utf-8") == CANONICAL

    # Nobody has seen the file as this one was saved: Livebook may have written over it.
    ProtectedSave(pinned, LATER, kept, lambda _: False).look()
    assert path.read_text(encoding="utf-8") == LATER


def take_back(link: NotebookLink, environ: dict[str, str], overwritten: str) -> str:
    """What the file has, after Livebook's form of `SAVED` came to lie over this and was seen."""
    path = Path(link.path)
    check_out(path, overwritten)
    others = notebook_file.read(link.path)
    path.write_text(SAVED, encoding="utf-8")
    form = notebook_file.read(link.path)
    written = WriteBack(form, NotebookText(SAVED), form, others, None, (others,))
    with ThreadPoolExecutor(1) as threads:
        talk = Talk(Connection(Settings(), environ), threads)
        lost = LostTexts(talk, lambda _: False, KeptTexts(StateFolder(environ)))
        asyncio.run(lost.take_back(link, NotebookText(SAVED), written))
    return path.read_text(encoding="utf-8")


def test_what_livebook_writes_over_such_a_file_gives_way(
    pinned: NotebookLink, environ: dict[str, str]
) -> None:
    assert take_back(pinned, environ, CANONICAL) == CANONICAL


def test_a_file_that_is_only_begun_does_not_come_back(
    pinned: NotebookLink, environ: dict[str, str]
) -> None:
    assert take_back(pinned, environ, SAVED[:20]) == SAVED


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nobody tells what is open")
def test_nothing_stays_open_once_a_save_is_settled(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(program=PROGRAM)
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, SAVED)
    until_one(editor, livebook, notebook, SAVED)
    editor.wait_for(lambda: files_open(str(notebook), str(editor.process.pid)) == 0, "it closed")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="nobody tells what is open")
def test_of_one_notebook_no_more_than_one_file_is_open(pinned: NotebookLink) -> None:
    assert files_open(pinned.path) == 1
    assert pinned.pinned.pin(pinned.path, notebook_file.read(pinned.path))
    assert files_open(pinned.path) == 1
    check_out(Path(pinned.path), LATER)
    assert pinned.pinned.pin(pinned.path, notebook_file.read(pinned.path))
    assert files_open(pinned.path) == 1
    pinned.pinned.release()
    assert files_open(pinned.path) == 0
