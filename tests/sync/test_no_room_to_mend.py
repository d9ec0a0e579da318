"""A text between two steps that finds no room to be put back: told, tried again, nothing else held
up.
"""

from __future__ import annotations

import contextlib
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.step_journal import StepEntry, StepJournal
from tests.conftest import CANONICAL
from tests.support.fork_server.program import quick_program

pytestmark = pytest.mark.slow

LONG = "".join(f"line {at} of a long cell\n" for at in range(400))
BEFORE = "# Note\n\n## Old\n\nx\n"
AFTER = f"# Note\n\n## New\n\n{LONG}\n## Old\n\nx\n"
HALFWAY = f"# Note\n\n## Old\n\nx\n\n## New\n\n{LONG}"
SAID = "Your text could not be put back into this file: no space left on device."


@pytest.fixture
def notebook(small_disk: Path, environ: dict[str, str]) -> Path:
    """As a death between two steps left it, just as the disk ran full."""
    path = small_disk / "note.livemd"
    path.write_text(HALFWAY[:4096], encoding="utf-8")
    entry = StepEntry(
        path=str(path),
        final=AFTER,
        mtime_ns=path.stat().st_mtime_ns,
        halfway=HALFWAY,
        before=BEFORE,
        session_path=None,
        begun_s=0.0,
    )
    StepJournal(StateFolder(environ)).begin(entry)
    filler = (small_disk / "filler").open("wb", buffering=0)
    with filler, contextlib.suppress(OSError):
        while filler.write(b"x" * 4096):
            pass
    return path


def make_room(notebook: Path) -> None:
    (notebook.parent / "filler").unlink()


def is_mended(notebook: Path) -> bool:
    return notebook.read_text(encoding="utf-8") == AFTER


def said(notebook: Path, environ: dict[str, str], *arguments: str) -> tuple[int, str]:
    """What a command comes to within the time that a person waits at the most."""
    done = subprocess.run(
        (*quick_program(environ), *arguments, notebook),
        env=environ,
        capture_output=True,
        encoding="utf-8",
        timeout=20,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_command_says_that_there_is_no_room_and_ends(
    notebook: Path, environ: dict[str, str]
) -> None:
    before = notebook.stat()
    code, text = said(notebook, environ, "sync")
    after = notebook.stat()
    _, versions = said(notebook, environ, "restore")

    assert (code, SAID in text) == (1, True)
    assert (after.st_mtime_ns, after.st_size) == (before.st_mtime_ns, before.st_size)
    assert f"{len(AFTER)}" in versions.replace(",", "")
    make_room(notebook)
    said(notebook, environ, "sync")
    assert is_mended(notebook)


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="between two steps",
    sees="steps_not_mended: no space left on device",
    recovers="by itself, once there is room",
)
def test_a_server_works_on_and_mends_the_file_once_there_is_room(
    start_editor: Callable[..., Editor], notebook: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.livemd"
    other.write_text(CANONICAL, encoding="utf-8")
    editor = start_editor()
    other_uri = editor.open(other)
    editor.wait_for_state(other_uri, "inSync")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "failed")
    found = editor.diagnostics[uri]
    params = {"textDocument": {"uri": other_uri}}

    assert [it["code"] for it in found] == ["steps-not-mended"]
    assert found[0]["message"].startswith(SAID)
    assert editor.request("textDocument/documentSymbol", params)
    make_room(notebook)
    editor.wait_for(lambda: is_mended(notebook), "the text put back")
    editor.wait_for_state(uri, "inSync")


def test_without_a_livebook_the_file_is_mended_too_once_there_is_room(
    start_editor: Callable[..., Editor], notebook: Path, environ: dict[str, str]
) -> None:
    environ["LIVEBOOK_URL"] = "http://127.0.0.1:9"
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "failed")
    make_room(notebook)
    editor.wait_for(lambda: is_mended(notebook), "the text put back")
    editor.wait_for_state(uri, "notRunning")
