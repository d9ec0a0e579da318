"""What people wrote in a session that they opened in Livebook itself outlives the first sync."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import run
from tests.support.git import commit_all

# Not opened by itself, since Livebook would write it otherwise.
LOOSE = "# Note\n## Section\n- one\n\n```elixir\n1 + 1\n```\n"
# Livebook drops the definition of the link.
UNSYNCABLE = LOOSE.replace("- one", "- one [and mine][a]\n\n[a]: https://a.example")
WORD = "typed_in_the_browser"


def open_in_livebook(livebook: StandIn, path: Path) -> None:
    """As by Livebook's own page."""
    answer = httpx.post(f"{livebook.url}/dev/open", json={"file": str(path)}, timeout=30.0)
    assert answer.status_code == 200


def type_in_browser(livebook: StandIn, path: Path) -> None:
    session = livebook.session(path)
    assert session is not None
    livebook.edit_session(path, session.text.replace("1 + 1", f"1 + 1\n# {WORD}"))


def held(livebook: StandIn, path: Path) -> str:
    session = livebook.session(path)
    assert session is not None
    return session.text


def save(editor: Editor, uri: str, path: Path) -> None:
    editor.change(uri, editor.texts[uri].replace("- one", "- one and mine"))
    editor.save(uri, path)


def was_kept(path: Path, environ: dict[str, str]) -> bool:
    shown = (run("restore", path, number, "--print", environ=environ) for number in (1, 2, 3))
    return any(WORD in it.stdout for it in shown)


