"""A save whose process ended before it was sent, and over which its session has saved: the next one
that looks at the notebook says so.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from tests.support.at_rest import opened, until_one
from tests.support.command import run

BASE = "# Note\n\n## One\n\nSome prose.\n\n```elixir\none = 1\n```\n"
SAVED = BASE.replace("one = 1", "one = 11")
TYPED = BASE.replace("Some prose", "Some prose of the browser's")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BASE, encoding="utf-8")
    return path


def save_and_die(livebook: StandIn, environ: dict[str, str], notebook: Path) -> None:
    """What is left of a server that was killed right after it was told of a save."""
    run("open", notebook, environ=environ)
    run("sync", notebook, environ=environ)
    livebook.edit_session(notebook, TYPED, is_typed=True)
    notebook.write_text(SAVED, encoding="utf-8")
    KeptTexts(StateFolder(environ)).keep(str(notebook), SAVED, VersionOrigin.SAVED)


def overwritten(editor: Editor, uri: str) -> bool:
    return "save-overwritten" in [it["code"] for it in editor.diagnostics.get(uri, [])]


@pytest.mark.fault(
    "ourselves",
    "our process ends between a save and its sync",
    during="the session saves over it",
    sees="overwritten",
    recovers="by **Restore my version**",
)
def test_it_is_told_where_the_session_has_saved_over_it(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    environ: dict[str, str],
    notebook: Path,
) -> None:
    save_and_die(livebook, environ, notebook)
    livebook.save_session(notebook)
    assert notebook.read_text(encoding="utf-8") == TYPED
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for(lambda: overwritten(editor, uri), "the word of the save")

    editor.wait_for_state(uri, "inSync")
    assert notebook.read_text(encoding="utf-8") == TYPED


def test_a_command_tells_it_once(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    save_and_die(livebook, environ, notebook)
    livebook.save_session(notebook)
    then = run("sync", notebook, environ=environ)
    again = run("sync", notebook, environ=environ)

    assert "after your save" in then.stderr
    assert "after your save" not in again.stderr


def test_nothing_is_told_where_the_file_has_it(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    save_and_die(livebook, environ, notebook)
    then = run("sync", notebook, environ=environ)

    assert (then.returncode, then.stderr) == (0, "")


def test_nothing_is_told_of_a_save_that_was_synced(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    environ: dict[str, str],
    notebook: Path,
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, SAVED)
    until_one(editor, livebook, notebook, SAVED)
    editor.close()
    livebook.edit_session(notebook, TYPED, is_typed=True)
    livebook.save_session(notebook)
    then = run("sync", notebook, environ=environ)

    assert then.stderr == ""


@pytest.mark.parametrize("is_closed", [False, True])
def test_it_is_told_where_livebook_took_no_syncs_meanwhile(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, is_closed: bool
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.faults = Faults(is_off=True)
    livebook.edit_session(notebook, TYPED, is_typed=True)
    editor.save(uri, notebook, SAVED)
    editor.wait_for_state(uri, "refused")
    livebook.save_session(notebook)
    if is_closed:
        livebook.close_session(notebook)
    livebook.faults = Faults()

    editor.wait_for(
        lambda: overwritten(editor, uri) or "one = 11" in notebook.read_text(encoding="utf-8"),
        "the save, or the word of it",
    )
