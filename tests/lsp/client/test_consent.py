"""“Always sync anyway”: asked before, told after, and taken back."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import CAPABILITIES, Editor
from tests.conftest import CANONICAL

DROPPED = CANONICAL + "\n[a]: http://b\n"


@pytest.fixture
def asked(start_editor: Callable[..., Editor]) -> Editor:
    """An editor that has buttons."""
    capabilities = copy.deepcopy(CAPABILITIES)
    capabilities["window"]["showMessage"] = {"messageActionItem": {}}
    return start_editor(capabilities=capabilities)


def held(editor: Editor, notebook: Path) -> str:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, DROPPED)
    editor.wait_for_state(uri, "held")
    return uri


def test_without_a_yes_nothing_is_sent(asked: Editor, notebook: Path) -> None:
    uri = held(asked, notebook)
    answer = asked.command("livebook.alwaysSyncAnyway", uri)

    assert answer is None
    assert asked.status(uri)["state"] == "held"


def test_it_is_taken_back_by_a_code_action(asked: Editor, notebook: Path) -> None:
    uri = held(asked, notebook)
    asked.presses = "Always Sync Anyway"
    asked.command("livebook.alwaysSyncAnyway", uri)
    offered = [it["title"] for it in asked.actions(uri)]
    asked.command("livebook.holdBackAgain", uri)
    asked.save(uri, notebook, DROPPED.replace("1 + 1", "2 + 2"))
    asked.wait_for_state(uri, "held")
    no_more = [it["title"] for it in asked.actions(uri)]

    assert "Hold saves back again" in offered
    assert "Hold saves back again" not in no_more
    assert any("whatever they lose" in it["message"] for it in asked.messages)


def test_an_editor_that_only_looks_for_a_light_bulb_is_offered_no_plain_action(
    editor: Editor, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    place = {"line": 0, "character": 0}
    context = {"diagnostics": [], "triggerKind": 2}
    params = {"textDocument": {"uri": uri}, "range": {"start": place, "end": place}}
    automatic = editor.request("textDocument/codeAction", params | {"context": context})
    invoked = editor.request(
        "textDocument/codeAction", params | {"context": context | {"triggerKind": 1}}
    )

    assert automatic == []
    titles = [it["title"] for it in invoked]
    assert titles[-2:] == ["Open in Livebook", "Sync to Livebook now"]


def test_nothing_is_offered_twice(editor: Editor, notebook: Path) -> None:
    notebook.write_text("# Note\n\n## Section\n\n- one\n", encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    editor.wait_for(lambda: editor.diagnostics.get(uri), "the hint")
    titles = [it["title"] for it in editor.actions(uri)]

    assert titles.count("Open in Livebook") == 1
