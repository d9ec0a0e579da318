"""Git runs no program that a repository names, whatever it is asked."""

from __future__ import annotations

import ast
import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from livebook_ls.sync.disk import git
from livebook_ls.sync.disk.git_repository import ChangedNotebook, GitFailed, Repository
from tests.support.package_code import MODULES, named, nodes_of

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the programs are shell scripts")

# Every place that starts a program, and why.
STARTS = {
    ("cli/demo.py", "run"): "ourselves, for the demo",
    ("cli/hook/self_test.py", "run"): "ourselves, for the test",
    ("intelligence/elixir_process/process.py", "create_subprocess_exec"): "the user's own elixir",
    ("intelligence/ruff.py", "create_subprocess_exec"): "the user's own ruff, for Python's form",
    ("livebook/starting/process.py", "Popen"): "Livebook, on the user's word",
    ("standin/editor.py", "Popen"): "our own server, for the demo and tests",
    ("sync/disk/git_command.py", "run"): "git, in its harmless form",
    ("sync/disk/writing_in_place.py", "os.fork"): "ourselves, to write what we have begun to",
}
STARTERS = {"run", "Popen", "call", "check_call", "check_output", "getoutput", "getstatusoutput"}
OF_OS = ("system", "popen", "exec", "spawn", "posix_spawn", "fork", "startfile")


def test_programs_are_started_in_these_places_only() -> None:
    found = set()
    for path in MODULES:
        name = named(path)
        for node in nodes_of(path):
            if isinstance(node, ast.ImportFrom) and node.module in ("subprocess", "pty"):
                found.add((name, f"from {node.module}"))
            if not isinstance(node, ast.Attribute):
                continue
            owner = node.value.id if isinstance(node.value, ast.Name) else ""
            if owner == "subprocess" and node.attr in STARTERS and not is_annotation(node, path):
                found.add((name, node.attr))
            if owner in ("os", "pty") and node.attr.startswith(OF_OS):
                found.add((name, f"os.{node.attr}"))
            if node.attr.startswith("create_subprocess") or node.attr == "subprocess_exec":
                found.add((name, node.attr))

    assert found == set(STARTS)


def is_annotation(node: ast.Attribute, path: Path) -> bool:
    """Whether it stands for the type, as in `Popen[bytes]`."""
    line = path.read_text(encoding="utf-8").splitlines()[node.lineno - 1]
    return line[node.end_col_offset or 0 :].startswith("[")


@pytest.fixture
def trap(tmp_path: Path) -> tuple[Path, Path]:
    """A program that leaves a trace, and the trace."""
    trace = tmp_path / "trace"
    program = tmp_path / "trap"
    program.write_text(f'#!/bin/sh\necho "$0 $*" >> {trace}\ncat\n')
    program.chmod(0o755)
    return program, trace


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for who in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{who}_NAME", "A")
        monkeypatch.setenv(f"GIT_{who}_EMAIL", "a@example.org")
    monkeypatch.setenv("HOME", str(tmp_path))
    top = tmp_path / "repository"
    top.mkdir()
    (top / "note.livemd").write_text("# Note\n")
    (top / "other.livemd").write_text("# Other\n")
    (top / ".gitignore").write_text("ignored\n")
    for arguments in (("init", "-q"), ("add", "."), ("commit", "-qm", "first")):
        subprocess.run(("git", "-C", str(top), *arguments), check=True)
    return top


def configure(top: Path, **settings: str) -> None:
    for name, value in settings.items():
        key = name.replace("__", ".")
        subprocess.run(("git", "-C", str(top), "config", key, value), check=True)


def set_traps(top: Path, program: Path) -> None:
    it = str(program)
    configure(
        top,
        core__fsmonitor=it,
        core__pager=it,
        core__editor=it,
        core__sshCommand=it,
        core__alternateRefsCommand=it,
        core__askPass=it,
        pager__diff=it,
        pager__show=it,
        diff__external=it,
        diff__d__command=it,
        diff__d__textconv=it,
        gpg__program=it,
        log__showSignature="true",
        credential__helper=f"!{it}",
        filter__f__clean=it,
        filter__f__smudge=it,
        filter__p__process=it,
        filter__p__required="true",
        diff__autoRefreshIndex="true",
    )
    # A name that a command line would cut at its sign of equality.
    with (top / ".git" / "config").open("a") as file:
        file.write(f'[filter "a=b"]\n\tclean = {it}\n\trequired = true\n')
        file.write("[include]\n\tpath = more\n")
    (top / ".git" / "more").write_text(f'[filter "included"]\n\tclean = {it}\n')
    (top / ".git" / "info" / "attributes").write_text(
        "note.livemd filter=f diff=d\nother.livemd filter=a=b diff=d\n"
        "third.livemd filter=p\nfourth.livemd filter=included\n"
    )
    hooks = top / ".git" / "hooks"
    hooks.mkdir(exist_ok=True)
    for hook in ("post-index-change", "pre-commit", "post-checkout", "fsmonitor-watchman"):
        (hooks / hook).symlink_to(program)


