from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.editor import CAPABILITIES, Editor
from livebook_ls.standin.text_edits import apply_edits
from tests.support.marks import cut

Start = Callable[..., Editor]


def completed(editor: Editor, path: Path, marked: str, **context: Any) -> list[Any]:
    """What is offered at the mark, the text being open in the editor."""
    found = cut(marked)
    path.write_text(found.text, encoding="utf-8")
    line, column = Source(found.text).position(found.cursor or 0, Unit.UTF16)
    question = {
        "textDocument": {"uri": editor.open(path)},
        "position": {"line": line, "character": column},
        "context": context or {"triggerKind": 1},
    }
    answer = editor.request("textDocument/completion", question)
    return answer["items"] if answer else []


def with_snippets(start_editor: Start) -> Editor:
    able: Any = copy.deepcopy(CAPABILITIES)
    able["textDocument"]["completion"] = {"completionItem": {"snippetSupport": True}}
    return start_editor(capabilities=able)


def test_a_client_with_snippets_gets_places_for_the_cursor(
    start_editor: Start, notebook: Path
) -> None:
    editor = with_snippets(start_editor)
    items = completed(editor, notebook, "# 😀\n\n## S\n\n```$0\n")
    item = next(it for it in items if it["label"] == "elixir")

    assert item["insertTextFormat"] == 2
    text = apply_edits(editor.texts[notebook.as_uri()], [item["textEdit"]])
    assert text == "# 😀\n\n## S\n\n```elixir\n$0\n```\n"
    formula = completed(editor, notebook, "# T\n\n$0\n")
    edit = next(it for it in formula if it["label"] == "Formula")["textEdit"]
    assert edit["newText"] == "\\$\\$\n$0\n\\$\\$"
    assert completed(editor, notebook, "# T\n\nsome prose$0\n") == []


def test_a_client_without_them_gets_plain_text(editor: Editor, notebook: Path) -> None:
    items = completed(editor, notebook, "# T\n\n$0\n")
    item = next(it for it in items if it["label"] == "Formula")

    assert item["textEdit"]["newText"] == "$$\n\n$$"
    assert "insertTextFormat" not in item


def test_a_client_with_blocks_of_its_own_gets_what_only_the_text_knows(
    start_editor: Start, notebook: Path
) -> None:
    able: Any = copy.deepcopy(CAPABILITIES)
    able["experimental"] = {"livebook": {"snippets": True}}
    items = completed(start_editor(capabilities=able), notebook, "# T\n\n## One\n\n$0\n")

    assert [it["label"] for it in items] == ["Branch section"]
    assert '"branch_parent_index":0' in items[0]["textEdit"]["newText"]


def test_links_are_completed_by_the_files_beside_the_notebook(
    editor: Editor, notebook: Path
) -> None:
    other = notebook.with_name("other 😀.livemd")
    other.write_text("# O\n\n## Far away\n", encoding="utf-8")
    (item,) = completed(editor, notebook, "# T\n\n😀 [a]($0\n")
    edited = apply_edits(editor.texts[notebook.as_uri()], [item["textEdit"]])
    (section,) = completed(editor, notebook, f"{edited.rstrip()}#$0)\n")
    edited = apply_edits(editor.texts[notebook.as_uri()], [section["textEdit"]])

    assert edited == "# T\n\n😀 [a](other%20%F0%9F%98%80.livemd#far-away)\n"


def test_what_is_typed_in_code_asks_nothing_of_the_format(editor: Editor, notebook: Path) -> None:
    text = "# T\n\n## S\n\n```elixir\n[a]($0\n```\n"

    assert completed(editor, notebook, text, triggerKind=2, triggerCharacter="(") == []
