"""Files that are renamed, deleted or reached by a link, and texts that only the disk had."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.settings import Access
from livebook_ls.sync.background.left_behind import LeftBehind
from livebook_ls.sync.link import NotebookLink
from tests.conftest import CANONICAL


def renamed_in(editor: Editor, notebook: Path) -> str:
    """Give an open notebook another name; the address that it has then."""
    old, new = notebook.as_uri(), notebook.with_name("new.livemd")
    notebook.rename(new)
    editor.close_document(old)
    files = [{"oldUri": old, "newUri": new.as_uri()}]
    editor.notify("workspace/didRenameFiles", {"files": files})
    return editor.open(new)


def codes(editor: Editor, uri: str) -> list[str]:
    return [it["code"] for it in editor.diagnostics.get(uri, [])]


def opened(editor: Editor, livebook: StandIn, path: Path) -> str:
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(path)
    livebook.wait_settled()
    return uri


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "the file is gone",
    during="it is open, with a session",
    sees="file_gone",
    recovers="by itself, once it is saved or back",
)
def test_a_deleted_file_is_told_and_its_return_too(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    notebook.unlink()
    editor.wait_for_state(uri, "failed")

    assert codes(editor, uri) == ["file-gone"]
    assert editor.status(uri)["url"].partition("?")[0] in editor.status(uri)["sentence"]
    editor.save(uri, notebook)
    editor.wait_for_state(uri, "inSync")
    assert codes(editor, uri) == []


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "the file is renamed",
    during="it is open, with a session",
    sees="left_behind",
    recovers="once that session is closed",
)
@pytest.mark.fault(
    "files",
    "the session of the former name writes its file again",
    during="the file was renamed",
    sees="came_back",
    recovers="once that session is closed",
)
def test_a_rename_names_the_session_that_is_left_behind(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    left = editor.status(uri)["url"]
    renamed = renamed_in(editor, notebook)
    editor.wait_for(lambda: "session-left-behind" in codes(editor, renamed), "what is left behind")
    told = next(it for it in editor.diagnostics[renamed] if it["code"] == "session-left-behind")
    assert left in told["message"]

    livebook.edit_session(notebook, CANONICAL.replace("1 + 1", "typed in its tab"))
    livebook.save_session(notebook)
    editor.wait_for(lambda: "file-came-back" in codes(editor, renamed), "the file that came back")
    livebook.close_session(str(notebook))
    editor.wait_for(lambda: codes(editor, renamed) == [], "nothing more to tell")


@pytest.mark.slow
def test_a_session_that_is_left_behind_is_named_also_where_sessions_are_not_shown(
    start_editor: Callable[..., Editor],
    closed_livebook: StandIn,
    closed_environ: dict[str, str],
    notebook: Path,
) -> None:
    editor = start_editor(environ=closed_environ)
    opened(editor, closed_livebook, notebook)
    renamed = renamed_in(editor, notebook)
    editor.wait_for(lambda: "session-left-behind" in codes(editor, renamed), "what is left behind")

    closed_livebook.close_session(str(notebook))
    editor.wait_for(
        lambda: "session-left-behind" not in codes(editor, renamed), "nothing more to tell"
    )


@pytest.mark.fault(
    "files",
    "a symbolic link leads to it",
    during="both are open",
    shows="one session for both",
    recovers="nothing to do",
)
def test_a_link_and_its_target_have_one_session(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    link = notebook.with_name("link.livemd")
    link.symlink_to(notebook)
    by_link = editor.open(link)
    editor.wait_for_state(by_link, "inSync")
    by_name = editor.open(notebook)
    editor.wait_for_state(by_name, "inSync")

    assert len(livebook.sessions) == 1
    assert editor.status(by_link)["url"] == editor.status(by_name)["url"]


@pytest.mark.fault(
    "files",
    "git leaves a conflict in it",
    during="it is open",
    sees="hazard: merge-conflict",
    recovers="once it is settled",
)
def test_findings_of_a_text_that_only_the_disk_had_go_with_it(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    conflict = CANONICAL.replace("1 + 1", "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other")
    notebook.write_text(conflict, encoding="utf-8")
    status = editor.wait_for_state(uri, "held")
    assert "an unsettled merge conflict" in status["sentence"]
    notebook.write_text(CANONICAL, encoding="utf-8")
    editor.wait_for_state(uri, "inSync")

    assert codes(editor, uri) == []


@pytest.mark.slow
@pytest.mark.fault(
    "livebook",
    "the session lost its cells",
    during="it is open",
    shows="nothing: it is filled from the file",
    recovers="by itself",
)
@pytest.mark.parametrize("wiped", ["# Note\n", "# Untitled notebook\n"])
def test_a_session_that_was_wiped_is_filled_again(
    editor: Editor, livebook: StandIn, notebook: Path, wiped: str
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, wiped)
    livebook.save_session(notebook)
    editor.wait_for(
        lambda: (it := livebook.session(notebook)) and it.text == CANONICAL, "the session filled"
    )
    editor.wait_for_state(uri, "inSync")

    assert notebook.read_text(encoding="utf-8") == CANONICAL


@pytest.mark.fault(
    "livebook",
    "the session lost its cells, and lets nobody in",
    during="it is open",
    sees="no_section_in_session",
    recovers="once that session is closed",
)
def test_a_wiped_session_that_lets_nobody_in_is_named(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    livebook.restart(replace(livebook.settings, access=Access(password="x" * 12)))
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(notebook)
    livebook.edit_session(notebook, "# Note\n")
    livebook.save_session(notebook)
    editor.wait_for_state(uri, "held")
    url = editor.status(uri)["url"].partition("?")[0]
    editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == CANONICAL, "the file whole")

    assert f"close the session at {url}" in editor.status(uri)["sentence"]
    livebook.close_session(notebook)
    editor.save(uri, notebook)
    editor.wait_for_state(uri, "inSync")
    session = livebook.session(notebook)
    assert session is not None
    assert session.text == CANONICAL


def test_of_a_session_that_was_gone_before_the_rename_nothing_is_told() -> None:
    old, new = (NotebookLink(it, lambda _: None) for it in ("/old.livemd", "/new.livemd"))
    old.attach("/sessions/1", "http://localhost:8080/sessions/1")
    old.detach()
    LeftBehind(Mock()).notice(old, new)

    assert new.findings == ()
