"""A conflict that an editor holds may be settled by another of ours, as by a command."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import Settings
from livebook_ls.standin import StandIn
from livebook_ls.standin.editor import Editor
from livebook_ls.sync.background.external_changes import Watch
from livebook_ls.sync.link import State
from livebook_ls.sync.notebooks import Notebooks
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


@pytest.mark.parametrize("takes", [Take.MINE, Take.THEIRS, Take.BOTH])
@pytest.mark.parametrize("took", [Take.MINE, Take.THEIRS])
def test_a_choice_that_comes_later_is_told_to_take_nothing(
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    took: Take,
    takes: Take,
) -> None:
    # So that nobody looks at the file in between.
    monkeypatch.setattr(Watch, "start", lambda *_: None)

    async def check() -> None:
        ours, others = (Notebooks(Settings(), environ, lambda _: None) for _ in range(2))
        path = str(notebook)
        link, other = ours.did_open(path, BASE), others.did_open(path, BASE)
        await asyncio.gather(ours.idle(path), others.idle(path))
        livebook.edit_session(notebook, THEIRS, is_typed=True)
        await asyncio.to_thread(notebook.write_text, MINE, encoding="utf-8")
        for it in (ours, others):
            it.did_save(path, MINE)
            await it.idle(path)
        assert link.state is other.state is State.HELD
        await others.operations.settle_merge(other, None, took)
        await ours.operations.settle_merge(link, None, takes)

        assert [it.code for it in link.findings] == ["settled-elsewhere"]
        await ours.operations.settle_merge(link, None, takes)
        assert [it.code for it in link.findings] == ["settled-elsewhere"]
        await asyncio.gather(ours.close(), others.close())

    asyncio.run(check())
    session = livebook.session(notebook)

    assert session is not None
    wanted = MINE if took is Take.MINE else THEIRS
    assert notebook.read_text(encoding="utf-8") == session.text == wanted
