"""Versions of a notebook that were kept, put back into the buffer."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.at_rest import until_one

FIRST, SECOND, THIRD = (CANONICAL.replace("1 + 1", it) for it in ("1", "2", "3"))


def saved_thrice(editor: Editor, livebook: StandIn, path: Path) -> str:
    path.write_text(CANONICAL, encoding="utf-8")
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    for text in (FIRST, SECOND, THIRD):
        editor.save(uri, path, text)
        until_one(editor, livebook, path, text)
    return uri


def offered(editor: Editor) -> list[str]:
    asked = [it for it in editor.received if it["method"] == "window/showMessageRequest"]
    return [it["title"] for it in asked[-1]["params"]["actions"]]


@pytest.mark.slow
def test_one_of_the_versions_is_chosen_and_put_into_the_buffer(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = saved_thrice(editor, livebook, notebook)
    assert editor.command("livebook.restoreVersion", uri) is False
    titles = offered(editor)
    # What is shown anyway is not among them; the newest is the first.
    editor.presses = titles[1]
    assert editor.command("livebook.restoreVersion", uri) is True

    assert all(", saved here" in it for it in titles[:2])
    assert editor.texts[uri] == FIRST
    assert notebook.read_text(encoding="utf-8") == THIRD


@pytest.mark.slow
def test_what_was_saved_last_comes_back_without_a_question(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = saved_thrice(editor, livebook, notebook)
    editor.change(uri, CANONICAL)

    assert editor.command("livebook.restore", uri) is True
    assert editor.texts[uri] == THIRD


def test_where_nothing_was_kept_that_is_said(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = saved_thrice(editor, livebook, notebook)

    assert editor.command("livebook.restoreBrowserVersion", uri) is False
    assert "Nothing of this notebook was kept" in editor.messages[-1]["message"]


def test_who_can_not_be_asked_is_told_of_the_command(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(name="helix")
    uri = saved_thrice(editor, livebook, notebook)

    assert editor.command("livebook.restoreVersion", uri) is False
    assert any("livebook-ls restore FILE" in it["message"] for it in editor.messages)
    assert not [it for it in editor.received if it["method"] == "window/showMessageRequest"]
