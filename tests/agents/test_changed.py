"""Which notebooks a command changed, and which of them are work at all."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from livebook_ls.agents.changed_notebooks import look
from livebook_ls.sync.disk import git
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin


@pytest.fixture
def repository(project: Path) -> Path:
    subprocess.run(["git", "init", "-q", project], check=True)
    (project / ".gitignore").write_text("drafts/\n", encoding="utf-8")
    for name in ("tracked.livemd", "new ä.livemd", "drafts/ignored.livemd", "sub/deep.livemd"):
        path = project / name
        path.parent.mkdir(exist_ok=True)
        path.write_text("# T\n", encoding="utf-8")
    subprocess.run(["git", "-C", project, "add", "tracked.livemd"], check=True)
    return project


def test_git_names_notebooks_that_are_not_ignored(repository: Path) -> None:
    wanted = {str(repository / it) for it in ("tracked.livemd", "new ä.livemd", "sub/deep.livemd")}

    assert set(git.notebooks(str(repository), 60) or ()) == wanted


def test_ignored_notebooks_are_sorted_out(repository: Path) -> None:
    paths = [str(repository / it) for it in ("new ä.livemd", "drafts/ignored.livemd")]

    assert git.not_ignored(str(repository), paths, 60) == paths[:1]


def test_without_a_repository_nothing_is_ignored(project: Path) -> None:
    assert git.not_ignored(str(project), ["a.livemd"], 60) == ["a.livemd"]
    assert git.notebooks(str(project / "nowhere"), 60) is None


@pytest.mark.skipif(os.name == "nt", reason="Windows keeps no time of a file's move")
def test_a_notebook_that_was_moved_there_is_new(project: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.livemd"
    old.write_text("# T\n", encoding="utf-8")
    os.utime(old, ns=(0, 0))
    since_ns = time.time_ns() - 1_000_000_000
    old.rename(project / "moved.livemd")

    assert look(str(project), since_ns).paths == [str(project / "moved.livemd")]
    assert look(str(project), time.time_ns() + 1_000_000_000).paths == []


def test_versions_that_are_kept_are_nobodys_work(project: Path) -> None:
    state = StateFolder({"XDG_STATE_HOME": str(project / "state")})
    KeptTexts(state).keep(str(project / "one.livemd"), "# One\n", VersionOrigin.SAVED)
    before = look(str(project), 0).paths

    assert list(state.notebooks.rglob("*.livemd"))
    assert not [it for it in before if "state" in it]


def test_links_to_folders_are_not_followed(project: Path) -> None:
    (project / "round").symlink_to(project)

    assert look(str(project), 0).is_whole
