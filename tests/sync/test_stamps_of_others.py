"""Stamps that another Livebook made: nobody here broke them, and none is taken away unasked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import run
from tests.support.git import commit_all

OTHER_FORM = "# Note\n\n## Section\n\n- a\n"


@pytest.fixture(scope="module")
def author() -> Iterator[StandIn]:
    """The Livebook of whoever made the notebook; its key is not here."""
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture
def foreign(author: StandIn, notebook: Path) -> Path:
    notebook.write_text(author.stamp(CANONICAL), encoding="utf-8")
    return notebook


def codes(editor: Editor, uri: str) -> list[str]:
    return [it["code"] for it in editor.diagnostics.get(uri, [])]


@pytest.mark.parametrize(("is_committed", "code"), [(True, "stamp-elsewhere"),
                                                    (False, "stamp-untold")])  # fmt: skip
def test_it_is_told_as_nobodys_fault(
    editor: Editor, foreign: Path, is_committed: bool, code: str
) -> None:
    if is_committed:
        commit_all(foreign.parent)
    uri = editor.open(foreign)
    editor.wait_for_state(uri, "detached")

    editor.wait_for(lambda: code in codes(editor, uri), code)
    (told,) = [it for it in editor.diagnostics[uri] if it["code"] == code]
    assert told["severity"] == 3
    assert "Restamp" not in told["message"]


def test_one_that_was_valid_here_when_it_was_committed_is_stale(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    stamped = livebook.stamp(CANONICAL)
    notebook.write_text(stamped, encoding="utf-8")
    commit_all(notebook.parent)
    notebook.write_text(stamped.replace("1 + 1", "2 + 2"), encoding="utf-8")
    uri = editor.open(notebook)

    editor.wait_for(lambda: "stamp-stale" in codes(editor, uri), "the stale stamp")


@pytest.mark.fault(
    "livebook",
    "the stamp is another Livebook's",
    during="the notebook is opened",
    sees="open_drops_stamp",
    recovers="on your word",
)
def test_an_open_that_takes_it_away_waits_for_a_word(
    editor: Editor, livebook: StandIn, foreign: Path
) -> None:
    before = foreign.read_bytes()
    uri = editor.open(foreign)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", uri)

    editor.wait_for(lambda: "open-drops-stamp" in codes(editor, uri), "the warning")
    assert not livebook.sessions
    assert foreign.read_bytes() == before


def test_once_it_is_opened_anyway_the_text_with_the_stamp_is_kept(
    editor: Editor, livebook: StandIn, foreign: Path
) -> None:
    stamped = foreign.read_text(encoding="utf-8")
    uri = editor.open(foreign)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.openAnyway", uri)
    editor.wait_for(lambda: livebook.session(foreign), "the session")
    livebook.save_session(foreign)
    editor.wait_for(
        lambda: foreign.read_text(encoding="utf-8") == CANONICAL, "Livebook's own write"
    )

    assert editor.command("livebook.restore", uri)
    assert editor.texts[uri] == stamped


def test_a_save_does_not_put_the_stamp_back_under_the_session(
    editor: Editor, livebook: StandIn, foreign: Path
) -> None:
    uri = editor.open(foreign)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.openAnyway", uri)
    livebook.save_session(foreign)
    editor.wait_for(
        lambda: foreign.read_text(encoding="utf-8") == CANONICAL, "Livebook's own write"
    )
    stamped = editor.texts[uri]
    editor.save(uri, foreign, stamped.replace("1 + 1", "2 + 2"))
    edited = CANONICAL.replace("1 + 1", "2 + 2")

    assert editor.wait_for(
        lambda: foreign.read_text(encoding="utf-8") == edited, "the file without the stamp"
    )


def test_open_in_a_terminal_asks_for_anyway(
    foreign: Path, livebook: StandIn, environ: dict[str, str]
) -> None:
    before = foreign.read_bytes()
    held = run("open", foreign, environ=environ)

    assert (held.returncode, held.stdout) == (1, "")
    assert "take its stamp out" in held.stderr
    assert (foreign.read_bytes(), livebook.sessions) == (before, ())
    assert run("open", "--anyway", foreign, environ=environ).returncode == 0
    assert livebook.session(foreign)


def test_checks_pass_for_a_stamp_that_nobody_here_has_broken(
    foreign: Path, author: StandIn, environ: dict[str, str]
) -> None:
    (foreign.parent / "other.livemd").write_text(
        OTHER_FORM + author.stamp(CANONICAL).removeprefix(CANONICAL), encoding="utf-8"
    )
    commit_all(foreign.parent)
    checked = run("check", "--online", cwd=foreign.parent, environ=environ)
    formatted = run("format", "--check", cwd=foreign.parent, environ=environ)

    assert (checked.returncode, formatted.returncode) == (0, 0), checked.stdout + formatted.stderr


def test_formatting_leaves_it_as_it_is(
    tmp_path: Path, author: StandIn, environ: dict[str, str]
) -> None:
    path = tmp_path / "other.livemd"
    path.write_text(OTHER_FORM + author.stamp(CANONICAL).removeprefix(CANONICAL), encoding="utf-8")
    before = path.read_bytes()
    done = run("format", path, environ=environ)

    assert (done.returncode, path.read_bytes()) == (0, before)
    assert "Left alone" in done.stderr


def test_a_hook_opens_no_session_for_it(
    start_editor: Callable[..., Editor], foreign: Path, livebook: StandIn
) -> None:
    editor = start_editor(settings={"openOnDidOpen": "always"})
    uri = editor.open(foreign)

    editor.wait_for(lambda: "open-drops-stamp" in codes(editor, uri), "the warning")
    assert not livebook.sessions
