"""Opened in Livebook, a notebook stays as it is for its editor, until that saves it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from livebook_ls.settings import Settings
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.notebooks import Notebooks
from tests.conftest import CANONICAL, clean_environ
from tests.support.at_rest import opened, until_one, until_written_back

LOOSE = "# Note\n## Section\n- one\n\n```elixir\n1 + 1\n```\n"


@pytest.fixture
def loose(notebook: Path) -> Path:
    """A notebook that Livebook would write otherwise."""
    notebook.write_text(LOOSE, encoding="utf-8")
    return notebook


def until_written(editor: Editor, livebook: StandIn, path: Path) -> None:
    """Livebook's first save, where it has not been made to write yet, is over."""
    session = livebook.session(path)
    if session is None or not session.saves:
        livebook.save_session(path)
    editor.wait_for(lambda: (it := livebook.session(path)) and it.saves, "Livebook's first save")
    livebook.wait_settled()


@pytest.mark.parametrize("is_stamped", [False, True])
def test_an_open_leaves_bytes_and_time(
    editor: Editor, livebook: StandIn, loose: Path, *, is_stamped: bool
) -> None:
    if is_stamped:
        loose.write_text(livebook.stamp(CANONICAL), encoding="utf-8")
    before, time_ns = loose.read_bytes(), loose.stat().st_mtime_ns
    uri = editor.open(loose)
    editor.wait_for_state(uri, "detached")
    status = editor.command("livebook.open", uri)
    until_written(editor, livebook, loose)
    editor.wait_for(lambda: loose.stat().st_mtime_ns == time_ns, "the file's time put back")

    assert status["state"] == "inSync"
    assert loose.read_bytes() == before
    assert editor.status(uri)["state"] == "inSync"
    assert editor.texts[uri] == before.decode()


