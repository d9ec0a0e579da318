"""A conflict that an editor holds may be settled by another of ours, as by a command."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin import StandIn
from livebook_ls.standin.editor import Editor
from tests.support.at_rest import opened, until_one
from tests.support.command import run

BASE = "# Note\n\n## One\n\n```elixir\none = 1\n```\n"
MINE, THEIRS = BASE.replace("= 1", "= 11"), BASE.replace("= 1", "= 111")
BOTH = MINE.rstrip() + "\n\n```elixir\none = 111\n```\n"
TAKEN = {"mine": MINE, "theirs": THEIRS, "both": BOTH}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BASE, encoding="utf-8")
    return path


@pytest.fixture
def held(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> tuple[Editor, str]:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, THEIRS, is_typed=True)
    editor.save(uri, notebook, MINE)
    editor.wait_for_state(uri, "held")
    return editor, uri


@pytest.mark.parametrize("take", TAKEN)
def test_what_a_command_takes_stays(
    held: tuple[Editor, str], livebook: StandIn, environ: dict[str, str], notebook: Path, take: str
) -> None:
    editor, uri = held
    done = run("sync", "--take", take, notebook, environ=environ)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(notebook)

    assert done.returncode == 0
    until_one(editor, livebook, notebook, TAKEN[take])
    assert editor.diagnostics.get(uri, []) == []


def test_the_same_conflict_is_held_once_more(
    held: tuple[Editor, str], livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    editor, uri = held
    run("sync", "--take", "mine", notebook, environ=environ)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, BASE)
    until_one(editor, livebook, notebook, BASE)
    livebook.edit_session(notebook, THEIRS, is_typed=True)
    editor.save(uri, notebook, MINE)
    editor.wait_for_state(uri, "held")
    livebook.save_session(notebook)

    editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == MINE, "what is held, put back")
