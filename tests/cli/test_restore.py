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


def keep(path: Path, *texts: str) -> None:
    kept = KeptTexts(StateFolder(os.environ))
    for text in texts:
        kept.keep(str(path), text, VersionOrigin.SAVED)


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

    assert run("restore", notebook, 2).returncode == 0
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
    import resource

    keep(notebook, "one\n", "two\n")
    precious = "words " * 5_000
    notebook.write_text(precious, encoding="utf-8")

    def limited() -> None:
        # As on a disk with room for what is restored, and for no more.
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, 1_000))

    refused = subprocess.run(
        (*PROGRAM, "restore", notebook, "1"),
        env=os.environ | {"PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        encoding="utf-8",
        preexec_fn=limited,
        check=False,
    )

    assert (refused.returncode, refused.stdout) == (1, "")
    assert "Left alone, for what it has can't be kept" in refused.stderr
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
