"""A joined session helps with code, where it has a runtime; one is started on a person's word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn

OFFER = "Start the runtime for language help"
NOTEBOOK = "# Note\n\n## Section\n\nProse.\n\n```elixir\nEnum.ma\n```\n"
CODE, PROSE = 7, 4


@pytest.fixture
def joined(editor: Editor, notebook: Path) -> str:
    """A notebook whose session was joined for help, and has no runtime."""
    notebook.write_text(NOTEBOOK, encoding="utf-8")
    uri = editor.open(notebook)
    editor.command("livebook.open", {"uri": uri})
    editor.wait_for_state(uri, "inSync")
    assert completed(editor, uri) == []
    editor.wait_for(lambda: offers(editor, uri, CODE), "the offer")
    return uri


def offers(editor: Editor, uri: str, line: int) -> list[Any]:
    return [it for it in editor.actions(uri, line) if it["title"] == OFFER]


def completed(editor: Editor, uri: str) -> list[str]:
    place = {"line": CODE, "character": len("Enum.ma")}
    asked = {"textDocument": {"uri": uri}, "position": place}
    return [it["label"] for it in editor.request("textDocument/completion", asked)["items"]]


def says(editor: Editor, uri: str) -> str:
    found = editor.command("livebook.doctor", {"uri": uri})
    (sentence,) = [it["sentence"] for it in found if it["code"] == "session-help"]
    return str(sentence)


def errors(editor: Editor, uri: str) -> list[tuple[str, int, int]]:
    return [
        (it["code"], it["range"]["start"]["line"], it["range"]["start"]["character"])
        for it in editor.diagnostics.get(uri, [])
        if it["severity"] == 1
    ]


def test_a_runtime_is_offered_in_code_and_started_on_a_word(
    editor: Editor, joined: str, livebook: StandIn, notebook: Path
) -> None:
    assert offers(editor, joined, PROSE) == []
    assert "has no runtime" in says(editor, joined)
    (action,) = offers(editor, joined, CODE)
    command = action["command"]
    editor.command(command["command"], *command["arguments"])

    editor.wait_for(lambda: completed(editor, joined) == ["map/2"], "the session's help")
    assert offers(editor, joined, CODE) == []
    assert "session helps" in says(editor, joined)
    assert livebook.evaluated(notebook) == ()


def test_what_a_run_says_of_a_line_is_not_said_twice(
    editor: Editor, joined: str, notebook: Path
) -> None:
    editor.command("livebook.startRuntime", {"uri": joined})
    editor.save(joined, notebook, NOTEBOOK.replace("Enum.ma", "Enum.map("))
    editor.wait_for(lambda: errors(editor, joined) == [("syntax-error", CODE, 0)], "the complaint")
    editor.command("livebook.runAll", {"uri": joined})

    editor.wait_for(
        lambda: errors(editor, joined) != [("syntax-error", CODE, 0)], "the run's error"
    )
    assert [line for _, line, _ in errors(editor, joined)] == [CODE]


def test_a_runtime_that_comes_tells_what_it_cannot_read(editor: Editor, joined: str) -> None:
    editor.change(joined, NOTEBOOK.replace("Enum.ma", "  Enum.map("))
    before = errors(editor, joined)
    editor.command("livebook.startRuntime", {"uri": joined})
    editor.wait_for(lambda: errors(editor, joined) == [("syntax-error", CODE, 2)], "the complaint")
    editor.change(joined, NOTEBOOK)
    editor.wait_for(lambda: errors(editor, joined) == [], "no complaint any more")

    assert before == []
