"""What others write into an open notebook, and is held back: it stays, and is told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from livebook_ls.agents import hook_sync
from livebook_ls.settings import Settings
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.link import State
from tests.support.at_rest import opened, until_one
from tests.support.command import run

BASE = """\
# Note

## One

Some prose.

```elixir
one = 1
```
"""
# As git leaves it, where both sides have changed a line.
MARKED = BASE.replace("one = 1\n", "<<<<<<< HEAD\none = 11\n=======\none = 111\n>>>>>>> other\n")
IN_THE_BROWSER = BASE.replace("Some prose", "Some prose of the browser's")


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BASE, encoding="utf-8")
    return path


def is_told(editor: Editor, uri: str) -> bool:
    return "merge-conflict" in {it["code"] for it in editor.diagnostics.get(uri, [])}


def has(path: Path, text: str) -> Callable[[], bool]:
    return lambda: path.read_text(encoding="utf-8") == text


@pytest.mark.slow
def test_it_is_told_to_an_editor_that_has_not_loaded_it_yet(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    notebook.write_text(MARKED, encoding="utf-8")
    editor.wait_for(lambda: is_told(editor, uri), "the word of the conflict")

    [finding] = editor.diagnostics[uri]
    assert finding["range"]["start"]["line"] == 0

    editor.change(uri, MARKED)
    editor.wait_for(
        lambda: editor.diagnostics[uri][0]["range"]["start"]["line"] == 7, "its own place"
    )


def test_what_the_session_saves_does_not_stay_in_its_place(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, IN_THE_BROWSER)
    notebook.write_text(MARKED, encoding="utf-8")
    editor.wait_for_state(uri, "held")
    livebook.save_session(notebook)

    editor.wait_for(has(notebook, MARKED), "the text that git wrote")
    editor.wait_for_state(uri, "held")
    editor.wait_for(lambda: is_told(editor, uri), "the word of the conflict")

    # Whoever settles it has both.
    editor.change(uri, MARKED)
    settled = BASE.replace("one = 1\n", "one = 11\n")
    editor.save(uri, notebook, settled)
    until_one(editor, livebook, notebook, settled.replace("prose", "prose of the browser's"))


def test_a_text_that_is_brought_back_in_its_place_stays(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, IN_THE_BROWSER)
    livebook.save_session(notebook)
    kept = KeptTexts(StateFolder(environ))

    def is_seen() -> bool:
        common = kept.common(str(notebook))
        return common is not None and common.text == IN_THE_BROWSER

    editor.wait_for(is_seen, "what the session saved seen")
    notebook.write_text(MARKED, encoding="utf-8")
    editor.wait_for_state(uri, "held")

    notebook.write_text(IN_THE_BROWSER, encoding="utf-8")
    editor.wait_for_state(uri, "inSync")
    assert notebook.read_text(encoding="utf-8") == IN_THE_BROWSER


@pytest.mark.slow
@pytest.mark.parametrize("has_saved", [False, True])
def test_the_browsers_version_stays_in_its_place_where_it_is_restored(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    *,
    has_saved: bool,
) -> None:
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, IN_THE_BROWSER)
    notebook.write_text(MARKED, encoding="utf-8")
    editor.wait_for_state(uri, "held")
    kept = KeptTexts(StateFolder(environ))

    def texts() -> list[str | None]:
        return [kept.text(it) for it in kept.versions(str(notebook))]

    editor.wait_for(lambda: IN_THE_BROWSER in texts(), "what the browser has is kept")
    editor.wait_for(lambda: is_told(editor, uri), "the word of the conflict")
    if has_saved:
        livebook.save_session(notebook)
        editor.wait_for(has(notebook, MARKED), "the text that git wrote")
    # Whatever the server keeps meanwhile moves the numbers.
    for _ in range(5):
        if notebook.read_text(encoding="utf-8") == IN_THE_BROWSER:
            break
        done = run("restore", notebook, texts().index(IN_THE_BROWSER) + 1, environ=environ)
        assert done.returncode == 0

    editor.wait_for_state(uri, "inSync")
    assert notebook.read_text(encoding="utf-8") == IN_THE_BROWSER


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "our process ends while a save is held back",
    during="Livebook's next autosave, which lies over it",
    sees="overwritten",
    recovers="by **Restore my version**",
)
@pytest.mark.parametrize("is_back_before", [True, False], ids=["back before", "back after"])
@pytest.mark.parametrize("kind", ["conflict", "guard"])
def test_a_save_that_was_held_when_its_server_ended_is_told_once_it_is_written_over(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    kind: str,
    is_back_before: bool,
) -> None:
    first = start_editor()
    uri = opened(first, livebook, notebook)
    in_the_browser = BASE.replace("one = 1", "one = 111")
    saved = BASE.replace("one = 1", "one = 11") if kind == "conflict" else MARKED
    livebook.edit_session(notebook, in_the_browser)
    first.save(uri, notebook, saved)
    first.wait_for_state(uri, "held")
    first.close()
    if is_back_before:
        editor = start_editor()
        editor.open(notebook)
        editor.wait_for(lambda: bool(editor.diagnostics.get(uri)), "what keeps them apart")
        livebook.save_session(notebook)
    else:
        livebook.save_session(notebook)
        editor = start_editor()
        editor.open(notebook)

    editor.wait_for(
        lambda: (
            "save-overwritten" in {it["code"] for it in editor.diagnostics.get(uri, [])}
            or has(notebook, saved)()
        ),
        "the save told, or back in its place",
    )
    if not has(notebook, saved)():
        assert editor.command("livebook.restore", uri) is True
        editor.wait_for(lambda: editor.texts[uri] == saved, "the save offered back")


def hold(livebook: StandIn, environ: dict[str, str], notebook: Path) -> None:
    """Have a command hold back what git has left."""
    run("open", notebook, environ=environ)
    livebook.wait_settled()
    notebook.write_text(MARKED, encoding="utf-8")
    assert run("sync", notebook, environ=environ).returncode == 1


def test_who_mends_what_was_held_back_from_a_command_has_lost_nothing(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    hold(livebook, environ, notebook)
    notebook.write_text(BASE.replace("one = 1", "one = 11"), encoding="utf-8")
    mended = run("sync", notebook, environ=environ)

    assert (mended.returncode, mended.stderr) == (0, "")
    assert "written" not in mended.stdout


@pytest.mark.fault(
    "ourselves",
    "our process ends while a save is held back",
    during="Livebook writes over it what file and session had before, as somebody may do by git",
    sees="held_gone",
    recovers="by `livebook-ls restore`",
)
def test_what_was_held_back_and_is_gone_is_told_by_the_next_command(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    hold(livebook, environ, notebook)
    livebook.edit_session(notebook, BASE)
    livebook.save_session(notebook)
    assert notebook.read_text(encoding="utf-8") == BASE
    then = run("sync", notebook, environ=environ)
    again = run("sync", notebook, environ=environ)

    assert then.returncode == 0
    assert "no longer has what was held back" in then.stdout
    assert "livebook-ls restore" in then.stdout
    assert "restore" not in again.stdout


def test_what_was_held_in_a_session_that_nobody_of_ours_has_opened_is_told_once_it_is_gone(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    httpx.post(f"{livebook.url}/dev/open", json={"file": str(notebook)}, timeout=30.0)
    notebook.write_text(BASE.replace("one = 1", "one = 11"), encoding="utf-8")
    [held] = asyncio.run(hook_sync.follow({str(notebook): None}, Settings(), environ, 10.0))
    assert held.state is State.HELD
    # It saves what it has, as one does that was only just opened.
    livebook.edit_session(notebook, MARKED)
    livebook.edit_session(notebook, BASE)
    livebook.save_session(notebook)
    assert notebook.read_text(encoding="utf-8") == BASE
    then = run("sync", notebook, environ=environ)
    again = run("sync", notebook, environ=environ)

    assert "after your save" in then.stderr
    assert "after your save" not in again.stderr


def test_what_somebody_restored_in_its_place_is_not(
    livebook: StandIn, environ: dict[str, str], notebook: Path
) -> None:
    httpx.post(f"{livebook.url}/dev/open", json={"file": str(notebook)}, timeout=30.0)
    notebook.write_text(BASE.replace("one = 1", "one = 11"), encoding="utf-8")
    [held] = asyncio.run(hook_sync.follow({str(notebook): None}, Settings(), environ, 10.0))
    assert held.state is State.HELD
    assert run("restore", notebook, "2", environ=environ).returncode == 0
    assert notebook.read_text(encoding="utf-8") == BASE
    then = run("sync", notebook, environ=environ)

    assert (then.returncode, then.stderr) == (0, "")
