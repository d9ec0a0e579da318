"""A session that one of ours has brought a text, and ended before that was noted, is no browser's.

So do hooks of which many come at once: each has a few seconds, waiting included.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from tests.conftest import CANONICAL
from tests.support.child import Child
from tests.support.command import PROGRAM, run
from tests.support.waiting import until

SECOND = CANONICAL.replace("1 + 1", "1 + 2")
THIRD = CANONICAL.replace("1 + 1", "1 + 3")
MORE = f"{CANONICAL}\n```elixir\n:more\n```\n"


def share(notebook: Path, environ: dict[str, str], text: str) -> None:
    """File and session hold this, as one of ours knows."""
    notebook.write_text(text, encoding="utf-8")
    assert run("open", notebook, environ=environ).returncode == 0
    assert run("sync", notebook, environ=environ).returncode == 0


def sync_and_end(livebook: StandIn, notebook: Path, environ: dict[str, str], text: str) -> None:
    """One of ours has a text of the file read, and ends before Livebook has done so."""
    notebook.write_text(text, encoding="utf-8")
    with (
        livebook.holding(HoldPoint.SYNC) as until_held,
        Child((*PROGRAM, "sync", str(notebook)), env=environ) as it,
    ):
        until_held(1)
        it.kill()
    until(lambda: held(livebook, notebook) == text)
    livebook.wait_settled()


def held(livebook: StandIn, notebook: Path) -> str:
    session = livebook.session(notebook)
    assert session is not None
    return session.text


@pytest.mark.fault(
    "ourselves",
    "a hook or command ends before it could note what it has synced",
    during="the file gets another text",
    shows="nothing: the session follows",
    recovers="by itself",
)
@pytest.mark.parametrize(("second", "third"), [(SECOND, THIRD), (MORE, CANONICAL), (MORE, THIRD)])
def test_a_text_that_was_synced_and_not_noted_is_no_edit_of_the_browsers(
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    second: str,
    third: str,
) -> None:
    share(notebook, environ, CANONICAL)
    sync_and_end(livebook, notebook, environ, second)
    notebook.write_text(third, encoding="utf-8")

    done = run("sync", notebook, environ=environ)

    assert (done.returncode, done.stderr) == (0, "")
    assert held(livebook, notebook) == third
    assert notebook.read_text(encoding="utf-8") == third


def test_what_an_agent_writes_beside_an_editor_goes_out_from_the_file(
    editor: Editor, livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    share(notebook, environ, CANONICAL)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    sync_and_end(livebook, notebook, environ, SECOND)
    notebook.write_text(THIRD, encoding="utf-8")

    editor.wait_for(lambda: held(livebook, notebook) == THIRD, "the session following", 30.0)
    editor.wait_for_state(uri, "inSync")


def test_what_the_browser_has_and_livebook_saved_is_its_edit(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    share(notebook, environ, CANONICAL)
    livebook.edit_session(notebook, SECOND)
    livebook.save_session(notebook)
    # By one of ours, which had to wait.
    KeptTexts(StateFolder(environ)).keep(str(notebook), SECOND, VersionOrigin.FOUND)
    notebook.write_text(THIRD, encoding="utf-8")

    done = run("sync", notebook, environ=environ)

    assert done.returncode == 1
    assert "differently" in done.stderr
    assert held(livebook, notebook) == SECOND


def test_what_the_browser_had_before_is_its_edit_where_it_has_that_again(
    livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    share(notebook, environ, SECOND)
    notebook.write_text(CANONICAL, encoding="utf-8")
    assert run("sync", notebook, environ=environ).returncode == 0
    livebook.edit_session(notebook, SECOND)
    notebook.write_text(THIRD, encoding="utf-8")

    done = run("sync", notebook, environ=environ)

    assert done.returncode == 1
    assert "differently" in done.stderr
    assert held(livebook, notebook) == SECOND
