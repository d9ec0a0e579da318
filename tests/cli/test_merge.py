"""`merge` and `diff`: versions of a notebook as files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.notebook.merging.test_merge import BASE, edited, stamped, with_output
from tests.support.command import run

OURS = edited(("a = 1", "a = 10"))
THEIRS = edited(("a = 1", "a = 11"), ("Last", "Final"))

CELL = "```elixir\na = 1\nb = 2\nc = 3\n```\n\n"
BOTH = CELL.replace("a = 1", "a = 10") + CELL.replace("a = 1", "a = 11")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("base", BASE), ("ours", OURS), ("theirs", THEIRS)):
        (tmp_path / f"{name}.livemd").write_bytes(text.encode())
    (tmp_path / "clean.livemd").write_bytes(edited(("c = 3", "c = 30")).encode())
    return tmp_path


def merge(folder: Path, theirs: str, *options: str) -> tuple[int, str, str]:
    done = run("merge", "base.livemd", "ours.livemd", theirs, *options, cwd=folder)
    return done.returncode, done.stdout, done.stderr


def test_a_merge_without_conflicts_is_printed(folder: Path) -> None:
    both = edited(("a = 1", "a = 10"), ("c = 3", "c = 30"))

    assert merge(folder, "clean.livemd") == (0, both, "")


def test_it_is_written_where_that_is_asked_for(folder: Path) -> None:
    assert merge(folder, "clean.livemd", "-o", "ours.livemd") == (0, "", "")
    assert "c = 30" in (folder / "ours.livemd").read_text(encoding="utf-8")


def test_conflicts_are_told_and_nothing_is_written(folder: Path) -> None:
    code, out, told = merge(folder, "theirs.livemd", "-o", "ours.livemd")

    assert (code, out) == (1, "")
    assert told == "ours.livemd:12: both sides changed these lines in “One”\n"
    assert (folder / "ours.livemd").read_text(encoding="utf-8") == OURS


@pytest.mark.parametrize(
    ("take", "text"),
    [
        ("mine", edited(("a = 1", "a = 10"), ("Last", "Final"))),
        ("theirs", THEIRS),
        ("both", edited((CELL, BOTH), ("Last", "Final"))),
    ],
)
def test_conflicts_are_settled_as_asked_for(folder: Path, take: str, text: str) -> None:
    assert merge(folder, "theirs.livemd", "--take", take) == (0, text, "")


def test_markers_are_written_on_request_only(folder: Path) -> None:
    code, out, told = merge(folder, "theirs.livemd", "--markers")

    assert code == 1
    assert out == edited(
        ("a = 1\n", "<<<<<<< ours\na = 10\n=======\na = 11\n>>>>>>> theirs\n"), ("Last", "Final")
    )
    assert told


def test_json_has_text_or_conflicts(folder: Path) -> None:
    clean = json.loads(merge(folder, "clean.livemd", "--json")[1])
    code, out, _ = merge(folder, "theirs.livemd", "--json")

    assert clean["conflicts"] == []
    assert "c = 30" in clean["text"]
    assert code == 1
    assert json.loads(out) == {
        "text": None,
        "stale_stamp": False,
        "conflicts": [
            {
                "kind": "lines",
                "section": "One",
                "line": 12,
                "theirs_line": 12,
                "ours": "a = 10\n",
                "theirs": "a = 11\n",
                "base": "a = 1\n",
                "can_keep_both": True,
            }
        ],
    }


def test_a_stale_stamp_is_told(folder: Path) -> None:
    for name in ("base", "ours", "clean"):
        file = folder / f"{name}.livemd"
        file.write_text(stamped(file.read_text(encoding="utf-8"), name), encoding="utf-8")

    assert "The stamp was made for another text" in merge(folder, "clean.livemd")[2]


def test_line_ends_arrive_as_they_are(folder: Path) -> None:
    for name in ("base", "ours", "clean"):
        file = folder / f"{name}.livemd"
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    merge(folder, "clean.livemd", "-o", "out.livemd")

    assert (folder / "out.livemd").read_bytes().count(b"\r\n") == BASE.count("\n")


def test_what_can_not_be_read_is_told(folder: Path) -> None:
    (folder / "bytes.livemd").write_bytes(b"\xff")

    assert merge(folder, "gone.livemd")[2] == "gone.livemd: No such file or directory\n"
    assert merge(folder, "bytes.livemd")[2] == "bytes.livemd: This file is not UTF-8.\n"
    assert run("merge", "base.livemd", cwd=folder).returncode == 2


def test_a_diff_names_cells_and_leaves_out_outputs(folder: Path) -> None:
    new = with_output(edited(("b = 2", "b = 20"), ("# Title", "# New")), "1")
    (folder / "new.livemd").write_text(new, encoding="utf-8")
    done = run("diff", "base.livemd", "new.livemd", cwd=folder)

    assert done.returncode == 0
    assert done.stdout == (
        "changed title, line 1\n  @@ -1 +1 @@\n  -# Title\n  +# New\n\n"
        "changed code cell in “One”, line 11\n"
        "  @@ -1,5 +1,5 @@\n   ```elixir\n   a = 1\n  -b = 2\n  +b = 20\n   c = 3\n   ```\n\n"
    )


def test_a_diff_can_be_asked_by_its_exit_code(folder: Path) -> None:
    same = run("diff", "--exit-code", "base.livemd", "base.livemd", cwd=folder)
    other = run("diff", "--exit-code", "base.livemd", "ours.livemd", cwd=folder)

    assert (same.returncode, same.stdout, other.returncode) == (0, "", 1)


def test_a_diff_as_json(folder: Path) -> None:
    done = run("diff", "--json", "base.livemd", "theirs.livemd", cwd=folder)
    found = json.loads(done.stdout)

    assert [(it["change"], it["kind"], it["after"]["line"]) for it in found] == [
        ("changed", "code", 11),
        ("changed", "markdown", 23),
    ]
    assert found[1]["before"]["text"] == "Last words of this notebook."


def test_git_compares_a_text_without_outputs_and_stamp(folder: Path) -> None:
    (folder / "new.livemd").write_text(stamped(with_output(BASE, "1"), "x"), encoding="utf-8")

    assert run("diff", "--textconv", "new.livemd", cwd=folder).stdout == BASE
    assert run("diff", "new.livemd", cwd=folder).returncode == 2
