"""What a client drops that commands answer is said to its user."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor

Start = Callable[..., Editor]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("command", "told"),
    [
        ("livebook.status", "In sync with Livebook."),
        ("livebook.nextCell", "doesn't say where its cursor is"),
        ("livebook.previousCell", "doesn't say where its cursor is"),
        ("livebook.doctor", "."),
    ],
)
def test_helix_says_what_it_was_answered(
    start_editor: Start, notebook: Path, command: str, told: str
) -> None:
    editor = start_editor(name="helix")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.command(command)

    assert [told in it["message"] for it in editor.messages] == [True]


def test_others_are_told_nothing_beside_the_answer(editor: Editor, notebook: Path) -> None:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.command("livebook.status", uri)
    editor.command("livebook.doctor", uri)
    editor.command("livebook.nextCell", {"uri": uri, "position": {"line": 0, "character": 0}})

    assert editor.messages == []
