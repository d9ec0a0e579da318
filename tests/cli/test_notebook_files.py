"""Which notebooks a command means by its arguments."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from livebook_ls.cli.arguments.notebook_files import find
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(*names: str) -> None:
    for name in names:
        path = Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("# T\n", encoding="utf-8")


def ignore(folder: str, *rules: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    Path(folder, ".gitignore").write_text("\n".join(rules) + "\n", encoding="utf-8")


def check(expected: list[str], *named: str) -> None:
    found = find(named)

    assert list(found.notebooks) == [it.replace("/", os.sep) for it in expected]
    assert not found.problems


def test_the_current_folder_in_the_order_of_names() -> None:
    write("b.livemd", "a/z.livemd", "a/ä ö.livemd", "c.LIVEMD", "notes.md")

    check(["a/z.livemd", "a/ä ö.livemd", "b.livemd", "c.LIVEMD"])
    check(["a/z.livemd", "a/ä ö.livemd"], "a")
    check(["b.livemd", "a/z.livemd", "a/ä ö.livemd", "c.LIVEMD"], "b.livemd", ".")


@pytest.mark.parametrize("folder", [".git", "node_modules", "_build", "deps"])
def test_folders_of_other_programs_are_left_out_unless_named(folder: str) -> None:
    write(f"{folder}/a.livemd", f"sub/{folder}/b.livemd", "mine.livemd")

    check(["mine.livemd"])
    check([f"{folder}/a.livemd"], folder)


def test_versions_that_are_kept_are_no_notebooks() -> None:
    write("mine.livemd", "livebook-ls/notebooks/b.livemd", "livebook-ls/notebooks/sub/c.livemd")
    state = StateFolder({"XDG_STATE_HOME": str(Path.cwd())})
    KeptTexts(state).keep("mine.livemd", "# T\n", VersionOrigin.SAVED)
    (kept,) = set(state.notebooks.rglob("*-*.livemd"))

    check(["livebook-ls/notebooks/b.livemd", "livebook-ls/notebooks/sub/c.livemd", "mine.livemd"])
    found = find([str(kept)])
    assert not found.notebooks
    assert found.problems == (
        f"{kept}: This is a version that is kept of a notebook, for `livebook-ls restore`.",
    )


def test_gitignore_files_count_without_git_the_nearest_first() -> None:
    write("draft.livemd", "old/a.livemd", "sub/draft.livemd", "sub/b.livemd", "sub/old/c.livemd")
    ignore(".", "draft.livemd", "/old/")
    ignore("sub", "!draft.livemd", "b.*")

    check(["sub/draft.livemd", "sub/old/c.livemd"])


def test_rules_above_a_named_folder_count_within_its_repository_only() -> None:
    ignore("top", "draft.livemd", "built/")
    write("top/repo/draft.livemd", "top/repo/built/a.livemd", "top/repo/built/draft.livemd")

    check(["top/repo/built/a.livemd", "top/repo/built/draft.livemd", "top/repo/draft.livemd"],
          "top/repo")  # fmt: skip
    Path("top/.git").mkdir()
    check([], "top/repo")
    # Of a folder that is left out itself, all is meant once it is named.
    check(["top/repo/built/a.livemd", "top/repo/built/draft.livemd"], "top/repo/built")


def test_a_named_file_is_meant_whatever_the_rules() -> None:
    ignore(".", "*.livemd")
    write("a.livemd")

    check([])
    check(["a.livemd"], "a.livemd")


def test_links_are_no_loops_and_nothing_is_found_twice() -> None:
    write("a/one.livemd")
    Path("a/again").symlink_to(Path("a").resolve(), target_is_directory=True)
    Path("a/link.livemd").symlink_to(Path("a/one.livemd").resolve())
    Path("folder.livemd").mkdir()
    write("folder.livemd/two.livemd")
    Path("broken.livemd").symlink_to("nowhere")

    check(["a/link.livemd", "folder.livemd/two.livemd"])


def test_what_is_named_and_is_no_notebook_is_told() -> None:
    write("a.md", "b.livemd")
    found = find(["gone.livemd", "a.md", "b.livemd", "nowhere/"])

    assert found.notebooks == ("b.livemd",)
    assert found.problems == (
        "gone.livemd: There is no such file or folder.",
        "a.md: This is not a .livemd notebook.",
        "nowhere/: There is no such file or folder.",
    )


@pytest.mark.fault(
    "files",
    "a folder may not be read",
    during="notebooks are looked for",
    shows="its name, and that it may not be read; the rest is done",
    recovers="the command again",
)
@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root reads all")
def test_a_folder_that_may_not_be_read_is_told() -> None:
    write("closed/a.livemd", "b.livemd")
    Path("closed").chmod(0)
    found = find([])
    Path("closed").chmod(0o755)

    assert found.notebooks == ("b.livemd",)
    assert "Permission denied" in found.problems[0]
