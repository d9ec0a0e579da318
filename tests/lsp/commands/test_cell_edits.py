"""Cells edited from an editor, through stdio: one edit, the cursor after it, what is offered."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.lsp.features.cell_editing.edits import EDITS
from livebook_ls.notebook.editing import refusals
from livebook_ls.standin.editor import CAPABILITIES, Editor

TEXT = """\
# Note

## One

Words 🎈 here

```elixir
a = 1
b = 2
```

## Two

```erlang
C = 3.
```
"""
CODE_LINE, TITLE_LINE, ERLANG_LINE = 7, 0, 14


@pytest.fixture
def uri(editor: Editor, notebook: Path) -> str:
    return opened(editor, notebook)


def opened(editor: Editor, path: Path) -> str:
    path.write_text(TEXT, encoding="utf-8")
    return editor.open(path)


def at(uri: str, line: int, character: int = 0, **more: object) -> dict[str, object]:
    return {"uri": uri, "position": {"line": line, "character": character}, **more}


def last(editor: Editor, method: str) -> Any:
    return next(it for it in reversed(editor.received) if it.get("method") == method)["params"]


def titles(editor: Editor, uri: str, line: int, only: list[str] | None = None) -> list[str]:
    offered = editor.actions(uri, line, only)
    ours = {it.title for it in EDITS}
    return [it["title"] for it in offered if it["title"] in ours or "Language" in it["title"]]


def test_a_cell_is_split_by_one_edit_of_this_version_and_the_cursor_goes_into_the_second(
    editor: Editor, uri: str
) -> None:
    answer = editor.command("livebook.splitCell", at(uri, CODE_LINE + 1))

    assert editor.texts[uri] == TEXT.replace("a = 1\nb", "a = 1\n```\n\n```elixir\nb")
    (change,) = last(editor, "workspace/applyEdit")["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    start = {"line": CODE_LINE + 4, "character": 0}
    assert answer == {"start": start, "end": start}
    assert last(editor, "window/showDocument")["selection"] == answer


def test_places_are_in_the_editors_units(editor: Editor, uri: str) -> None:
    editor.command("livebook.splitCell", at(uri, 4, len("Words 🎈") + 1))

    assert "Words 🎈\n\n<!-- livebook" in editor.texts[uri]


def test_every_edit_is_a_command_that_acts_or_says_why_not(editor: Editor, uri: str) -> None:
    for it in EDITS:
        editor.change(uri, TEXT)
        told = len(editor.messages)
        answer = editor.command(it.command, at(uri, CODE_LINE))

        assert (answer is None) == (len(editor.messages) > told), it.command


def test_a_refusal_is_told_and_changes_nothing(editor: Editor, uri: str) -> None:
    assert editor.command("livebook.moveCellDown", at(uri, ERLANG_LINE)) is None
    assert editor.messages[-1]["message"] == refusals.LAST_CELL.sentence
    assert editor.texts[uri] == TEXT


def test_without_a_place_it_is_said_that_one_is_needed(editor: Editor, uri: str) -> None:
    assert editor.command("livebook.splitCell", uri) is None
    assert "cell" in editor.messages[-1]["message"]


def test_a_key_may_count_from_one(editor: Editor, uri: str, notebook: Path) -> None:
    about = {"path": str(notebook), "line": CODE_LINE + 1, "column": 4}
    editor.command("livebook.splitCell", about)

    assert "a =\n```\n\n```elixir\n 1\nb = 2\n" in editor.texts[uri]


def test_an_action_of_an_older_text_does_nothing(editor: Editor, uri: str) -> None:
    (delete,) = (
        it for it in editor.actions(uri, CODE_LINE, ["refactor"]) if it["title"] == "Delete Cell"
    )
    editor.change(uri, "\n" + TEXT)
    editor.command(delete["command"]["command"], *delete["command"]["arguments"])

    assert editor.texts[uri] == "\n" + TEXT
    assert "changed" in editor.messages[-1]["message"]


def test_the_plain_menu_has_the_usual_edits_and_the_refactorings_all(
    editor: Editor, uri: str
) -> None:
    assert titles(editor, uri, CODE_LINE) == [
        "Insert Code Cell Below",
        "Insert Markdown Cell Below",
        "Split Cell Here",
        "Move Cell Up",
        "Move Cell Down",
    ]
    assert titles(editor, uri, TITLE_LINE) == [
        "Insert Code Cell Below",
        "Insert Markdown Cell Below",
    ]
    refactorings = titles(editor, uri, CODE_LINE, ["refactor"])
    assert {"Convert to Markdown Cell", "Change Language to Erlang"} <= set(refactorings)
    assert "Convert to Code Cell" not in refactorings
    assert titles(editor, uri, CODE_LINE, ["refactor.move"]) == [
        it.title for it in EDITS if it.title.startswith("Move")
    ]
    assert titles(editor, uri, CODE_LINE, ["quickfix"]) == []


def test_a_light_bulb_is_not_lit_for_them(editor: Editor, uri: str) -> None:
    here = {"line": CODE_LINE, "character": 0}
    params = {
        "textDocument": {"uri": uri},
        "range": {"start": here, "end": here},
        "context": {"diagnostics": [], "triggerKind": 2},
    }

    assert editor.request("textDocument/codeAction", params) == []


def test_helix_has_them_behind_the_rest_of_its_one_menu_those_of_sections_on_headings(
    start_editor: Callable[..., Editor], notebook: Path
) -> None:
    helix = start_editor(name="helix")
    uri = opened(helix, notebook)
    on_cell, on_heading = titles(helix, uri, CODE_LINE), titles(helix, uri, 2)

    assert "Delete Cell" in on_cell
    assert "Delete Section with Its Cells" in set(on_heading) - set(on_cell)
    offered = helix.actions(uri, CODE_LINE)
    assert [it.get("kind") for it in offered] == [None] * len(offered)
    assert [it["title"] for it in offered][-len(on_cell) :] == on_cell


def test_an_empty_document_is_begun_as_a_notebook(
    start_editor: Callable[..., Editor], notebook: Path, tmp_path: Path
) -> None:
    template = tmp_path / "template.livemd"
    stamp = '<!-- livebook:{"offset":13,"stamp":{"token":"XCP.1","version":1}} -->'
    template.write_text(f"# Mine\n\n## A\n\n{stamp}\n", encoding="utf-8")
    for setting, text in (
        ("", "# Untitled notebook\n\n## Section\n\n```elixir\n\n```\n"),
        (str(template), "# Mine\n\n## A\n"),
        (str(tmp_path / "none"), "# Untitled notebook\n\n## Section\n\n```elixir\n\n```\n"),
    ):
        editor = start_editor(settings={"notebookTemplate": setting})
        notebook.write_text("", encoding="utf-8")
        uri = editor.open(notebook)
        (begin,) = (it for it in editor.actions(uri) if it["title"] == "Begin a New Notebook")
        title = editor.command(begin["command"]["command"], *begin["command"]["arguments"])

        assert editor.texts[uri] == text
        assert title["start"] == {"line": 0, "character": 2}
        # What is told of the empty notebook itself is another matter.
        told = [it for it in editor.messages if str(tmp_path / "none") in it["message"]]
        assert bool(told) == setting.endswith("none")
    assert editor.command("livebook.beginNotebook", uri) is None
    assert "already" in editor.messages[-1]["message"]


def test_a_language_is_asked_for_where_none_is_given(editor: Editor, uri: str) -> None:
    editor.presses = "python"
    editor.command("livebook.changeCellLanguage", at(uri, CODE_LINE))
    assert "```python\na = 1" in editor.texts[uri]

    editor.command("livebook.changeCellLanguage", at(uri, CODE_LINE, language="erlang"))
    assert "```erlang\na = 1" in editor.texts[uri]


def test_a_client_without_versions_gets_the_plain_form(
    start_editor: Callable[..., Editor], notebook: Path
) -> None:
    capabilities: Any = copy.deepcopy(CAPABILITIES)
    del capabilities["workspace"]["workspaceEdit"]
    del capabilities["window"]["showDocument"]
    editor = start_editor(capabilities=capabilities)
    uri = opened(editor, notebook)
    editor.command("livebook.duplicateCell", at(uri, CODE_LINE))

    assert editor.texts[uri].count("a = 1") == 2
    assert list(last(editor, "workspace/applyEdit")["edit"]) == ["changes"]
    assert editor.shown == []


def test_outputs_are_told_by_their_lines_and_prose_by_its_words(editor: Editor, uri: str) -> None:
    output = '<!-- livebook:{"output":true} -->\n\n```\n3\n```'
    editor.change(uri, TEXT.replace("b = 2\n```", f"b = 2\n```\n\n{output}"))
    editor.wait_for_state(uri, "inSync", "detached", "reformatted")

    assert editor.command("livebook.foldOutputs", uri) == [11]
    assert editor.command("livebook.status", uri)["words"] == len(
        ["Note", "One", "Words", "here", "Two"]
    )
