"""Notebooks that have no file yet: one that is just being made is no error."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL

UNCLOSED = "# A\n\n## B\n\n```elixir\n1\n\n## C\n"


def gravest(editor: Editor, uri: str) -> list[Any]:
    return [it for it in editor.diagnostics.get(uri, []) if it["severity"] < 4]


def test_a_file_that_is_not_there_yet_is_no_error_and_is_attached_once_saved(
    editor: Editor, livebook: StandIn, tmp_path: Path
) -> None:
    path = tmp_path / "new.livemd"
    uri = path.as_uri()
    editor.open_text(uri, "")
    status = editor.wait_for_state(uri, "detached")
    at_first = gravest(editor, uri)
    editor.save(uri, path, CANONICAL)
    editor.wait_for_state(uri, "inSync")

    assert at_first == []
    assert "Save it first" in status["sentence"]
    assert editor.diagnostics[uri] == []
    assert livebook.session(path)


def test_a_notebook_that_was_emptied_is_one(editor: Editor, notebook: Path) -> None:
    notebook.write_text("", encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for(lambda: gravest(editor, uri), "the error")

    assert {it["code"] for it in gravest(editor, uri)} == {"empty"}


@pytest.mark.parametrize("uri", ["untitled:Untitled-1", "untitled:/home/ana/new.livemd"])
def test_a_document_without_a_path_is_read_and_mended(editor: Editor, uri: str) -> None:
    editor.open_text(uri, UNCLOSED)
    editor.wait_for(lambda: editor.diagnostics.get(uri), "the finding")
    symbols = editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    titles = [it["title"] for it in editor.actions(uri, line=4)]

    assert [it["code"] for it in editor.diagnostics[uri]] == ["unclosed-fence"]
    assert symbols[0]["name"] == "A"
    assert "Close the code block" in titles


def test_a_document_without_a_path_can_be_formatted_and_not_opened(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    editor.open_text(uri, "# A\n\n## B\n\n- one\n")
    is_formatted = editor.command("livebook.format", uri)
    editor.command("livebook.open", uri)
    editor.close_document(uri)

    assert is_formatted is True
    assert editor.texts[uri] == "# A\n\n## B\n\n* one\n"
    assert [it["message"] for it in editor.messages] == [
        "This notebook has no file yet, and Livebook reads files. Save it first."
    ]
    assert editor.statuses == {}


def test_unsaved_documents_of_other_languages_are_ignored(editor: Editor) -> None:
    uri = "untitled:Untitled-1"
    editor.open_text(uri, UNCLOSED, language="markdown")

    assert editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}}) is None
