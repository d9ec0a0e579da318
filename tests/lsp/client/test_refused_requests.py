"""A client that answers what it is asked with an error: what was asked for goes on without."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.at_rest import until_one

EDITED = CANONICAL.replace("1 + 1", "2")


@pytest.fixture
def opened(editor: Editor, livebook: StandIn, notebook: Path) -> str:
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, EDITED)
    until_one(editor, livebook, notebook, EDITED)
    return uri


def test_a_text_that_it_does_not_take_stays_offered(editor: Editor, opened: str) -> None:
    editor.change(opened, CANONICAL)
    editor.refuses = frozenset({"workspace/applyEdit"})
    assert editor.command("livebook.restore", opened) is False
    editor.refuses = frozenset()

    assert editor.command("livebook.restore", opened) is True
    assert editor.texts[opened] == EDITED


def test_a_question_that_it_does_not_show_is_answered_by_nothing(
    editor: Editor, opened: str
) -> None:
    editor.refuses = frozenset({"window/showMessageRequest"})

    assert editor.command("livebook.restoreVersion", opened) is False


def test_of_a_page_that_it_does_not_show_the_address_is_told(editor: Editor, opened: str) -> None:
    editor.refuses = frozenset({"window/showDocument"})
    editor.command("livebook.open", opened)
    address = editor.status(opened)["url"]

    assert address in editor.messages[-1]["message"]


def test_what_it_shows_no_progress_of_is_done(editor: Editor) -> None:
    editor.refuses = frozenset({"window/workDoneProgress/create"})

    assert editor.command("livebook.stop") is False
    assert editor.messages
    assert not [it for it in editor.received if it["method"] == "$/progress"]


def test_without_its_settings_the_usual_ones_count(
    start_editor: Callable[..., Editor], notebook: Path
) -> None:
    editor = start_editor(
        refuses=frozenset({"workspace/configuration", "client/registerCapability"})
    )
    uri = editor.open(notebook)

    assert editor.wait_for_state(uri, "inSync")
    assert editor.messages == []


def test_where_it_tells_of_no_files_they_are_looked_at(
    start_editor: Callable[..., Editor], tmp_path: Path
) -> None:
    other = tmp_path / "other.livemd"
    other.write_text("# Other\n\n## Early\n", encoding="utf-8")
    editor = start_editor(folder=tmp_path, refuses=frozenset({"client/registerCapability"}))

    def found(query: str) -> list[str]:
        return [it["name"] for it in editor.request("workspace/symbol", {"query": query})]

    assert found("Early") == ["Early"]
    other.write_text("# Other\n\n## Later\n", encoding="utf-8")
    assert found("Later") == ["Later"]
