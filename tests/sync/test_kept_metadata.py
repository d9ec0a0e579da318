"""Metadata that a sync does not carry: said once, and without saying the opposite too."""

from __future__ import annotations

from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn

_OUTPUT = '\n<!-- livebook:{"output":true} -->\n\n```\n2\n```\n'
_CELLS = f"# Note\n\n## One\n\n```elixir\n1\n```\n{_OUTPUT}\n```elixir\n2\n```\n{_OUTPUT}"
_PERSISTING = '<!-- livebook:{"persist_outputs":true} -->\n\n'


def test_outputs_that_the_session_goes_on_keeping_are_not_told_as_lost(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(_PERSISTING + _CELLS, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    livebook.save_session(notebook)
    editor.wait_for(lambda: (it := livebook.session(notebook)) and it.saves, "the first save")
    livebook.wait_settled()
    editor.save(uri, notebook, _CELLS)

    def told() -> list[tuple[str, int]]:
        return [(it["code"], it["severity"]) for it in editor.diagnostics.get(uri, [])]

    # The first is of the text, wherever it is opened anew.
    everything = [("outputs", 2), ("metadata-ignored", 3)]
    editor.wait_for(lambda: told() == everything, "what is told")
    editor.wait_for_state(uri, "inSync")

    assert told() == everything
