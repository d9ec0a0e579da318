"""Git merges and compares notebooks by us: real git, from merge to stash."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import clean_environ
from tests.notebook.merging.test_merge import BASE, edited, stamped, with_output
from tests.support.command import PROGRAM, run

pytestmark = pytest.mark.slow


class Work:
    """A repository with a notebook, two branches of it, and the program on the PATH."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "work"
        self.folder.mkdir()
        self.programs = folder / "programs"
        self.programs.mkdir()
        self.notebook = self.folder / "a.livemd"
        home = folder / "home"
        home.mkdir()
        self.environ = clean_environ() | {
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "A",
            "GIT_AUTHOR_EMAIL": "a@example.org",
            "GIT_COMMITTER_NAME": "A",
            "GIT_COMMITTER_EMAIL": "a@example.org",
            # Nobody's: the Livebook of whoever runs the tests is left alone.
            "LIVEBOOK_URL": "http://127.0.0.1:9",
            "PATH": os.pathsep.join((str(self.programs), os.environ["PATH"])),
            "PYTHONPATH": str(Path(__file__).parents[2]),
        }
        self.provide(f'exec {sys.executable} -m livebook_ls "$@"')
        self.git("init", "-qb", "main")
        self.commit(stamped(with_output(BASE, "0"), "base"))

    def provide(self, script: str) -> None:
        program = self.programs / "livebook-ls"
        program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        program.chmod(0o755)

    def git(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ("git", *arguments),
            cwd=self.folder,
            env=self.environ,
            capture_output=True,
            encoding="utf-8",
            check=False,
        )

    def commit(self, text: str) -> None:
        self.notebook.write_text(text, encoding="utf-8")
        self.git("add", "-A")
        assert self.git("commit", "-qm", "x").returncode == 0

    def branches(self, ours: str, theirs: str) -> None:
        self.git("checkout", "-qb", "theirs")
        self.commit(theirs)
        self.git("checkout", "-q", "main")
        self.commit(ours)

    def install(self, *options: str) -> subprocess.CompletedProcess[str]:
        return run("merge-driver", "--install", *options, cwd=self.folder, environ=self.environ)

    @property
    def text(self) -> str:
        return self.notebook.read_text(encoding="utf-8")


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path)


OURS = stamped(with_output(edited(("a = 1", "a = 10")), "1"), "ours")
RUN = '"second")\n```\n\n<!-- livebook:{"output":true} -->\n\n```\nsecond\n```'
THEIRS = stamped(edited(("c = 3", "c = 30"), ("Last", "Final"), ('"second")\n```', RUN)), "theirs")


def assert_merged(text: str) -> None:
    for words in ("a = 10", "c = 30", "Final words", "\nsecond\n"):
        assert text.count(words) == 1, words
    assert "<<<<<<<" not in text
    assert text.count('"stamp"') == 1


@pytest.mark.parametrize(
    "how", [("merge", "--no-edit", "theirs"), ("rebase", "theirs"), ("cherry-pick", "theirs")]
)
def test_outputs_and_stamps_are_no_conflicts(work: Work, how: tuple[str, ...]) -> None:
    work.install()
    work.git("add", "-A")
    work.git("commit", "-qm", "attributes")
    work.branches(OURS, THEIRS)
    done = work.git(*how)

    assert done.returncode == 0, done.stdout + done.stderr
    assert_merged(work.text)


def test_a_stash_comes_back_over_other_changes(work: Work) -> None:
    work.install()
    work.git("add", "-A")
    work.git("commit", "-qm", "attributes")
    work.notebook.write_text(THEIRS, encoding="utf-8")
    work.git("stash")
    work.commit(OURS)

    assert work.git("stash", "pop").returncode == 0
    assert_merged(work.text)


def test_a_stale_stamp_is_told(work: Work) -> None:
    work.install("--global")
    work.branches(OURS, THEIRS)

    assert "a.livemd: The stamp was made for another text" in work.git("merge", "theirs").stderr


def test_a_stamp_is_renewed_where_a_livebook_runs(work: Work, livebook: StandIn) -> None:
    work.install("--global")
    work.environ["LIVEBOOK_URL"] = livebook.url
    work.commit(livebook.stamp(BASE))
    work.branches(
        livebook.stamp(edited(("a = 1", "a = 10"))), livebook.stamp(edited(("c = 3", "c = 30")))
    )
    done = work.git("merge", "--no-edit", "theirs")

    assert (done.returncode, "stamp" in done.stderr) == (0, False)
    assert is_stamped(livebook, work.text)
    assert work.text.startswith(edited(("a = 1", "a = 10"), ("c = 3", "c = 30")))


