"""What is told in messages: trouble that nobody asked about, and buttons that lead on."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.editor import CAPABILITIES, Editor
from tests.conftest import CANONICAL

UNCLOSED = CANONICAL.removesuffix("```\n")
Start = Callable[..., Editor]


@pytest.fixture
def capabilities() -> Any:
    return copy.deepcopy(CAPABILITIES)


def held_twice(editor: Editor, notebook: Path) -> list[str]:
    """The messages after two saves that were held back, and one that was not."""
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, UNCLOSED + "\n## Next\n")
    editor.wait_for_state(uri, "held")
    editor.save(uri, notebook, UNCLOSED + "\n## Next one\n")
    editor.command("livebook.doctor", uri)
    editor.save(uri, notebook, CANONICAL)
    editor.wait_for_state(uri, "inSync")
    return [it["message"] for it in editor.messages]


def test_a_save_that_is_held_is_told_once(editor: Editor, notebook: Path) -> None:
    assert held_twice(editor, notebook) == ["Held back, so that nothing is lost. See line 5."]


def test_a_client_that_shows_the_status_is_told_nothing_else(
    start_editor: Start, notebook: Path, capabilities: Any
) -> None:
    capabilities["experimental"] = {"livebookStatus": True}

    assert held_twice(start_editor(capabilities=capabilities), notebook) == []


def test_who_asked_is_told_once_and_in_full(editor: Editor, notebook: Path) -> None:
    notebook.write_text(UNCLOSED + "\n## Next\n", encoding="utf-8")
    editor.command("livebook.open", notebook.as_uri())

    (told,) = editor.messages
    assert "never closed" in told["message"]


def test_a_button_does_what_the_quick_fix_does(
    start_editor: Start, notebook: Path, capabilities: Any
) -> None:
    capabilities["window"]["showMessage"] = {
        "messageActionItem": {"additionalPropertiesSupport": False}
    }
    notebook.write_text(UNCLOSED + "\n## Next\n", encoding="utf-8")
    editor = start_editor(capabilities=capabilities)
    editor.presses = "Sync anyway"
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "held")
    editor.command("livebook.open", uri)
    editor.wait_for_state(uri, "inSync", "reformatted", "changed", "detached")
    asked = next(it for it in editor.messages if "actions" in it)

    assert [it["title"] for it in asked["actions"]] == [
        "Sync anyway",
        "Sync anyway for this notebook",
    ]


def test_all_that_livebook_said_is_shown_by_a_button(
    start_editor: Start,
    environ: dict[str, str],
    tmp_path: Path,
    capabilities: Any,
) -> None:
    capabilities["window"]["showMessage"] = {
        "messageActionItem": {"additionalPropertiesSupport": False}
    }
    program = tmp_path / "livebook"
    program.write_text("#!/bin/sh\necho Unpacking\necho error: no Elixir\nexit 1\n")
    program.chmod(0o755)
    bare = {name: value for name, value in environ.items() if name != "LIVEBOOK_URL"}
    editor = start_editor(
        environ=bare | {"LIVEBOOK_URL": "http://127.0.0.1:9", "TMPDIR": str(tmp_path)},
        settings={"startCommand": [str(program)]},
        capabilities=capabilities,
    )
    editor.presses = "Show Log"
    editor.command("livebook.start")
    editor.wait_for(lambda: editor.shown, "the log")
    log = Path(editor.shown[0].removeprefix("file://"))

    assert "error: no Elixir" in editor.messages[0]["message"]
    assert log.read_text(encoding="utf-8") == "Unpacking\nerror: no Elixir\n"
    assert log.stat().st_mode & 0o077 == 0
    editor.close()
    assert not log.exists()
