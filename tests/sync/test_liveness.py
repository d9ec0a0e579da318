"""“In sync” is not said of a Livebook that has stopped or begun anew, though nobody saves."""

from __future__ import annotations

from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn


def test_a_stop_is_noticed(editor: Editor, livebook: StandIn, notebook: Path) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.stop()

    editor.wait_for_state(uri, "notRunning")


def test_a_restart_is_noticed_and_the_session_is_there_again(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    before = editor.status(uri)["url"]
    livebook.restart(livebook.settings)
    editor.wait_for(lambda: livebook.session(notebook), "a session in the new Livebook")

    editor.wait_for(
        lambda: (it := editor.status(uri))["state"] == "inSync" and it["url"] != before,
        "the new session's address",
    )