def test_a_version_that_is_kept_of_a_notebook_gets_no_session(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    kept = KeptTexts(StateFolder(environ))
    kept.keep(str(notebook), CANONICAL, VersionOrigin.SAVED)
    version = kept.versions(str(notebook))[0].file
    editor = start_editor(settings={"openOnDidOpen": "always"})
    editor.open(version)
    editor.wait_for_state(editor.open(notebook), "inSync")

    assert livebook.session(notebook) is not None
    assert livebook.session(version) is None


def test_that_a_session_is_being_opened_is_told_meanwhile(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    with livebook.holding(HoldPoint.OPEN) as wait_for:
        uri = editor.open(notebook)
        wait_for(1)
        editor.wait_for_state(uri, "opening")
    editor.wait_for_state(uri, "inSync")


def test_an_open_leaves_them_also_where_sessions_cannot_be_looked_at(
    editor: Editor, livebook: StandIn, loose: Path
) -> None:
    time_ns = loose.stat().st_mtime_ns
    livebook.faults = Faults(reply=Reply.ERROR_500, under="/sessions/")
    uri = editor.open(loose)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", uri)
    until_written(editor, livebook, loose)
    editor.wait_for(lambda: loose.stat().st_mtime_ns == time_ns, "the file's time put back")

    assert loose.read_text(encoding="utf-8") == LOOSE


@pytest.mark.slow
def test_a_session_that_is_found_leaves_them_too(
    start_editor: Callable[..., Editor], livebook: StandIn, loose: Path
) -> None:
    livebook.restart(replace(livebook.settings, timing=Timing(autosave_s=60.0, save_s=0.005)))
    first = start_editor()
    uri = first.open(loose)
    first.wait_for_state(uri, "detached")
    first.command("livebook.open", uri)
    first.close()
    time_ns = loose.stat().st_mtime_ns
    second = start_editor()
    second.open(loose)
    second.wait_for_state(uri, "inSync")

    assert loose.read_text(encoding="utf-8") == LOOSE
    assert loose.stat().st_mtime_ns == time_ns


def test_an_open_tells_a_session_that_was_edited_in_the_browser_nothing(
    editor: Editor, livebook: StandIn, loose: Path
) -> None:
    livebook.restart(replace(livebook.settings, timing=Timing(autosave_s=60.0, save_s=0.005)))
    editor.command("livebook.attach", loose.as_uri())
    in_browser = CANONICAL.replace("1 + 1", "2 + 2")
    livebook.edit_session(loose, in_browser)
    editor.command("livebook.open", loose.as_uri())
    found = livebook.session(loose)

    assert found
    assert found.text == in_browser


def test_the_first_save_brings_livebooks_form(editor: Editor, loose: Path) -> None:
    uri = editor.open(loose)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", uri)
    edits = editor.request(
        "textDocument/willSaveWaitUntil", {"textDocument": {"uri": uri}, "reason": 1}
    )

    assert edits


@pytest.mark.parametrize(
    ("stamp", "is_formed"), [("none", False), ("valid", True), ("of another text", False)]
)
def test_without_a_session_a_save_brings_livebooks_form_where_a_stamp_is_valid(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    stamp: str,
    *,
    is_formed: bool,
) -> None:
    stamped = livebook.stamp(CANONICAL)
    texts = {
        "none": CANONICAL,
        "valid": stamped,
        "of another text": stamped.replace("1 + 1", "1 + 2"),
    }
    notebook.write_text(texts[stamp], encoding="utf-8")
    editor = start_editor(settings={"openOnDidOpen": "never"})
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    editor.change(uri, texts[stamp].replace("# Note\n\n", "# Note\n"))
    params = {"textDocument": {"uri": uri}, "reason": 1}
    edits = editor.request("textDocument/willSaveWaitUntil", params)

    assert bool(edits) is is_formed


@pytest.mark.fault(
    "editor",
    "the buffer is not saved",
    during="Livebook writes the file",
    shows="what was typed",
    recovers="nothing to do",
)
def test_what_was_typed_before_any_save_is_not_refreshed_away(
    start_editor: Callable[..., Editor], loose: Path
) -> None:
    editor = start_editor(name="helix", settings={"keepFile": False})
    uri = editor.open(loose)
    editor.wait_for_state(uri, "detached")
    typed = LOOSE.replace("1 + 1", "3 + 3")
    editor.change(uri, typed)
    editor.command("livebook.open", uri)
    editor.wait_for(lambda: loose.read_text(encoding="utf-8") != LOOSE, "Livebook's form")
    editor.wait_for_state(uri, "reformatted")
    # Whatever was to be done about the file is done before this is answered.
    editor.command("livebook.status", uri)

    # Livebook's form may come to it, but nothing goes.
    assert "3 + 3" in editor.texts[uri]
    assert "1 + 1" not in editor.texts[uri]


def test_where_a_session_is_stays_known_where_the_file_is_held_back_from_it(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    first = start_editor()
    uri = opened(first, livebook, notebook)
    saved_ns = first.save(uri, notebook, CANONICAL.replace("1 + 1", "2 + 2"))
    until_written_back(first, livebook, notebook, saved_ns)
    first.wait_for_state(uri, "inSync")
    first.close()
    # Held back from it, as Livebook would lose the rest.
    notebook.write_text(f"{CANONICAL}\n```elixir\n3 + 3\n", encoding="utf-8")
    second = start_editor()
    second.open(notebook)
    second.wait_for_state(uri, "held")
    session = livebook.session(notebook)

    assert session is not None
    assert second.status(uri)["url"] == f"{livebook.url}/sessions/{session.id}"


def test_where_a_session_is_that_another_process_knew_is_known_after_a_sync(
    livebook: StandIn, notebook: Path
) -> None:
    environ = clean_environ() | {"LIVEBOOK_URL": livebook.url}

    async def act() -> None:
        first = Notebooks(Settings(), environ, lambda _: None)
        first.did_open(str(notebook), CANONICAL)
        await first.idle(str(notebook))
        await first.close()
        second = Notebooks(Settings(), environ, lambda _: None)
        link = second.link(str(notebook))
        await second.operations.sync(link)

        assert link.url == f"{livebook.url}{link.session_path}"
        await second.close()

    asyncio.run(asyncio.wait_for(act(), 60))


@pytest.mark.slow
@pytest.mark.parametrize("is_edited", [False, True], ids=["as it was", "edited in the browser"])
def test_a_save_right_after_the_opening_goes_out_from_what_was_shared_before(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, *, is_edited: bool
) -> None:
    before, mine = (CANONICAL.replace("1 + 1", it) for it in ("1 + 2", "1 + 3"))
    prose = ("## Section\n", "## Section\n\nWords.\n")
    first = start_editor()
    uri = opened(first, livebook, notebook)
    saved_ns = first.save(uri, notebook, before)
    until_written_back(first, livebook, notebook, saved_ns)
    first.wait_for_state(uri, "inSync")
    first.close()
    if is_edited:
        livebook.edit_session(notebook, before.replace(*prose))

    # Who replaces in many files, or has an editor do one thing, waits for nothing.
    second = start_editor()
    uri = second.open(notebook)
    second.save(uri, notebook, mine)
    until_one(second, livebook, notebook, mine.replace(*prose) if is_edited else mine)
    second.wait_for_state(uri, "inSync")

    assert "browser-conflict" not in {it["code"] for it in second.diagnostics.get(uri, [])}


@pytest.mark.parametrize("is_edited", [False, True], ids=["alone", "beside a browser"])
@pytest.mark.parametrize("is_renamed", [False, True], ids=["new", "under another name"])
def test_who_has_typed_before_the_opening_is_in_conflict_with_nobody(
    editor: Editor, livebook: StandIn, notebook: Path, *, is_renamed: bool, is_edited: bool
) -> None:
    """As in an editor that tells of a document late, or gives it another name unsaved."""
    typed = CANONICAL.replace("1 + 1", "1 + 1\n# typed")
    if is_renamed:
        before = opened(editor, livebook, notebook)
        editor.change(before, typed)
        now = notebook.rename(notebook.with_name("renamed.livemd"))
        editor.close_document(before)
        notebook = now
    uri = notebook.as_uri()
    editor.open_text(uri, typed)
    editor.wait_for_state(uri, "inSync")
    further = typed
    if is_edited:
        session = livebook.session(notebook)
        assert session is not None
        livebook.edit_session(notebook, f"{session.text}\nWords of the browser\n")
        further = f"{typed}\nWords of the browser\n"
    editor.save(uri, notebook)

    until_one(editor, livebook, notebook, further)
    editor.wait_for_state(uri, "inSync")