@pytest.mark.parametrize(
    "how", [("merge", "--no-edit", "theirs"), ("rebase", "theirs"), ("cherry-pick", "theirs")]
)
@pytest.mark.parametrize("kept", ["ours", "theirs"])
def test_what_was_merged_without_a_livebook_is_restamped_later(
    work: Work, livebook: StandIn, how: tuple[str, ...], kept: str
) -> None:
    work.install("--global")
    work.commit(livebook.stamp(BASE))
    theirs = livebook.stamp(edited(("c = 3", "c = 30")))
    ours = livebook.stamp(edited(("a = 1", "a = 10")))
    # Neither stamp fits what is merged; the one that sorts last is kept, and a stamp is random.
    while (stamp_line(ours) > stamp_line(theirs)) != (kept == "ours"):
        ours = livebook.stamp(edited(("a = 1", "a = 10")))
    work.branches(ours, theirs)
    assert "restamp" in work.git(*how).stderr
    merged = work.text
    environ = work.environ | {"LIVEBOOK_URL": livebook.url}
    done = run("restamp", cwd=work.folder, environ=environ)

    assert done.stdout == "a.livemd: restamped\n"
    assert is_stamped(livebook, work.text)
    assert work.text.splitlines()[:-1] == merged.splitlines()[:-1]
    work.git("commit", "-qam", "restamped")
    assert run("restamp", cwd=work.folder, environ=environ).stdout == ""


def stamp_line(text: str) -> str:
    return text.splitlines()[-1]


def is_stamped(livebook: StandIn, text: str) -> bool:
    """Whether Livebook finds a stamp in it, and valid."""
    sources = {"old_source": text, "new_source": text}
    answer = httpx.post(f"{livebook.url}/dev/restamp", json=sources, trust_env=False)
    return '"stamp":' in text and answer.status_code == 200 and answer.json()["source"] == text


def test_a_conflict_has_markers_around_its_lines_only(work: Work) -> None:
    work.install("--global")
    work.branches(edited(("a = 1", "a = 10")), edited(("a = 1", "a = 11"), ("Last", "Final")))
    done = work.git("merge", "theirs")

    assert done.returncode == 1
    assert work.text == edited(
        ("a = 1\n", "<<<<<<< ours\na = 10\n=======\na = 11\n>>>>>>> theirs\n"), ("Last", "Final")
    )
    assert work.git("ls-files", "--unmerged").stdout.count("a.livemd") == 3


@pytest.mark.parametrize("size", [1, 5, 12, 300])
def test_markers_have_the_size_that_the_attributes_say(work: Work, size: int) -> None:
    work.install("--global")
    attributes = work.folder / ".gitattributes"
    attributes.write_text(f"*.livemd conflict-marker-size={size}\n", encoding="utf-8")
    work.commit(BASE)
    work.branches(edited(("a = 1", "a = 10")), edited(("a = 1", "a = 11"), ("Last", "Final")))
    ours, middle, theirs = (f"{it * size}" for it in "<=>")

    assert work.git("merge", "theirs").returncode == 1
    assert work.text == edited(
        ("a = 1\n", f"{ours} ours\na = 10\n{middle}\na = 11\n{theirs} theirs\n"), ("Last", "Final")
    )


@pytest.mark.parametrize(
    "script", ["exit 127", "exit 1", "echo broken >&2; exit 2"], ids=["gone", "crash", "refusal"]
)
def test_git_merges_itself_where_the_program_fails(work: Work, script: str) -> None:
    work.install("--global")
    work.provide(script)
    ours, theirs = work.text.replace("a = 1", "a = 10"), work.text.replace("# Title", "# New")
    work.branches(ours, theirs)

    assert work.git("merge", "--no-edit", "theirs").returncode == 0
    assert work.text == ours.replace("# Title", "# New")


def test_git_leaves_its_own_markers_where_the_program_fails(work: Work) -> None:
    work.install("--global")
    work.provide("exit 1")
    work.branches(edited(("a = 1", "a = 10")), edited(("a = 1", "a = 11")))

    assert work.git("merge", "theirs").returncode == 1
    assert "<<<<<<< ours\na = 10\n=======\na = 11\n>>>>>>> theirs\n" in work.text


