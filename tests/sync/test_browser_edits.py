"""People edit in the browser too: what a session holds is looked at where Livebook shows it.

Merged with a save is nothing of it here, as with the setting `merge` on "never".
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.standin.settings import Access
from tests.conftest import CANONICAL, clean_environ
from tests.support.at_rest import until_written_back

NEVER = {"merge": "never"}
TOKEN = "a-token-for-this-test"  # noqa: S105
IN_BROWSER = CANONICAL + "\n```elixir\n:written_in_the_browser\n```\n"
IN_EDITOR = CANONICAL.replace("1 + 1", "2 + 2")
TWO = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Two\n\n```elixir\n2\n```\n"


def started(access: Access) -> StandIn:
    # A session that saves itself soon would bring the browser's edits into the file.
    return StandIn(StandInSettings(access=access, timing=Timing(autosave_s=600, save_s=0.005)))


@pytest.fixture
def livebook() -> Iterator[StandIn]:
    with started(Access(token=TOKEN)) as stand_in:
        yield stand_in


@pytest.fixture
def environ(livebook: StandIn) -> dict[str, str]:
    return clean_environ() | {"LIVEBOOK_URL": f"{livebook.url}/?token={TOKEN}"}


@pytest.fixture
def editor(start_editor: Callable[..., Editor]) -> Editor:
    return start_editor(settings=NEVER)


def opened(editor: Editor, path: Path) -> str:
    uri = editor.open(path)
    editor.wait_for_state(uri, "inSync")
    return uri


def codes(editor: Editor, uri: str) -> list[str]:
    return [it["code"] for it in editor.diagnostics.get(uri, [])]


def holds(livebook: StandIn, path: Path, text: str) -> bool:
    session = livebook.session(path)
    return session is not None and session.last_saved == text.encode()


def exports(livebook: StandIn) -> int:
    return sum("/download/export/" in it.target for it in livebook.requests)


@pytest.mark.fault(
    "livebook",
    "somebody edited it in the browser",
    during="a save",
    sees="browser_overwritten",
    recovers="by **Restore the browser's version**",
)
def test_a_save_that_replaces_edits_of_the_browser_says_so_and_can_bring_them_back(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, notebook)
    livebook.edit_session(notebook, IN_BROWSER)
    editor.save(uri, notebook, IN_EDITOR)
    editor.wait_for(lambda: "browser-overwritten" in codes(editor, uri), "the finding")
    session = livebook.session(notebook)

    assert session is not None
    assert session.text == IN_EDITOR
    editor.wait_for_state(uri, "inSync")
    assert "Restore the browser's version" in [it["title"] for it in editor.actions(uri, line=0)]

    editor.command("livebook.restoreBrowserVersion", uri)
    assert editor.texts[uri] == IN_BROWSER

    editor.save(uri, notebook, editor.texts[uri])
    editor.wait_for(lambda: "browser-overwritten" not in codes(editor, uri), "the all-clear")
    editor.wait_for_state(uri, "inSync")


def test_what_only_the_editor_takes_out_is_not_told_as_the_browsers(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    # A session shows another stamp each time, and says the same.
    notebook.write_text(livebook.stamp(f"{CANONICAL}\nWords.\n"), encoding="utf-8")
    uri = editor.open(notebook)
    editor.command("livebook.open", uri)
    editor.wait_for_state(uri, "inSync")
    told = len(editor.statuses[uri])
    editor.save(uri, notebook, livebook.stamp(CANONICAL))
    editor.wait_for(
        lambda: any(it["state"] == "inSync" for it in editor.statuses[uri][told:]), "the sync"
    )
    editor.request("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    session = livebook.session(notebook)

    assert session is not None
    assert "Words" not in session.text
    assert codes(editor, uri) == []


@pytest.mark.slow
def test_a_session_that_a_save_does_not_reach_is_not_called_in_sync(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, notebook)
    saved_ns = editor.save(uri, notebook, IN_EDITOR)
    editor.wait_for(lambda: (it := livebook.session(notebook)) and it.saves, "the write-back")
    until_written_back(editor, livebook, notebook, saved_ns)
    livebook.edit_session(notebook, IN_BROWSER)
    # Livebook does nothing at all with the bytes that it wrote last.
    editor.save(uri, notebook, IN_EDITOR)
    editor.wait_for_state(uri, "differs")

    assert codes(editor, uri) == ["session-differs"]
    session = livebook.session(notebook)
    assert session is not None
    assert session.text == IN_BROWSER


@pytest.mark.fault(
    "livebook",
    "the session holds something else",
    during="the notebook is opened",
    sees="differs",
    recovers="with the next change that is saved",
)
def test_a_session_that_was_there_before_with_something_else_is_told_and_not_touched(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(TWO, encoding="utf-8")
    opened(start_editor(settings=NEVER), notebook)
    swapped = "# Note\n\n## Two\n\n```elixir\n2\n```\n\n## One\n\n```elixir\n1\n```\n"
    livebook.edit_session(notebook, swapped)
    editor = start_editor(settings=NEVER)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "differs")
    session = livebook.session(notebook)

    assert session is not None
    assert session.text == swapped
    # What the session really holds is what the next save is judged by.
    editor.save(uri, notebook, TWO.replace("```elixir\n1", "```elixir\n11"))
    editor.wait_for_state(uri, "held")
    assert set(codes(editor, uri)) == {"sync-loses"}


@pytest.mark.parametrize("access", [Access(token=TOKEN), Access(password=TOKEN)])
def test_without_a_way_in_nothing_is_claimed_and_livebook_asked_once(
    start_editor: Callable[..., Editor], notebook: Path, access: Access
) -> None:
    with started(access) as livebook:
        editor = start_editor(environ=clean_environ() | {"LIVEBOOK_URL": livebook.url})
        uri = opened(editor, notebook)
        livebook.edit_session(notebook, IN_BROWSER)
        for text in (IN_EDITOR, CANONICAL, IN_EDITOR):
            editor.save(uri, notebook, text)
            editor.wait_for(partial(holds, livebook, notebook, text), "the write-back")
            editor.wait_for_state(uri, "inSync")

        assert codes(editor, uri) == []
        assert exports(livebook) == 1


def test_outputs_that_only_the_session_has_are_no_difference(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    output = '\n<!-- livebook:{"output":true} -->\n\n```\n2\n```\n'
    uri = opened(editor, notebook)
    livebook.edit_session(notebook, CANONICAL + output)
    editor.save(uri, notebook, IN_EDITOR)
    editor.wait_for_state(uri, "inSync")

    assert codes(editor, uri) == []
