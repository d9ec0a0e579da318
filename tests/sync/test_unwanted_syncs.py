"""`syncOnExternalChange` off: what others write into an open notebook stays in its file alone."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.at_rest import holds, opened


def test_where_syncs_of_external_changes_are_not_wanted_they_are_told_and_not_sent(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(settings={"syncOnExternalChange": False})
    uri = opened(editor, livebook, notebook)
    livebook.clear_requests()
    theirs = CANONICAL.replace("1 + 1", "2 + 2")
    notebook.write_text(theirs, encoding="utf-8")
    status = editor.wait_for_state(uri, "differs")

    assert "the next change that you save brings it in line" in status["sentence"]
    assert [it["code"] for it in editor.diagnostics[uri]] == ["session-differs"]
    assert not any(it.target.endswith("/dev/sync") for it in livebook.requests)
    assert holds(livebook, notebook, CANONICAL)

    # It is over once the file says what the session holds, in whatever form.
    notebook.write_text(CANONICAL.replace("# Note\n\n", "# Note\n"), encoding="utf-8")
    editor.wait_for_state(uri, "inSync")
    assert not any(it.target.endswith("/dev/sync") for it in livebook.requests)