def test_both_sides_may_add_the_file(work: Work) -> None:
    work.install("--global")
    work.git("rm", "-q", "a.livemd")
    work.git("commit", "-qm", "x")
    work.branches(BASE, edited(("Last", "Final")))

    assert work.git("merge", "theirs").returncode == 1
    assert work.text.count("<<<<<<<") == 1


def test_a_diff_shows_no_outputs_and_stamps(work: Work) -> None:
    work.install("--global")
    work.notebook.write_text(OURS, encoding="utf-8")
    shown = work.git("diff").stdout

    assert "+a = 10" in shown
    assert "stamp" not in shown
    assert "output" not in shown


def test_git_shows_what_changed_cell_by_cell(work: Work) -> None:
    work.environ |= {"GIT_EXTERNAL_DIFF": "livebook-ls diff"}
    work.git("mv", "a.livemd", "b c.livemd")
    (work.folder / "b c.livemd").write_text(OURS, encoding="utf-8")
    shown = work.git("diff", "-M", "HEAD").stdout

    assert shown.startswith("b c.livemd\n\nchanged code cell in “One”, line 11\n")
    assert "+a = 10" in shown
    assert "stamp" not in shown


def test_what_is_new_or_not_settled_is_shown_too(work: Work) -> None:
    work.environ |= {"GIT_EXTERNAL_DIFF": "livebook-ls diff"}
    (work.folder / "new.livemd").write_text("# New\n", encoding="utf-8")
    work.git("add", "-AN")

    assert "added title, line 1\n  +# New\n" in work.git("diff").stdout
    work.branches(edited(("a = 1", "a = 10")), edited(("a = 1", "a = 11")))
    work.git("merge", "theirs")
    assert "a.livemd (its merge is not settled)\n" in work.git("diff", "--base").stdout


def test_what_is_no_text_is_named_and_left_to_git(work: Work) -> None:
    work.install("--global")
    (work.folder / "b c.livemd").write_bytes(b"\0\xff")
    work.commit(BASE)
    work.git("checkout", "-qb", "theirs")
    (work.folder / "b c.livemd").write_bytes(b"\0\xff1")
    work.commit(BASE)
    work.git("checkout", "-q", "main")
    (work.folder / "b c.livemd").write_bytes(b"\0\xff2")
    work.commit(BASE)
    done = work.git("merge", "theirs")

    assert done.returncode == 1
    assert "b c.livemd: This file is not UTF-8.\n" in done.stderr


@pytest.mark.fault(
    "files",
    "there is no room for the merged text",
    during="`git merge`",
    shows="that it could not be written, and leaves our side as it was, for git's own merge",
    recovers="the merge again, once there is room",
)
@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_what_finds_no_room_leaves_our_side_whole(tmp_path: Path) -> None:
    import resource

    files = [tmp_path / name for name in ("base.livemd", "ours.livemd", "theirs.livemd")]
    base = BASE + "".join(f"\n## S{it}\n\nWords.\n" for it in range(200))
    texts = [base, base.replace("a = 1", "a = 10"), base + "\nMore.\n"]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")

    def limited() -> None:
        # As on a disk with room for the beginning of it.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    done = subprocess.run(
        (*PROGRAM, "merge-driver", *files, "note.livemd"),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=limited,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert done.returncode == 2
    assert "note.livemd: not written" in done.stderr
    assert files[1].read_text(encoding="utf-8") == texts[1]
    assert sorted(tmp_path.iterdir()) == sorted(files)


@pytest.mark.fault(
    "files",
    "the disk is full",
    during="`merge-driver --install`",
    shows="which file can't be written, and why",
    recovers="the command again, once there is room",
)
@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
@pytest.mark.parametrize("there", [None, "*.png binary\n"], ids=["new", "there"])
def test_what_finds_no_room_for_its_attributes_is_named(work: Work, there: str | None) -> None:
    import resource

    attributes = work.folder / ".gitattributes"
    if there is not None:
        attributes.write_text(there, encoding="utf-8")
    done = subprocess.run(
        (*PROGRAM, "merge-driver", "--install"),
        cwd=work.folder,
        env=work.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (20, 20)),
        capture_output=True,
        encoding="utf-8",
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.lower() == f"{attributes}: file too large\n".lower()
    assert (attributes.read_text() if attributes.exists() else None) == there


