"""`livebook-ls restamp` in every state that a git repository can be in."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import run

# Dozens of processes, of git's and of shells.
pytestmark = pytest.mark.slow

NAME = "nöte book.livemd"


class Git:
    """A repository with a stamped and a plain notebook, and how Livebook judges them."""

    def __init__(self, top: Path, livebook: StandIn, environ: dict[str, str]) -> None:
        self.top = top
        self.livebook = livebook
        # Nobody's own settings count.
        self.environ = environ | {
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "a",
            "GIT_COMMITTER_EMAIL": "a@example.org",
        }
        self.note = top / NAME
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "main")

    def git(self, *arguments: str, cwd: Path | None = None, code: int = 0) -> str:
        done = subprocess.run(
            ("git", *arguments),
            cwd=cwd or self.top,
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )
        assert done.returncode == code, done.stderr
        return done.stdout

    def commit(self) -> None:
        """Commit a stamped notebook beside a plain one and other files."""
        self.note.write_bytes(self.livebook.stamp(CANONICAL).encode("utf-8"))
        (self.top / "plain.livemd").write_bytes(CANONICAL.encode("utf-8"))
        (self.top / "code.ex").write_bytes(b"1 + 1\n")
        self.git("add", ".")
        self.git("commit", "-qm", "first")

    def edit(self, path: Path | None = None, now: bytes = b"1 + 2") -> None:
        path = path or self.note
        path.write_bytes(path.read_bytes().replace(b"1 + 1", now))

    def restamp(self, *options: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        return run("restamp", *options, cwd=cwd or self.top, environ=self.environ)

    def staged(self) -> bytes:
        return self.git("show", f":{NAME}").encode("utf-8")

    def is_stamped(self, content: bytes) -> bool:
        """Whether Livebook finds a stamp in it, and valid."""
        text = content.decode("utf-8")
        sources = {"old_source": text, "new_source": text}
        answer = httpx.post(f"{self.livebook.url}/dev/restamp", json=sources, trust_env=False)
        return '"stamp":' in text and answer.status_code == 200 and answer.json()["source"] == text

    def state(self) -> tuple[str, dict[str, bytes]]:
        """What git says, and every file."""
        files = {
            str(it.relative_to(self.top)): it.read_bytes()
            for it in self.top.rglob("*")
            if it.is_file() and ".git" not in it.relative_to(self.top).parts
        }
        return self.git("status", "--porcelain=v2", "-uall"), files

    def untouched_by(self, *options: str, cwd: Path | None = None, code: int = 0) -> str:
        """What is said by a run that must leave everything as it is, the index too."""
        before = self.state(), (self.top / ".git" / "index").read_bytes()
        done = self.restamp(*options, cwd=cwd)

        assert done.returncode == code, done.stderr
        assert (self.state(), (self.top / ".git" / "index").read_bytes()) == before
        return done.stdout + done.stderr


@pytest.fixture
def git(tmp_path: Path, livebook: StandIn, environ: dict[str, str]) -> Git:
    return Git(tmp_path / "repo sitory", livebook, environ)


@pytest.fixture
def committed(git: Git) -> Git:
    git.commit()
    return git


def test_clean(committed: Git) -> None:
    assert committed.untouched_by() == ""
    assert committed.untouched_by("--staged") == ""
    assert committed.untouched_by("--check") == ""


def test_unstaged(committed: Git) -> None:
    committed.edit()
    committed.edit(committed.top / "plain.livemd")
    committed.edit(committed.top / "code.ex")
    status, before = committed.state()
    done = committed.restamp()
    after = committed.state()

    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.is_stamped(after[1][NAME])
    assert b"1 + 2" in after[1][NAME]
    assert after == (status, before | {NAME: after[1][NAME]})
    assert committed.untouched_by() == ""


def test_check_only_tells(committed: Git) -> None:
    committed.edit()

    assert committed.untouched_by("--check", code=1) == f"{NAME}: its stamp is stale\n"
    assert committed.untouched_by("--check", "--quiet", code=1) == ""


def test_staged_for_a_hook(committed: Git) -> None:
    committed.edit()
    committed.git("add", NAME)
    done = committed.restamp("--staged")

    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.is_stamped(committed.staged())
    assert committed.note.read_bytes() == committed.staged()
    assert committed.git("status", "--porcelain", "-z") == f"M  {NAME}\0"


def test_staged_without_the_option_is_restamped_in_the_working_tree(committed: Git) -> None:
    committed.edit()
    committed.git("add", NAME)
    index = committed.staged()
    committed.restamp()

    assert committed.is_stamped(committed.note.read_bytes())
    assert committed.staged() == index


def test_staged_and_changed_again(committed: Git) -> None:
    committed.edit()
    committed.git("add", NAME)
    committed.edit(now=b"1")
    committed.note.write_bytes(committed.note.read_bytes().replace(b"1 + 2", b"1 + 3"))
    working = committed.note.read_bytes()
    done = committed.restamp("--staged")

    assert done.returncode == 0
    assert committed.is_stamped(committed.staged())
    assert b"1 + 2" in committed.staged()
    assert committed.note.read_bytes() == working
    assert committed.restamp().stdout == f"{NAME}: restamped\n"
    assert committed.is_stamped(committed.note.read_bytes())
    assert b"1 + 3" in committed.note.read_bytes()


@pytest.mark.parametrize(
    "flags",
    [("assume-unchanged",), ("skip-worktree",), ("assume-unchanged", "skip-worktree")],
    ids=" and ".join,
)
@pytest.mark.parametrize("is_edited", [True, False], ids=["edited", "as staged"])
def test_what_git_is_told_to_overlook_is_not_written_over(
    committed: Git, flags: tuple[str, ...], is_edited: bool
) -> None:
    committed.edit()
    committed.git("add", NAME)
    for flag in flags:
        committed.git("update-index", f"--{flag}", NAME)
    if is_edited:
        committed.note.write_bytes(committed.note.read_bytes() + b"\nOnly here.\n")
    working, listed = committed.note.read_bytes(), committed.git("ls-files", "-v")
    done = committed.restamp("--staged")

    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.is_stamped(committed.staged())
    assert committed.note.read_bytes() == (working if is_edited else committed.staged())
    assert committed.git("ls-files", "-v") == listed


def test_a_notebook_outside_of_a_sparse_checkout_stays_there(committed: Git) -> None:
    outside = committed.top / "out" / "b.livemd"
    outside.parent.mkdir()
    outside.write_bytes(committed.note.read_bytes())
    committed.git("add", ".")
    committed.git("commit", "-qm", "outside")
    committed.git("checkout", "-qb", "side")
    committed.edit(outside)
    committed.git("commit", "-qam", "side")
    committed.git("checkout", "-q", "main")
    committed.edit(now=b"1 + 9")
    committed.git("commit", "-qam", "main")
    committed.git("sparse-checkout", "set", "in")
    committed.git("merge", "-q", "--no-commit", "side")
    listed = committed.git("ls-files", "-v")
    done = committed.restamp("--staged")

    assert (done.returncode, done.stdout) == (0, "out/b.livemd: restamped\n")
    assert committed.is_stamped(committed.git("show", ":out/b.livemd").encode())
    assert committed.git("ls-files", "-v") == listed
    assert committed.git("status", "--porcelain") == "M  out/b.livemd\n"
    assert not outside.exists()
    assert committed.restamp().stdout == f"{NAME}: restamped\n"
    assert not outside.exists()


def test_what_is_staged_with_carriage_returns_is_as_staged(committed: Git) -> None:
    crlf = committed.note.read_bytes().replace(b"\n", b"\r\n").replace(b"1 + 1", b"1 + 2")
    committed.note.write_bytes(crlf)
    committed.git("add", NAME)
    committed.git("config", "core.autocrlf", "true")
    done = committed.restamp("--staged")

    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.note.read_bytes() == committed.staged()


@pytest.mark.parametrize("option", ["a link", "a mode"])
def test_what_differs_from_what_is_staged_by_more_than_its_text_is_left(
    committed: Git, option: str
) -> None:
    committed.edit()
    committed.git("add", NAME)
    if option == "a link":
        elsewhere = committed.top / "elsewhere"
        committed.note.rename(elsewhere)
        committed.note.symlink_to(elsewhere)
    else:
        committed.note.chmod(0o755)
    working = committed.note.read_bytes()
    done = committed.restamp("--staged")

    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.is_stamped(committed.staged())
    assert committed.note.read_bytes() == working


def test_unstaged_only_is_left_alone_by_a_hook(committed: Git) -> None:
    committed.edit()

    assert committed.untouched_by("--staged") == ""


@pytest.mark.parametrize("by", ["git mv", "mv", "staged mv"])
def test_renamed(committed: Git, by: str) -> None:
    new = committed.top / "sub" / "renämed.livemd"
    new.parent.mkdir()
    if by == "git mv":
        committed.git("mv", NAME, str(new))
    else:
        committed.note.rename(new)
    committed.edit(new)
    # So much is new that git sees no likeness any more.
    added = b"\n".join(b"word %d" % number for number in range(300))
    new.write_bytes(new.read_bytes().replace(b"## Section", b"## Section\n\n" + added))
    if by == "staged mv":
        committed.git("add", "-A")
    done = committed.restamp(*(["--staged"] if by == "staged mv" else []))

    assert (done.returncode, done.stdout, done.stderr) == (0, "sub/renämed.livemd: restamped\n", "")
    assert committed.is_stamped(new.read_bytes())


def test_a_renamed_notebook_that_is_alike_is_followed_by_gits_own_judgement(
    committed: Git,
) -> None:
    committed.git("mv", NAME, "new.livemd")
    committed.edit(committed.top / "new.livemd")

    assert committed.restamp().stdout == "new.livemd: restamped\n"


def test_new_and_deleted(committed: Git) -> None:
    stamped = committed.livebook.stamp(CANONICAL).replace("1 + 1", "1 + 2")
    (committed.top / "untracked.livemd").write_text(stamped, encoding="utf-8")
    (committed.top / "added.livemd").write_text(stamped, encoding="utf-8")
    committed.git("add", "added.livemd")
    committed.note.unlink()

    assert committed.untouched_by() == ""
    assert committed.untouched_by("--staged") == ""


@pytest.mark.parametrize("options", [[], ["--staged"]], ids=["files", "staged"])
def test_a_merge_in_progress(committed: Git, options: list[str]) -> None:
    other = committed.top / "other.livemd"
    other.write_bytes(committed.livebook.stamp(CANONICAL.replace("Note", "Other")).encode())
    committed.git("add", ".")
    committed.git("commit", "-qm", "other")
    committed.git("checkout", "-qb", "side")
    committed.edit(now=b"1 + 8")
    committed.git("commit", "-qam", "side")
    committed.git("checkout", "-q", "main")
    committed.edit(now=b"1 + 9")
    committed.git("commit", "-qam", "main")
    committed.git("merge", "side", code=1)
    committed.edit(other)
    if options:
        committed.git("add", str(other))
    conflict = committed.note.read_bytes()
    done = committed.restamp(*options)

    assert done.returncode == 1
    assert done.stderr == f"{NAME}: Its merge is not settled.\n"
    assert done.stdout == "other.livemd: restamped\n"
    assert committed.note.read_bytes() == conflict
    assert committed.git("ls-files", "--unmerged")


def test_a_submodule_is_a_repository_of_its_own(
    committed: Git, tmp_path: Path, livebook: StandIn
) -> None:
    inner = Git(tmp_path / "inner", livebook, committed.environ)
    inner.commit()
    committed.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.top), "m")
    committed.git("commit", "-qm", "submodule")
    note = committed.top / "m" / NAME
    committed.edit(note)
    status = committed.git("status", "--porcelain")
    done = committed.restamp()

    assert (done.returncode, done.stdout) == (0, f"m/{NAME}: restamped\n")
    assert committed.is_stamped(note.read_bytes())
    assert committed.git("status", "--porcelain") == status


def test_a_worktree(committed: Git, tmp_path: Path) -> None:
    tree = tmp_path / "tree"
    committed.git("worktree", "add", "-q", str(tree))
    committed.edit(tree / NAME)
    committed.git("add", ".", cwd=tree)
    done = committed.restamp("--staged", cwd=tree)

    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.is_stamped((tree / NAME).read_bytes())
    assert committed.untouched_by() == ""


def test_no_commit_yet(git: Git) -> None:
    git.note.write_text(git.livebook.stamp(CANONICAL), encoding="utf-8")
    git.git("add", ".")
    git.edit()

    assert git.untouched_by() == ""
    assert git.untouched_by("--staged") == ""


def test_not_a_repository(tmp_path: Path, environ: dict[str, str], notebook: Path) -> None:
    done = run("restamp", cwd=tmp_path, environ=environ)

    assert done.returncode == 1
    assert "no git repository" in done.stderr
    assert notebook.read_bytes() == CANONICAL.encode("utf-8")


@pytest.mark.parametrize("way", ["attributes", "autocrlf"])
@pytest.mark.parametrize("options", [[], ["--staged"]])
def test_crlf_by_git(committed: Git, way: str, options: list[str]) -> None:
    if way == "autocrlf":
        committed.git("config", "core.autocrlf", "true")
    else:
        (committed.top / ".gitattributes").write_bytes(b"*.livemd text eol=crlf\n")
        committed.git("add", ".gitattributes")
        committed.git("commit", "-qm", "attributes")
    for path in committed.top.glob("*.livemd"):
        path.unlink()
    committed.git("checkout", "--", ".")
    assert b"\r\n" in committed.note.read_bytes()
    assert committed.untouched_by(*options) == ""
    plain = (committed.top / "plain.livemd").read_bytes()
    committed.edit()
    committed.git("add", NAME)
    done = committed.restamp(*options)

    # Livebook's stamp is one of the text with line feeds, on disk as in git.
    assert (done.returncode, done.stdout) == (0, f"{NAME}: restamped\n")
    assert committed.is_stamped(committed.note.read_bytes())
    assert (committed.top / "plain.livemd").read_bytes() == plain
    committed.git("add", ".")
    assert committed.git("status", "--porcelain", "-z") == f"M  {NAME}\0"
    assert committed.is_stamped(committed.staged())


def test_a_real_hook_restamps_what_is_committed(committed: Git) -> None:
    hook = committed.top / ".git" / "hooks" / "pre-commit"
    hook.write_text("#!/bin/sh\nexec python3 -m livebook_ls restamp --staged\n", encoding="utf-8")
    hook.chmod(0o755)
    committed.environ["PATH"] = f"{Path(sys.executable).parent}:{committed.environ['PATH']}"
    committed.edit()
    committed.git("commit", "-qam", "edited")

    assert committed.is_stamped(committed.git("show", f"HEAD:{NAME}").encode("utf-8"))
    assert committed.git("status", "--porcelain") == ""


def test_another_base(committed: Git) -> None:
    committed.edit()
    committed.git("commit", "-qam", "stale")

    assert committed.restamp("--base", "HEAD~1").stdout == f"{NAME}: restamped\n"
    assert "no commit gone" in committed.untouched_by("--base", "gone", code=1)
    assert committed.restamp("--base=--output=x").returncode == 2


def test_only_below_what_is_named(committed: Git) -> None:
    committed.edit()
    sub = committed.top / "sub"
    sub.mkdir()

    assert committed.untouched_by("sub") == ""
    assert committed.untouched_by(cwd=sub) == ""
    assert committed.restamp(f"../{NAME}", cwd=sub).returncode == 0
    assert committed.is_stamped(committed.note.read_bytes())


def test_what_would_be_lost_is_told_and_needs_force(committed: Git) -> None:
    text = committed.note.read_text(encoding="utf-8")
    lossy = text.replace("## Section", "## Section\n\n[a][b]\n\n[b]: http://e.org/b")
    committed.note.write_text(lossy, encoding="utf-8")

    assert "would drop this link definition" in committed.untouched_by(code=1)
    assert committed.restamp("--force").stdout == f"{NAME}: restamped\n"
    assert committed.is_stamped(committed.note.read_bytes())


def test_a_stamp_that_was_committed_stale_is_renewed_from_the_version_that_it_fits(
    committed: Git,
) -> None:
    committed.edit()
    committed.git("commit", "-qam", "stale")

    assert "its stamp is stale" in committed.untouched_by("--check", code=1)
    assert committed.restamp().stdout == f"{NAME}: restamped\n"
    assert committed.is_stamped(committed.note.read_bytes())


def test_an_edit_of_what_was_committed_stale_is_restamped_too(committed: Git) -> None:
    committed.edit()
    committed.git("commit", "-qam", "stale")
    committed.note.write_bytes(committed.note.read_bytes().replace(b"1 + 2", b"1 + 33"))

    assert committed.restamp().stdout == f"{NAME}: restamped\n"
    assert committed.is_stamped(committed.note.read_bytes())


def test_what_no_livebook_here_stamped_is_left_as_it_is(committed: Git) -> None:
    text = committed.note.read_bytes()
    foreign = re.sub(rb'"token":"[^"]*"', b'"token":"foreign"', text)
    committed.note.write_bytes(foreign)
    committed.git("commit", "-qam", "foreign")

    assert committed.untouched_by() == ""


def test_without_livebook_nothing_is_touched_and_plain_notebooks_need_none(
    committed: Git,
) -> None:
    committed.livebook.stop()
    committed.edit(committed.top / "plain.livemd")

    assert committed.untouched_by() == ""
    committed.edit()
    assert "Start Livebook" in committed.untouched_by(code=1)
