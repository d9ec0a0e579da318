"""`livebook-ls format`, as a person or a CI runs it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.command import run
from tests.support.git import commit_all

BULLETS = "# Note\n\n## Section\n\n- a\n- ü\n"
FORMATTED = "# Note\n\n## Section\n\n* a\n* ü\n"


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    path = tmp_path / "plain.livemd"
    path.write_bytes(BULLETS.encode("utf-8"))
    path.chmod(0o640)
    return path


def test_a_notebook_gets_livebooks_form(
    tmp_path: Path, plain: Path, notebook: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    modified = notebook.stat().st_mtime_ns
    done = run("format", cwd=tmp_path, environ=environ)

    assert (done.returncode, done.stdout, done.stderr) == (0, "plain.livemd: formatted\n", "")
    assert plain.read_bytes() == FORMATTED.encode("utf-8")
    assert stat.S_IMODE(plain.stat().st_mode) == 0o640
    assert notebook.stat().st_mtime_ns == modified
    assert not livebook.sessions
    assert run("format", "--check", cwd=tmp_path, environ=environ).returncode == 0


@pytest.mark.parametrize(("options", "code"), [(["--check"], 1), (["--diff"], 0),
                                               (["--check", "--diff"], 1)])  # fmt: skip
def test_nothing_is_written_where_that_is_only_asked(
    tmp_path: Path, plain: Path, environ: dict[str, str], options: list[str], code: int
) -> None:
    done = run("format", *options, cwd=tmp_path, environ=environ)

    assert done.returncode == code
    assert plain.read_bytes() == BULLETS.encode("utf-8")
    if "--diff" in options:
        assert "-- ü\n" in done.stdout
        assert "+* ü\n" in done.stdout
    else:
        assert done.stdout == "plain.livemd: would be formatted\n"


def test_a_notebook_that_would_lose_something_is_left_alone(
    tmp_path: Path, plain: Path, environ: dict[str, str]
) -> None:
    other = tmp_path / "other.livemd"
    text = "# T\n\n## S\n\nSee [a][b].\n\n[b]: http://e.org\n"
    other.write_text(text, encoding="utf-8")
    done = run("format", "--quiet", cwd=tmp_path, environ=environ)

    assert (done.returncode, done.stdout) == (1, "")
    assert "other.livemd: Livebook would drop this link definition" in done.stderr
    assert other.read_text(encoding="utf-8") == text
    assert plain.read_bytes() == FORMATTED.encode("utf-8")


def test_a_valid_stamp_stays_and_one_that_was_valid_in_git_is_signed_anew(
    tmp_path: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    stamped = livebook.stamp(CANONICAL)
    good, edited = tmp_path / "good.livemd", tmp_path / "edited.livemd"
    good.write_text(stamped, encoding="utf-8")
    edited.write_text(stamped, encoding="utf-8")
    commit_all(tmp_path)
    edited.write_text(stamped.replace("1 + 1", "1 + 2"), encoding="utf-8")
    done = run("format", cwd=tmp_path, environ=environ)
    checked = run("check", "--online", "--format", "json", cwd=tmp_path, environ=environ)

    assert (done.returncode, done.stdout) == (0, "edited.livemd: formatted\n")
    assert good.read_text(encoding="utf-8") == stamped
    assert checked.stdout.count('"stamp": "valid"') == 2


@pytest.mark.usefixtures("notebook")
def test_without_livebook_that_is_said_once(tmp_path: Path, plain: Path) -> None:
    done = run("format", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr.count("Start Livebook") == 1
    assert plain.read_bytes() == BULLETS.encode("utf-8")


def test_a_livebook_that_fails_leaves_the_file_alone(
    tmp_path: Path, plain: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    livebook.faults = Faults(is_off=True)
    done = run("format", cwd=tmp_path, environ=environ)

    assert done.returncode == 1
    assert "Switch on Settings → Dev endpoints" in done.stderr
    assert plain.read_bytes() == BULLETS.encode("utf-8")


def test_what_is_no_text_or_no_notebook_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "latin.livemd").write_bytes(b"\xe9")
    done = run("format", ".", "gone.livemd", cwd=tmp_path, environ=environ)

    assert done.returncode == 1
    assert "latin.livemd: This file is not UTF-8" in done.stderr
    assert "gone.livemd: There is no such file or folder." in done.stderr


def test_what_comes_on_stdin_goes_to_stdout_in_livebooks_form(environ: dict[str, str]) -> None:
    done = run("format", "-", environ=environ, given=BULLETS)

    assert (done.returncode, done.stdout) == (0, FORMATTED)


def test_check_reads_stdin() -> None:
    done = run("check", "-", given="# T\n\n## S\n\nSee [a][b].\n\n[b]: http://e.org\n")

    assert done.returncode == 1
    assert done.stdout.startswith("<stdin>:7:1: drop: ")


@pytest.mark.slow
@pytest.mark.usefixtures("plain")
def test_livebook_is_asked_for_those_alone_that_are_not_surely_in_its_form(
    tmp_path: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    for number in range(250):
        (tmp_path / f"{number}.livemd").write_text(FORMATTED.replace("Note", str(number)), "utf-8")
    done = run("format", "--check", cwd=tmp_path, environ=environ)

    assert (done.returncode, done.stdout) == (1, "plain.livemd: would be formatted\n")
    asked = [it for it in livebook.requests if it.target == "/dev/restamp"]
    assert len([it for it in asked if b"# Note" in it.body]) == 1
    assert not [it for it in asked if b"# 7" in it.body]


def test_a_stamp_that_was_taken_away_comes_back(
    tmp_path: Path, environ: dict[str, str], livebook: StandIn
) -> None:
    path = tmp_path / "was-stamped.livemd"
    path.write_text(livebook.stamp(CANONICAL), encoding="utf-8")
    commit_all(tmp_path)
    path.write_text(CANONICAL, encoding="utf-8")

    assert run("format", "--check", cwd=tmp_path, environ=environ).returncode == 1
