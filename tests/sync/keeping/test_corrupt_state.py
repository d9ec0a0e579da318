"""What others left in the state folder is not believed: what makes no sense is as if not there."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from livebook_ls import clock
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.keeping.kept_texts import CommonText, KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder, write_private
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from livebook_ls.sync.keeping.version_files import VersionOrigin
from tests.support.command import run
from tests.support.step_kills import AFTER, BEFORE, HALFWAY

PATH = "/n.livemd"
ENTRY = StepEntry(
    path=PATH,
    final=AFTER,
    mtime_ns=0,
    halfway=HALFWAY,
    before=BEFORE,
    session_path="/sessions/abc",
    begun_s=0.0,
)
DEEP = b"[" * 100_000
PIPE = b"a pipe"
needs_pipes = pytest.mark.skipif(os.name == "nt", reason="there are no such files on Windows")
COMMON = [
    DEEP,
    b"[1, 2]",
    b"null",
    b'{"session": 5, "text": 7}',
    b'{"session": null, "text": null}',
    b'{"session": ["a"], "text": "words"}',
    b'{"session": "http://elsewhere.example/x", "text": "words"}',
    b'{"session": "/sessions/../../x", "text": "words"}',
    pytest.param(PIPE, marks=needs_pipes),
]
WRONG_FIELDS: list[dict[str, Any]] = [
    {"path": 5},
    {"path": "/n\0.livemd"},
    {"path": "/\ud800.livemd"},
    {"final": 5},
    {"final": "\ud800"},
    {"halfway": None},
    {"halfway": "\udfff"},
    {"before": 1},
    {"mtime_ns": "x"},
    {"mtime_ns": 1.5},
    {"mtime_ns": 10**40},
    {"mtime_ns": True},
    {"session_path": 7},
    {"session_path": "http://elsewhere.example/../x"},
    {"begun_s": "x"},
    {"begun_s": 10**400},
    {"begun_s": float("nan")},
    {"is_halfway_held": 1},
    {"tries": "1"},
    {"unknown": 1},
]
JOURNALS = [
    DEEP,
    b"[1, 2]",
    b"7",
    *(json.dumps(asdict(ENTRY) | it).encode() for it in WRONG_FIELDS),
    pytest.param(PIPE, marks=needs_pipes),
]
NAMES = [
    f"{'9' * 200}-saved-{'0' * 16}.livemd",
    f"{'9' * 20}-saved-{'0' * 16}.livemd",
    f"{'9' * 19}-saved-{'0' * 16}.livemd",
    "²-saved-0123.livemd",
    "01700000000000000000-saved.livemd",
    "01700000000000000000.livemd",
    "zz-saved-x.livemd",
]


@pytest.fixture
def folder(tmp_path: Path) -> StateFolder:
    return StateFolder({"XDG_STATE_HOME": str(tmp_path / "state")})


def leave(file: Path, content: bytes) -> None:
    """Leave a file, or a pipe, where we would keep something."""
    if content == PIPE:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.unlink(missing_ok=True)
        os.mkfifo(file)
    else:
        write_private(file, content)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("content", COMMON)
def test_a_common_text_that_makes_no_sense_is_none(folder: StateFolder, content: bytes) -> None:
    leave(folder.of(PATH) / "common.json", content)
    kept = KeptTexts(folder)

    assert kept.common(PATH) is None
    kept.share(PATH, "words\n", "/base/sessions/abc")
    assert KeptTexts(folder).common(PATH) == CommonText("words\n", "/base/sessions/abc")


@pytest.mark.timeout(60)
@pytest.mark.parametrize("content", JOURNALS)
def test_steps_that_make_no_sense_are_none(folder: StateFolder, content: bytes) -> None:
    leave(folder.of(PATH) / "two-steps.json", content)
    journal = StepJournal(folder)

    assert journal.find(PATH) is None
    assert journal.all() == []
    journal.begin(ENTRY)
    assert journal.find(PATH) == ENTRY
    assert journal.all() == [ENTRY]


@pytest.mark.parametrize("name", NAMES)
def test_what_is_not_called_like_a_version_is_none(folder: StateFolder, name: str) -> None:
    kept = KeptTexts(folder)
    kept.keep(PATH, "one\n", VersionOrigin.SAVED)
    write_private(folder.of(PATH) / "versions" / name, b"x")

    assert kept.keep(PATH, "two\n", VersionOrigin.SAVED)
    assert [kept.text(it) for it in kept.versions(PATH)] == ["two\n", "one\n"]


@needs_pipes
@pytest.mark.timeout(60)
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_is_no_file_is_no_version(folder: StateFolder, make: Callable[[Path], None]) -> None:
    kept = KeptTexts(folder)
    kept.keep(PATH, "one\n", VersionOrigin.SAVED)
    name = f"{clock.unix_ns() + 10**12:020d}-saved-{'0' * 16}.livemd"
    make(folder.of(PATH) / "versions" / name)
    for number in range(50):
        assert kept.keep(PATH, f"{number}\n", VersionOrigin.SAVED)

    found = [kept.text(it) for it in kept.versions(PATH)]
    assert found == [f"{it}\n" for it in range(49, 49 - len(found), -1)]
    assert 40 <= len(found) < 50


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "what was kept is no longer what we wrote, or no file",
    during="`sync` and `restore`",
    shows="nothing: it is as if it were not there",
    recovers="with the next sync, which keeps it anew",
)
@needs_pipes
@pytest.mark.timeout(120)
@pytest.mark.parametrize("content", [DEEP, PIPE, b'{"session": 5, "text": 7}'])
def test_commands_and_servers_go_on_beside_it(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    content: bytes,
) -> None:
    state = StateFolder(environ).of(str(notebook))

    def spoil() -> None:
        leave(state / "common.json", content)
        leave(state / "two-steps.json", content)
        leave(state / "versions" / NAMES[0], b"x")

    spoil()
    assert run("open", notebook, environ=environ).returncode == 0
    spoil()
    synced = run("sync", notebook, environ=environ)
    listed = run("restore", notebook, environ=environ)

    assert (synced.returncode, synced.stderr) == (0, "")
    assert "Traceback" not in listed.stderr
    spoil()
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    text = notebook.read_text(encoding="utf-8") + "\nMore.\n"
    editor.save(uri, notebook, text)
    editor.wait_for(
        lambda: (it := livebook.session(notebook)) is not None and "More." in it.text,
        "the save in the session",
    )


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "we are killed, and the link is gone by which the notebook was open",
    during="between two steps",
    shows="the file as it was saved",
    recovers="by whoever of ours comes next",
)
@needs_pipes
@pytest.mark.parametrize("is_known_by_link", [True, pytest.param(False, marks=pytest.mark.slow)])
@pytest.mark.parametrize("next_comer", ["server", "command"])
def test_steps_are_ended_though_their_link_is_gone(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    is_known_by_link: bool,
    next_comer: str,
) -> None:
    folder = StateFolder(environ)
    journal = StepJournal(folder)
    notebook.write_text(BEFORE, encoding="utf-8")
    assert run("open", notebook, environ=environ).returncode == 0
    livebook.wait_settled()
    link = notebook.with_name("link.livemd")
    link.symlink_to(notebook)
    session = livebook.session(notebook)
    assert session
    entry = replace(ENTRY, path=str(link), session_path=f"/sessions/{session.id}")
    if is_known_by_link:
        # As it was written before.
        content = json.dumps(asdict(entry)).encode()
        write_private(folder.of(str(link)) / "two-steps.json", content)
    else:
        journal.begin(entry)
    notebook.write_text(HALFWAY, encoding="utf-8")
    link.unlink()
    if next_comer == "server":
        editor = start_editor()
        editor.wait_for_state(uri := editor.open(notebook), "inSync")
        # Which ends the steps only once Livebook has written all that it read.
        livebook.save_session(notebook)
        editor.command("livebook.sync", uri)
        editor.wait_for(lambda: not journal.find(str(notebook)), "the end of the steps")
    else:
        done = run("sync", notebook, environ=environ)
        assert (done.returncode, done.stderr) == (0, "")
    livebook.wait_settled()
    kept = KeptTexts(folder)

    assert notebook.read_text(encoding="utf-8") == AFTER
    assert journal.find(str(notebook)) is None
    assert AFTER in [kept.text(it) for it in kept.versions(str(notebook))]
