"""Many notebooks at once, and Livebook restarted in the middle: everything settles."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.at_rest import until_one

# Mostly waiting, for what must not happen or takes Livebook its time.
pytestmark = pytest.mark.slow

# More of them by hand: LIVEBOOK_LS_NOTEBOOKS=500.
OPENED = int(os.environ.get("LIVEBOOK_LS_NOTEBOOKS", "120"))
SAVED = OPENED // 10


def test_many_notebooks_settle_although_livebook_restarts(
    editor: Editor, livebook: StandIn, tmp_path: Path
) -> None:
    files = [tmp_path / f"note-{number}.livemd" for number in range(OPENED)]
    for file in files:
        file.write_text(CANONICAL, encoding="utf-8")
    uris = [editor.open(file) for file in files]
    for round_ in range(3):
        for file, uri in zip(files[:SAVED], uris[:SAVED], strict=True):
            editor.save(uri, file, CANONICAL.replace("1 + 1", f"round({round_})"))
        if round_ == 1:
            livebook.restart()
    last = CANONICAL.replace("1 + 1", "round(2)")
    for file, uri in zip(files[:SAVED], uris[:SAVED], strict=True):
        until_one(editor, livebook, file, last)
        editor.wait_for_state(uri, "inSync")
    for uri in uris[SAVED:]:
        editor.wait_for_state(uri, "inSync", "detached")
    editor.wait_for(
        lambda: all(it.ended_s is not None for it in livebook.requests), "the end of every request"
    )
