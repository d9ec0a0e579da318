"""What is told of the session goes with the text while somebody types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from livebook_ls.standin.editor import Editor
from tests.conftest import CANONICAL

HELD = CANONICAL + "\n## Below\n\n```elixir\n2\n\n## Last\n"


def lines(editor: Editor, uri: str) -> list[tuple[str, int, int]]:
    return [
        (it["code"], it["range"]["start"]["line"], it["range"]["end"]["line"])
        for it in editor.diagnostics[uri]
    ]


def published(editor: Editor) -> list[Any]:
    method = "textDocument/publishDiagnostics"
    return [it["params"] for it in editor.received if it["method"] == method]


def test_a_held_save_is_told_where_its_cause_is_now_and_no_longer_than_that(
    editor: Editor, notebook: Path
) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, HELD)
    editor.wait_for_state(uri, "held")
    editor.wait_for(lambda: lines(editor, uri) == [("unclosed-fence", 10, 10)], "the cause")
    editor.change(uri, HELD.replace("# Note\n", "# Note\n\nWords.\n"))
    editor.wait_for(lambda: lines(editor, uri) == [("unclosed-fence", 12, 12)], "it moved")
    editor.change(uri, HELD.replace("2\n", "2\n```\n"))
    editor.wait_for(lambda: lines(editor, uri) == [], "nothing more to say")
    later = [it["version"] for it in published(editor) if it["version"] > 2]

    # Never places of an older text under a newer version.
    assert later == [3, 4]