def conflicting(folder: Path) -> list[Path]:
    files = [folder / name for name in ("base.livemd", "ours.livemd", "theirs.livemd")]
    texts = [BASE, BASE.replace("a = 1", "a = 10"), BASE.replace("a = 1", "a = 100")]
    for file, text in zip(files, texts, strict=True):
        file.write_text(text, encoding="utf-8")
    return files


@pytest.mark.parametrize(("size", "written"), [(0, 7), (-1, 7), (1, 1), (15, 15)])
def test_markers_are_as_long_as_git_makes_them(tmp_path: Path, size: int, written: int) -> None:
    files = conflicting(tmp_path)
    done = run("merge-driver", f"--marker-size={size}", *files, "note.livemd")

    assert done.returncode == 1
    assert f"\n{'<' * written} ours\n" in files[1].read_text(encoding="utf-8")


def test_markers_that_fill_the_memory_are_left_to_git(tmp_path: Path) -> None:
    files = conflicting(tmp_path)
    before = files[1].read_text(encoding="utf-8")
    done = run("merge-driver", "--marker-size=99999999999", *files, "note.livemd")

    assert (done.returncode, done.stdout) == (2, "")
    assert "--marker-size: at most 1000" in done.stderr
    assert files[1].read_text(encoding="utf-8") == before


def test_a_diff_is_shown_without_the_program(work: Work) -> None:
    work.install("--global")
    work.provide("exit 127")
    work.notebook.write_text(OURS, encoding="utf-8")

    assert "+a = 10" in work.git("diff").stdout


def test_what_is_installed_is_taken_away_again(work: Work) -> None:
    attributes = work.folder / ".gitattributes"
    attributes.write_text("*.png binary", encoding="utf-8")
    before = work.git("config", "--local", "--list").stdout

    assert work.install().returncode == 0
    assert work.install().stdout == "Nothing to change.\n"
    assert attributes.read_text(encoding="utf-8") == (
        "*.png binary\n*.livemd merge=livebook diff=livebook\n"
    )
    done = run("merge-driver", "--uninstall", cwd=work.folder, environ=work.environ)
    assert done.returncode == 0
    assert attributes.read_text(encoding="utf-8") == "*.png binary\n"
    assert work.git("config", "--local", "--list").stdout == before


def uninstall_for_all(work: Work) -> None:
    done = run("merge-driver", "--uninstall", "--global", cwd=work.folder, environ=work.environ)
    assert done.returncode == 0


def test_nothing_stays_of_what_only_the_driver_needed(work: Work) -> None:
    home = Path(work.environ["HOME"])
    (home / ".config").mkdir()
    work.install("--global")
    made = [it for it in home.rglob("*") if it.is_file()]
    uninstall_for_all(work)

    assert len(made) == 2
    assert list(home.rglob("*")) == [home / ".config"]


def test_configuration_of_ones_own_stays(work: Work) -> None:
    home = Path(work.environ["HOME"])
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("*.o\n")
    (home / ".gitconfig").write_text("[user]\n\tname = Me\n")
    work.install("--global")
    uninstall_for_all(work)

    assert (home / ".gitconfig").read_text() == "[user]\n\tname = Me\n"
    assert list((home / ".config" / "git").iterdir()) == [home / ".config" / "git" / "ignore"]


def test_files_behind_links_stay(work: Work) -> None:
    home = Path(work.environ["HOME"])
    (home / "dotfiles").write_text("")
    (home / ".gitconfig").symlink_to(home / "dotfiles")
    (home / "attributes").write_text("")
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "attributes").symlink_to(home / "attributes")
    work.install("--global")
    uninstall_for_all(work)

    assert (home / ".gitconfig").is_symlink()
    assert (home / ".config" / "git" / "attributes").is_symlink()
    assert (home / "attributes").read_text() == (home / "dotfiles").read_text() == ""


def test_outside_of_a_repository_git_says_why_not(tmp_path: Path) -> None:
    done = run("merge-driver", "--install", cwd=tmp_path)

    assert done.returncode == 1
    assert "not a git repository" in done.stderr
    assert run("merge-driver", "a", "b").returncode == 2