def test_a_save_is_merged_with_a_session_that_was_opened_meanwhile(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    open_in_livebook(livebook, notebook)
    type_in_browser(livebook, notebook)
    save(editor, uri, notebook)
    editor.wait_for_state(uri, "inSync", "reformatted")

    for text in (held(livebook, notebook), notebook.read_text(encoding="utf-8")):
        assert WORD in text
        assert "one and mine" in text


def test_a_save_replaces_nothing_of_what_was_there_before_the_editor(
    editor: Editor, environ: dict[str, str], livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    open_in_livebook(livebook, notebook)
    type_in_browser(livebook, notebook)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "differs", "inSync", "reformatted")
    save(editor, uri, notebook)
    editor.wait_for_state(uri, "held", "inSync", "reformatted")

    told = {it["code"] for it in editor.diagnostics[uri]}
    assert WORD in held(livebook, notebook) or told & {"browser-overwritten"}
    assert was_kept(notebook, environ)


@pytest.mark.slow
@pytest.mark.parametrize("merge", ["ask", "never"])
def test_who_wants_no_merge_is_told_and_has_it_back(
    start_editor: Callable[..., Editor],
    environ: dict[str, str],
    livebook: StandIn,
    notebook: Path,
    merge: str,
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    editor = start_editor(settings={"merge": merge})
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    open_in_livebook(livebook, notebook)
    type_in_browser(livebook, notebook)
    save(editor, uri, notebook)
    editor.wait_for_state(uri, "inSync", "reformatted", "held")

    assert was_kept(notebook, environ)
    assert (WORD in held(livebook, notebook)) == (merge == "ask")


def test_a_session_that_nobody_edited_follows_without_a_word(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    open_in_livebook(livebook, notebook)
    save(editor, uri, notebook)
    editor.wait_for_state(uri, "inSync", "reformatted")

    assert "one and mine" in held(livebook, notebook)
    assert not editor.diagnostics[uri]


def test_the_first_sync_of_a_notebook_keeps_what_it_replaces(
    environ: dict[str, str], livebook: StandIn, notebook: Path
) -> None:
    open_in_livebook(livebook, notebook)
    type_in_browser(livebook, notebook)
    notebook.write_text(CANONICAL.replace("1 + 1", "1 + 2"), encoding="utf-8")
    done = run("sync", notebook, environ=environ)
    asked = [it.target.rpartition("/")[2] for it in livebook.requests]

    # What a second look finds would be replaced, and in nothing that was kept.
    assert asked[: asked.index("sync")].count("livemd") == 1
    assert "replaced what was edited in the browser" in done.stderr + done.stdout
    assert was_kept(notebook, environ)


def test_a_session_that_holds_what_git_has_follows_without_a_word(
    environ: dict[str, str], livebook: StandIn, notebook: Path
) -> None:
    commit_all(notebook.parent)
    open_in_livebook(livebook, notebook)
    notebook.write_text(CANONICAL.replace("1 + 1", "1 + 2"), encoding="utf-8")
    done = run("sync", notebook, environ=environ)

    assert done.returncode == 0
    assert "replaced" not in done.stderr + done.stdout
    assert "1 + 2" in held(livebook, notebook)


def test_a_session_that_holds_what_was_checked_out_before_follows_an_opened_file(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    commit_all(notebook.parent)
    open_in_livebook(livebook, notebook)
    # As a pull does that brings another version.
    notebook.write_text(LOOSE.replace("1 + 1", "1 + 2"), encoding="utf-8")
    commit_all(notebook.parent)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync", "reformatted")

    assert "1 + 2" in held(livebook, notebook)
    assert not editor.diagnostics[uri]


def test_a_session_that_was_closed_and_opened_anew_is_merged_with_too(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.close_session(notebook)
    open_in_livebook(livebook, notebook)
    type_in_browser(livebook, notebook)
    editor.change(uri, f"{editor.texts[uri]}\nand mine\n")
    editor.save(uri, notebook)
    editor.wait_for(
        lambda: "and mine" in held(livebook, notebook) and WORD in held(livebook, notebook),
        "both in the session",
        30.0,
    )


def test_opening_a_notebook_replaces_nothing_of_its_session(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    open_in_livebook(livebook, notebook)
    type_in_browser(livebook, notebook)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "differs")

    assert WORD in held(livebook, notebook)
    assert not any(it.target.endswith("/dev/sync") for it in livebook.requests)
    save(editor, uri, notebook)
    editor.wait_for_state(uri, "held")
    assert WORD in held(livebook, notebook)
    assert {it["code"] for it in editor.diagnostics[uri]} == {"browser-conflict"}


def test_a_held_save_that_a_session_writes_over_goes_back(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    open_in_livebook(livebook, notebook)
    editor.change(uri, UNSYNCABLE)
    editor.save(uri, notebook)
    editor.wait_for_state(uri, "held")
    livebook.save_session(notebook)
    editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == UNSYNCABLE, "it back")

    assert "link-definition" in {it["code"] for it in editor.diagnostics[uri]}


def test_a_held_save_that_a_session_of_others_writes_over_is_told(
    editor: Editor, environ: dict[str, str], livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(LOOSE, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    livebook.clear_requests()
    editor.change(uri, UNSYNCABLE)
    editor.save(uri, notebook)
    editor.wait_for_state(uri, "held")
    # Else it would still be met by that save, and what it writes be put back.
    editor.wait_for(
        lambda: any(it.target == "/" and it.ended_s for it in livebook.requests),
        "the question who has opened it",
    )
    open_in_livebook(livebook, notebook)
    livebook.save_session(notebook)
    editor.wait_for(
        lambda: "save-overwritten" in {it["code"] for it in editor.diagnostics[uri]},
        "the loss told",
        20.0,
    )

    shown = run("restore", notebook, 1, "--print", environ=environ)
    assert shown.stdout == UNSYNCABLE


@pytest.mark.slow
@pytest.mark.parametrize("text", [CANONICAL, LOOSE], ids=["in Livebook's form", "in another"])
def test_a_session_that_has_saved_all_that_it_holds_is_older_than_the_file(
    editor: Editor, environ: dict[str, str], livebook: StandIn, notebook: Path, text: str
) -> None:
    notebook.write_text(text, encoding="utf-8")
    open_in_livebook(livebook, notebook)
    livebook.save_session(notebook)
    livebook.wait_settled()
    # By whoever tells nobody of it.
    notebook.write_text(text.replace("1 + 1", "1 + 2"), encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "differs", "inSync", "reformatted")
    editor.save(uri, notebook)
    editor.wait_for(lambda: "1 + 2" in held(livebook, notebook), "the session following", 30.0)
    editor.wait_for(lambda: not editor.diagnostics[uri], "nothing told any more")

    shown = (run("restore", notebook, number, "--print", environ=environ) for number in (1, 2, 3))
    assert any("1 + 1" in it.stdout for it in shown)