def staged(name: str) -> ChangedNotebook:
    return ChangedNotebook(name=name, mode="100644", old_blob="", blob=f"HEAD:{name}")


def ask_everything(top: Path) -> None:
    """All that we ever ask git for."""
    git.committed(str(top / "note.livemd"))
    git.not_ignored(str(top), [str(top / "note.livemd"), str(top / "ignored")], 60)
    git.notebooks(str(top), 60)
    with contextlib.suppress(GitFailed):
        asked = Repository(str(top))
        commit = asked.commit("HEAD") or ""
        asked.staged_changes(commit)
        asked.unmerged()
        for name in ("note.livemd", "other.livemd"):
            asked.is_as_staged(staged(name), b"# Another\r\n")
        asked.refresh()
        asked.changes(commit)
        asked.stage("note.livemd", "100644", b"# Staged\n")
        asked.refresh()
        asked.changes(commit)


def test_no_program_of_a_repository_is_run(repository: Path, trap: tuple[Path, Path]) -> None:
    program, trace = trap
    (repository / "third.livemd").write_text("# Third\n")
    (repository / "fourth.livemd").write_text("# Fourth\n")
    subprocess.run(("git", "-C", str(repository), "add", "."), check=True)
    set_traps(repository, program)
    for name in ("note", "other", "third", "fourth"):
        # Another time and the same size: git has to look into it.
        path = repository / f"{name}.livemd"
        path.write_bytes(path.read_bytes().replace(b"# ", b"#\t"))
        os.utime(path, (1, 1))
    ask_everything(repository)

    assert not trace.exists() or trace.read_text() == ""


def test_no_filter_of_a_repository_is_run_for_what_git_overlooks(
    repository: Path, trap: tuple[Path, Path]
) -> None:
    program, trace = trap
    for name in ("note.livemd", "other.livemd"):
        overlook = ("update-index", "--assume-unchanged", name)
        subprocess.run(("git", "-C", str(repository), *overlook), check=True)
        (repository / name).write_text("# Another\n")
    set_traps(repository, program)
    asked = Repository(str(repository))
    said = [
        asked.is_as_staged(staged(it), b"# Another\n") for it in ("note.livemd", "other.livemd")
    ]

    assert said == [False, False]
    assert not trace.exists()


def test_a_bare_repository_in_a_clone_is_none(repository: Path, trap: tuple[Path, Path]) -> None:
    program, trace = trap
    bare = repository / "docs"
    subprocess.run(("git", "init", "-q", "--bare", str(bare)), check=True)
    configure(
        bare, core__fsmonitor=str(program), core__worktree=str(repository), core__bare="false"
    )
    (bare / "note.livemd").write_text("# Note\n")
    ask_everything(bare)

    assert not trace.exists()
    assert git.committed(str(bare / "note.livemd")) is None


def test_what_was_never_fetched_is_not_fetched(repository: Path, trap: tuple[Path, Path]) -> None:
    program, trace = trap
    blob = subprocess.run(
        ("git", "-C", str(repository), "rev-parse", "HEAD:note.livemd"),
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    (repository / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    configure(
        repository,
        remote__origin__url=f"ext::{program} %S",
        remote__origin__promisor="true",
        remote__origin__partialclonefilter="blob:none",
        protocol__ext__allow="always",
        extensions__partialClone="origin",
    )
    ask_everything(repository)

    assert not trace.exists()


def test_a_filter_of_the_user_is_still_run(
    repository: Path, trap: tuple[Path, Path], tmp_path: Path
) -> None:
    """As Git LFS is, which most people have in their own configuration."""
    program, trace = trap
    (tmp_path / ".gitconfig").write_text(f'[filter "mine"]\n\tclean = {program}\n')
    (repository / ".git" / "info" / "attributes").write_text("*.livemd filter=mine\n")
    os.utime(repository / "note.livemd", (1, 1))
    ask_everything(repository)

    assert trace.exists()
