"""A session that goes away is missed while its notebook is open and nobody saves."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL


def test_a_livebook_that_is_stopped_is_missed_and_picked_up_again(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.stop()
    away = editor.wait_for_state(uri, "notRunning")
    livebook.start()
    editor.wait_for_state(uri, "inSync")

    assert "No Livebook is running" in away["sentence"]
    assert livebook.session(notebook)


def test_a_session_that_was_closed_in_the_browser_is_missed_and_not_opened_again(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.close_session(notebook)
    status = editor.wait_for_state(uri, "detached")

    assert status["url"] is None
    assert livebook.session(notebook) is None


def test_a_look_touches_no_session(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(notebook)
    editor.wait_for(lambda: (it := livebook.session(notebook)) and it.saves, "the first save")
    in_browser = CANONICAL.replace("1 + 1", "2 + 2")
    livebook.clear_requests()
    editor.wait_for(lambda: len(livebook.requests) > 1, "a look")
    livebook.edit_session(notebook, in_browser)
    found = livebook.session(notebook)

    assert found
    assert found.text == in_browser
    assert {it.target for it in livebook.requests} <= {
        "/dev/restamp",
        "/public/health",
        f"/sessions/{found.id}",
        f"/sessions/{found.id}/download/export/livemd",
    }
