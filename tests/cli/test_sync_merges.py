"""`sync` merges the file with what was edited in the browser, and says what it can't decide."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import run

MINE = CANONICAL.replace("1 + 1", "2 + 2")
THEIRS = CANONICAL.replace("1 + 1", "3 + 3")


@pytest.fixture
def synced(livebook: StandIn, notebook: Path, environ: dict[str, str]) -> Path:
    """A notebook whose file and session are known to have been one."""
    assert run("open", notebook, environ=environ).returncode == 0
    assert run("sync", notebook, environ=environ).returncode == 0
    livebook.wait_settled()
    return notebook


def sync(path: Path, environ: dict[str, str], *options: str) -> tuple[int, str, str]:
    done = run("sync", path.name, *options, environ=environ, cwd=path.parent)
    return done.returncode, done.stdout, done.stderr


def held(livebook: StandIn, path: Path) -> str:
    livebook.wait_settled()
    session = livebook.session(path)
    assert session is not None
    return session.text


def test_what_both_have_comes_into_file_and_session(
    livebook: StandIn, synced: Path, environ: dict[str, str]
) -> None:
    livebook.edit_session(synced, CANONICAL + "\n```elixir\n:theirs\n```\n")
    synced.write_text(MINE, encoding="utf-8")
    code, told, _ = sync(synced, environ)

    assert (code, "merged into this file" in told) == (0, True)
    assert synced.read_text() == held(livebook, synced) == MINE + "\n```elixir\n:theirs\n```\n"


def test_a_conflict_is_told_at_its_line_and_changes_nothing(
    livebook: StandIn, synced: Path, environ: dict[str, str]
) -> None:
    livebook.edit_session(synced, THEIRS)
    synced.write_text(MINE, encoding="utf-8")
    code, told, problem = sync(synced, environ)

    assert (code, told) == (1, "")
    assert problem.startswith("note.livemd:6: ")
    assert "`sync --take` takes mine, theirs or both." in problem
    assert (synced.read_text(), held(livebook, synced)) == (MINE, THEIRS)


@pytest.mark.slow
@pytest.mark.parametrize(("take", "text"), [("mine", MINE), ("theirs", THEIRS)])
def test_the_side_that_is_taken_counts(
    livebook: StandIn, synced: Path, environ: dict[str, str], take: str, text: str
) -> None:
    livebook.edit_session(synced, THEIRS)
    synced.write_text(MINE, encoding="utf-8")

    assert sync(synced, environ, "--take", take)[0] == 0
    assert synced.read_text() == held(livebook, synced) == text
