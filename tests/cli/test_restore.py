"""`livebook-ls restore`: what it lists, and what it puts back."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from tests.support.command import PROGRAM, run

# A disk with room for so much in a file, and for no more.
_ROOM_BYTES = 1_000


def keep(path: Path, *texts: str) -> None:
    kept = KeptTexts(StateFolder(os.environ))
    for text in texts:
        kept.keep(str(path), text, VersionOrigin.SAVED)


def run_with_little_room(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    import resource

    return subprocess.run(
        (*PROGRAM, *arguments),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (_ROOM_BYTES, _ROOM_BYTES)),
        check=False,
    )


def test_versions_are_listed_newest_first(notebook: Path) -> None:
    keep(notebook, "one\n", "two!\n")
    listed = run("restore", notebook)
    told = json.loads(run("restore", notebook, "--json").stdout)

    assert listed.returncode == 0
    assert [line.split()[0] for line in listed.stdout.splitlines()] == ["1", "2"]
    assert [it["bytes"] for it in told] == [5, 4]


def test_a_restore_can_be_undone_by_another(notebook: Path) -> None:
    before = notebook.read_text(encoding="utf-8")
    keep(notebook, "one\n", "two\n")

    when = run("restore", notebook).stdout.splitlines()[1].split()[1:3]
    restored = run("restore", notebook, 2)
    assert restored.returncode == 0
    # Whatever was kept since the list was read has moved the numbers.
    assert f"restored the version of {' '.join(when)}, saved here." in restored.stdout
    assert notebook.read_text(encoding="utf-8") == "one\n"
    assert run("restore", notebook, 1, "--print").stdout == before
    assert run("restore", notebook, 1).returncode == 0
    assert notebook.read_text(encoding="utf-8") == before


@pytest.mark.fault(
    "files",
    "the file is not UTF-8, so that no version of it can be kept",
    during="`restore`",
    shows="that it is left alone, and that it is to be moved away first",
    recovers="the command again, once the file is elsewhere",
)
def test_what_is_no_text_is_not_written_over(notebook: Path) -> None:
    keep(notebook, "one\n")
    notebook.write_bytes(b"caf\xe9\n")
    refused = run("restore", notebook, 1)

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "not UTF-8" in refused.stderr
    assert "Move it away" in refused.stderr
    assert notebook.read_bytes() == b"caf\xe9\n"


@pytest.mark.fault(
    "ourselves",
    "the state folder can't be written",
    during="`restore`",
    shows="that the file is left alone, since what it has could not be had back",
    recovers="the command again, once the folder can be written or the file is elsewhere",
)
@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
def test_what_cannot_be_kept_is_not_written_over(notebook: Path) -> None:
    keep(notebook, "one\n", "two\n")
    precious = "words " * 5_000
    notebook.write_text(precious, encoding="utf-8")
    refused = run_with_little_room("restore", notebook, "1")

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Left alone, for what it has can't be kept" in refused.stderr
    assert notebook.read_text(encoding="utf-8") == precious


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "the disk has no room for what is restored, which is the oldest version that is kept",
    during="`restore`",
    shows="that the file is left alone, why, and which number the version has now",
    recovers="the command again with that number, once there is room",
)
@pytest.mark.skipif(sys.platform == "win32", reason="no limit of a file's size")
@pytest.mark.parametrize(
    "newer", [[f"{number}\n" for number in range(39)], ["x" * 7_990_000]], ids=["many", "large"]
)
def test_what_could_not_be_put_back_is_still_kept(notebook: Path, newer: list[str]) -> None:
    precious = "words " * 5_000
    keep(notebook, precious, *newer)
    notebook.write_text("now\n", encoding="utf-8")
    oldest = len(newer) + 1
    refused = run_with_little_room("restore", notebook, str(oldest))

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "can't be written: file too large" in refused.stderr
    assert f"number {oldest + 1} now" in refused.stderr
    assert run("restore", notebook, oldest + 1, "--print").stdout == precious
    assert run("restore", notebook, oldest + 1).returncode == 0
    assert notebook.read_text(encoding="utf-8") == precious


def test_a_file_that_is_gone_comes_back(notebook: Path) -> None:
    keep(notebook, "one\n")
    notebook.unlink()

    assert run("restore", notebook, 1).returncode == 0
    assert notebook.read_text(encoding="utf-8") == "one\n"


def test_what_was_not_kept_is_told(notebook: Path) -> None:
    nothing = run("restore", notebook)
    keep(notebook, "one\n")
    too_far = run("restore", notebook, 7)

    assert (nothing.returncode, too_far.returncode) == (1, 1)
    assert "Nothing of this notebook was kept" in nothing.stderr
    assert "no version 7" in too_far.stderr


@pytest.mark.parametrize("options", [("1", "--json"), ("--print",), ("1", "--print", "--json")])
def test_options_that_do_not_go_together_restore_nothing(
    options: tuple[str, ...], notebook: Path
) -> None:
    before = notebook.read_bytes()
    keep(notebook, "one\n")
    done = run("restore", notebook, *options)

    assert (done.returncode, done.stdout) == (2, "")
    assert notebook.read_bytes() == before
