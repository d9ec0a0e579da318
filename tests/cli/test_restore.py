"""`livebook-ls restore`: what it lists, and what it puts back."""

from __future__ import annotations

import json
import os
from pathlib import Path

from livebook_ls.sync.keeping.kept_texts import KeptTexts, VersionOrigin
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.support.command import run


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
