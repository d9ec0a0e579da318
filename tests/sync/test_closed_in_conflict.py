"""A conflict is still to be decided once its session was closed in the browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin import StandIn
from livebook_ls.standin.editor import Editor
from tests.support.at_rest import opened, until_one

BASE = "# Note\n\n## One\n\n```elixir\none = 1\n```\n\n```elixir\ntwo = 2\n```\n"
MINE, THEIRS = BASE.replace("one = 1", "one = 11"), BASE.replace("one = 1", "one = 111")
TYPED_ON = THEIRS.replace("two = 2", "two = 22")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BASE, encoding="utf-8")
    return path


@pytest.mark.parametrize("typed_on", [THEIRS, TYPED_ON], ids=["at once", "typed on"])
@pytest.mark.parametrize("saves_again", [False, True])
@pytest.mark.parametrize("take", ["livebook.takeMine", "livebook.takeBrowsers"])
def test_it_is_decided_by_the_person_alone(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    typed_on: str,
    take: str,
    *,
    saves_again: bool,
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, THEIRS, is_typed=True)
    editor.save(uri, notebook, MINE)
    editor.wait_for_state(uri, "held")
    if typed_on is not THEIRS:
        livebook.edit_session(notebook, typed_on, is_typed=True)
    livebook.close_session(notebook)
    editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == MINE, "what is held, put back")
    ours = MINE
    if saves_again:
        ours = MINE.replace("# Note", "# Notes")
        editor.save(uri, notebook, ours)
    livebook.clear_requests()
    editor.command(take, uri)

    wanted = ours if take.endswith("Mine") else ours.replace("one = 11", "one = 111")
    if typed_on is TYPED_ON:
        # In no conflict with anything.
        wanted = wanted.replace("two = 2", "two = 22")
    until_one(editor, livebook, notebook, wanted)
