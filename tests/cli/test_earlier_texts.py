"""What commands write over can be had back, and nothing of that stands in their way."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.support.command import run
from tests.support.git import commit_all

UNFORMED = "# Note\n\n## Section\n\n*  one\n*  two\n\n```elixir\n1\n```\n"
UNCLOSED = "# Note\n\n## Section\n\n```elixir\n1\n"

# Writes what the notebook has, and says which command is to write over it.
Prepare = Callable[[Path, StandIn], tuple[str, ...]]


def formatting(notebook: Path, _: StandIn) -> tuple[str, ...]:
    notebook.write_text(UNFORMED, encoding="utf-8")
    return ("format", "note.livemd")


def fixing(notebook: Path, _: StandIn) -> tuple[str, ...]:
    notebook.write_text(UNCLOSED, encoding="utf-8")
    return ("check", "--fix", "note.livemd")


def restamping(notebook: Path, livebook: StandIn) -> tuple[str, ...]:
    stamped = livebook.stamp(UNCLOSED + "```\n")
    notebook.write_text(stamped, encoding="utf-8")
    commit_all(notebook.parent)
    notebook.write_text(stamped.replace("\n1\n", "\n2\n"), encoding="utf-8")
    return ("restamp", "note.livemd")


def merging(notebook: Path, _: StandIn) -> tuple[str, ...]:
    notebook.write_text("# Mine\n", encoding="utf-8")
    for name, text in (("base", "# Note\n"), ("theirs", "# Note\n\nWords\n")):
        (notebook.parent / f"{name}.livemd").write_text(text, encoding="utf-8")
    return ("merge", "base.livemd", "note.livemd", "theirs.livemd", "-o", "note.livemd")


def exporting(notebook: Path, _: StandIn) -> tuple[str, ...]:
    (notebook.parent / "other.livemd").write_text("# Other\n", encoding="utf-8")
    return ("export", "other.livemd", "--to", "md", "-o", "note.livemd")


each = pytest.mark.parametrize("prepare", [formatting, fixing, restamping, merging, exporting])


@each
def test_what_a_command_writes_over_can_be_had_back(
    notebook: Path, livebook: StandIn, environ: dict[str, str], prepare: Prepare
) -> None:
    command = prepare(notebook, livebook)
    before = notebook.read_text(encoding="utf-8")
    done = run(*command, cwd=notebook.parent, environ=environ)
    kept = KeptTexts(StateFolder(environ))

    assert (done.returncode, done.stderr) == (0, "")
    assert notebook.read_text(encoding="utf-8") != before
    assert [kept.text(it) for it in kept.versions(str(notebook))] == [before]


@pytest.mark.fault(
    "ourselves",
    "the state folder can't be written",
    during="`format`, `check --fix`, `restamp` or `merge -o`",
    shows="nothing: the file is written, as in CI",
    recovers="nothing to do",
)
@each
def test_a_command_does_its_work_where_nothing_can_be_kept(
    notebook: Path, livebook: StandIn, environ: dict[str, str], prepare: Prepare, tmp_path: Path
) -> None:
    command = prepare(notebook, livebook)
    before = notebook.read_text(encoding="utf-8")
    is_no_folder = tmp_path / "state"
    is_no_folder.write_text("")
    done = run(
        *command, cwd=notebook.parent, environ=environ | {"XDG_STATE_HOME": str(is_no_folder)}
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert notebook.read_text(encoding="utf-8") != before
