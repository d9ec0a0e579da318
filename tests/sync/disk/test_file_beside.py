"""New files beside those whose place they take: what the dead left is removed, and nothing else."""

from __future__ import annotations

import os
from pathlib import Path

from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.file_beside import private_beside


def names(folder: Path) -> list[str]:
    return sorted(it.name for it in folder.iterdir())


def written(path: Path) -> None:
    """The notebook is replaced, as by a command."""
    assert notebook_file.replace(str(path), notebook_file.read(str(path)), b"new\n")


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    notebook, left = tmp_path / "n.livemd", tmp_path / ".livebook-ls.left"
    for path in (notebook, left):
        path.write_text("old\n")
    os.utime(left, (0, 0))
    written(notebook)

    assert names(tmp_path) == ["n.livemd"]


def test_what_somebody_is_writing_stays_however_long_that_takes(tmp_path: Path) -> None:
    notebook = tmp_path / "n.livemd"
    notebook.write_text("old\n")
    with private_beside(notebook) as (_, new):
        os.utime(new, (0, 0))
        written(notebook)

        assert new.exists()
    assert names(tmp_path) == ["n.livemd"]


def test_what_was_just_made_stays(tmp_path: Path) -> None:
    notebook, young = tmp_path / "n.livemd", tmp_path / ".livebook-ls.young"
    for path in (notebook, young):
        path.write_text("old\n")
    written(notebook)

    assert names(tmp_path) == [".livebook-ls.young", "n.livemd"]
