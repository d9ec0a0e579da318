"""`livebook-ls check`, as a person or a CI runs it."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.cli.check import text_report
from livebook_ls.cli.check.problems import Checked, Problem, ProblemLevel, StampState, check
from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL, clean_environ
from tests.support.child import Child
from tests.support.command import PROGRAM, run
from tests.support.git import commit_all

OPEN = "# T\n\n## One\n\n```elixir\n1\n\n## Two\n\n```elixir\n2\n```\n"
REFERENCE = "# T\n\n## One\n\nSee [the docs][d].\n\n[d]: https://e.org\n"
FRONT = "---\na: 1\n---\n\n# T\n\n## One\n"
WARNS = "x\n\n# T\n"
CRASHES = "# T\n\n## 日本\n\n<!-- livebook:{ -->\n"


def write(folder: Path, text: str, name: str = "note.livemd") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def report(folder: Path, form: str, *options: str) -> Any:
    done = run("check", "--format", form, *options, cwd=folder)
    return json.loads(done.stdout)


def test_a_problem_is_shown_with_its_line_and_a_caret(tmp_path: Path) -> None:
    write(tmp_path, REFERENCE, "wörld.livemd")
    done = run("check", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stdout.splitlines() == [
        "wörld.livemd:7:1: drop: Livebook would drop this link definition; write its address "
        "into the links. [link-definition]",
        "     7 | [d]: https://e.org",
        "       | ^^^^^^^^^^^^^^^^^^",
        "1 problem in 1 of 1 notebook (1 drop).",
    ]


def test_the_caret_stands_below_wide_characters_and_tabs() -> None:
    text = "日本\tx <!--"
    problem = Problem(
        code="c",
        level=ProblemLevel.DROP,
        sentence="s",
        line=1,
        column=4,
        end_line=1,
        end_column=5,
        text=text,
    )
    checked = Checked(file="f", stamp=StampState.NONE, problems=(problem,))
    lines = list(text_report.text_lines(checked, lambda it, _: it))

    assert lines[1:] == ["     1 | 日本    x <!--", "       |         ^"]


def test_a_long_line_is_cut_around_the_place(tmp_path: Path) -> None:
    path = write(tmp_path, "# T\n\n" + "word " * 400 + "[a][b]\n\n[b]: http://e.org/" + "x" * 3000)
    lines = list(text_report.text_lines(check(str(path)), lambda it, _: it))

    assert len(lines) == 3
    assert all(len(line) < 120 for line in lines[1:])


@pytest.mark.parametrize(
    ("level", "code"),
    [("crash", 0), ("wipe", 0), ("drop", 0), ("warning", 1), ("reformat", 1)],
)
def test_only_what_reaches_the_level_fails(tmp_path: Path, level: str, code: int) -> None:
    write(tmp_path, WARNS)
    done = run("check", "--level", level, cwd=tmp_path)

    assert done.returncode == code
    assert "moving heading 1 to the top" in done.stdout
    assert ("not-canonical" in done.stdout) == (level == "reformat")


def test_healthy_notebooks_are_counted_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, CANONICAL)
    done = run("check", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "1 notebook checked, no problems.\n")
    assert run("check", "--quiet", cwd=tmp_path).stdout == ""


def test_a_file_that_cannot_be_checked_is_told_and_the_others_are_checked(tmp_path: Path) -> None:
    write(tmp_path, CANONICAL)
    (tmp_path / "latin.livemd").write_bytes(b"# T\xe9\n")
    done = run("check", "gone.livemd", "note.livemd", "latin.livemd", cwd=tmp_path)

    assert done.returncode == 1
    assert done.stderr == "gone.livemd: There is no such file or folder.\n"
    assert "latin.livemd:1:1: crash: This file is not UTF-8" in done.stdout
    assert "of 2 notebooks" in done.stdout


def test_without_notebooks_there_is_nothing_wrong(tmp_path: Path) -> None:
    done = run("check", cwd=tmp_path)

    assert (done.returncode, done.stdout) == (0, "")
    assert done.stderr == "There are no notebooks here.\n"


def test_json_has_everything(tmp_path: Path) -> None:
    write(tmp_path, OPEN)
    found = report(tmp_path, "json")
    (notebook,) = found["notebooks"]
    problem = notebook["problems"][0]

    assert (notebook["file"], notebook["stamp"]) == ("note.livemd", "none")
    assert (problem["code"], problem["level"], problem["line"]) == ("closed-by-opening", "wipe", 10)
    assert problem["fix"] == "Close the code block"
    assert found["counts"]["wipe"] == len(notebook["problems"])


def test_github_annotations_are_escaped(tmp_path: Path) -> None:
    write(tmp_path, CRASHES, "50%, a:b.livemd")
    done = run("check", "--format", "github", cwd=tmp_path)
    (line,) = done.stdout.splitlines()
    properties, _, message = line.removeprefix("::error ").partition("::")

    assert line.startswith("::error file=50%25%2C a%3Ab.livemd,line=5,")
    assert ",title=invalid-json," in properties
    assert message.startswith("This comment")


def test_sarif_is_what_its_specification_asks_for(tmp_path: Path) -> None:
    write(tmp_path, CRASHES, "a b/ä#.livemd".replace("/", "_"))
    write(tmp_path, WARNS)
    sarif = report(tmp_path, "sarif")
    (run_,) = sarif["runs"]
    rules = {it["id"] for it in run_["tool"]["driver"]["rules"]}

    assert sarif["version"] == "2.1.0"
    assert run_["columnKind"] == "unicodeCodePoints"
    assert {it["ruleId"] for it in run_["results"]} == rules
    for result in run_["results"]:
        place = result["locations"][0]["physicalLocation"]
        region = place["region"]
        assert result["level"] in ("error", "warning", "note")
        assert result["message"]["text"]
        assert place["artifactLocation"]["uri"] in ("a%20b_%C3%A4%23.livemd", "note.livemd")
        assert region["startLine"] >= 1
        assert (region["startLine"], region["startColumn"]) <= (
            region["endLine"],
            region["endColumn"],
        )


@pytest.mark.parametrize("text", [OPEN, REFERENCE, FRONT, "\ufeff# T\n"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_fixes_take_nothing_away(tmp_path: Path, text: str, newline: str) -> None:
    path = write(tmp_path, text.replace("\n", newline))
    path.chmod(0o640)
    done = run("check", "--fix", cwd=tmp_path)
    after = path.read_bytes().decode("utf-8")

    assert done.returncode == 0, done.stdout
    assert "note.livemd:" in done.stdout
    assert ": fixed: " in done.stdout
    assert after.count("\n") == after.count(newline)
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [path]
    assert not check(str(path)).problems


@pytest.mark.parametrize(
    "text",
    [
        # What a fix would remove is text, or a setting for a person to choose.
        '# T\n\n```elixir title="x"\n1\n```\n',
        "# T\n\n## A\n\n[unused]: https://e.org\n",
        "# T\n\n## A\n\n* a\n{: .x}\n",
        '# T\n\n## A\n\n```elixir\n1\n```\n\n<!-- livebook:{"output":true} -->\n\n```\n1\n```\n',
    ],
)
def test_a_fix_that_would_take_something_away_is_left_to_people(tmp_path: Path, text: str) -> None:
    path = write(tmp_path, text)
    done = run("check", "--fix", cwd=tmp_path)

    assert done.returncode == 1
    assert path.read_bytes().decode("utf-8") == text


def test_a_stamped_notebook_is_not_fixed(tmp_path: Path, livebook: StandIn) -> None:
    stamped = livebook.stamp(CANONICAL)
    path = write(tmp_path, stamped.replace("## Section", "## Section\n\n[a][b]\n\n[b]: http://e.x"))
    before = path.read_bytes()
    done = run("check", "--fix", cwd=tmp_path)

    assert "Not fixed, for its stamp would no longer be valid." in done.stderr
    assert path.read_bytes() == before


def test_a_link_to_a_notebook_stays_a_link(tmp_path: Path) -> None:
    path = write(tmp_path, REFERENCE)
    link = tmp_path / "link.livemd"
    link.symlink_to(path)
    other = tmp_path / "other"
    other.hardlink_to(path)
    run("check", "--fix", link)

    assert link.is_symlink()
    assert "(https://e.org)" in other.read_text(encoding="utf-8")


def test_a_stamp_that_surely_is_stale_is_seen_without_livebook(
    tmp_path: Path, livebook: StandIn
) -> None:
    stamped = livebook.stamp(CANONICAL)
    path = write(tmp_path, stamped)
    fresh = check(str(path))
    write(tmp_path, stamped.replace("1 + 1", "1 + 10"))
    stale = check(str(path))

    assert (fresh.stamp, fresh.problems) == (StampState.UNVERIFIED, ())
    assert stale.stamp is StampState.STALE
    assert [it.code for it in stale.problems] == ["stamp-stale"]


def test_livebook_verifies_stamps_and_form(
    tmp_path: Path, livebook: StandIn, environ: dict[str, str]
) -> None:
    stamped = livebook.stamp(CANONICAL)
    write(tmp_path, stamped, "a.livemd")
    write(tmp_path, stamped, "b.livemd")
    commit_all(tmp_path)
    write(tmp_path, stamped.replace("1 + 1", "1 + 2"), "b.livemd")
    write(tmp_path, "# T\n\n## S\n\n- a\n", "c.livemd")
    write(tmp_path, CRASHES, "d.livemd")
    before = {it: it.read_bytes() for it in tmp_path.glob("*.livemd")}
    done = run(
        "check", "--online", "--level", "reformat", "--format", "json", cwd=tmp_path,
        environ=environ,
    )  # fmt: skip
    found = {it["file"]: it for it in json.loads(done.stdout)["notebooks"]}
    codes = {name: [problem["code"] for problem in it["problems"]] for name, it in found.items()}

    assert {name: it["stamp"] for name, it in found.items()} == {
        "a.livemd": "valid", "b.livemd": "stale", "c.livemd": "none", "d.livemd": "none",
    }  # fmt: skip
    assert codes == {
        "a.livemd": [], "b.livemd": ["stamp-stale"], "c.livemd": ["not-canonical"],
        "d.livemd": ["invalid-json"],
    }  # fmt: skip
    assert not livebook.sessions
    assert {it: it.read_bytes() for it in tmp_path.glob("*.livemd")} == before


def test_online_without_livebook_still_reports(tmp_path: Path) -> None:
    write(tmp_path, REFERENCE)
    done = run("check", "--online", "--level", "crash", cwd=tmp_path)

    assert done.returncode == 1
    assert "Start Livebook" in done.stderr
    assert "link-definition" in done.stdout


def test_many_notebooks_are_checked_in_order(tmp_path: Path) -> None:
    for number in range(250):
        write(tmp_path, REFERENCE if number % 50 == 0 else CANONICAL, f"{number:03}.livemd")
    done = run("check", cwd=tmp_path)
    told = [line for line in done.stdout.splitlines() if ": drop: " in line]

    assert [line[:3] for line in told] == ["000", "050", "100", "150", "200"]
    assert "5 problems in 5 of 250 notebooks" in done.stdout


def test_a_reader_that_has_seen_enough_is_no_error(tmp_path: Path) -> None:
    for number in range(100):
        write(tmp_path, REFERENCE * 100, f"{number:03}.livemd")
    with Child[bytes](
        (*PROGRAM, "check"),
        cwd=tmp_path,
        env=clean_environ(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert said == b""
    assert process.returncode == 128 + signal.SIGPIPE


def test_colours_are_for_terminals_that_want_them(tmp_path: Path) -> None:
    write(tmp_path, REFERENCE)

    assert "\033" not in run("check", cwd=tmp_path).stdout
    assert "\033" in _in_terminal(tmp_path, {})
    assert "\033" not in _in_terminal(tmp_path, {"NO_COLOR": "1"})


def _in_terminal(folder: Path, environ: dict[str, str]) -> str:
    terminal, program = os.openpty()
    subprocess.run(
        (*PROGRAM, "check"), cwd=folder, env=clean_environ() | environ, stdout=program, check=False
    )
    os.close(program)
    said = os.read(terminal, 65536)
    os.close(terminal)
    return said.decode("utf-8")


@pytest.mark.parametrize(
    ("more", "left"),
    [
        (("nowhere.livemd",), "1 path"),
        (("nowhere.livemd", "note.txt"), "2 paths"),
        (("--online",), "1 notebook by Livebook"),
        (("--cells", "--elixir", "/nowhere/elixir"), "the code of cells"),
        (
            ("nowhere.livemd", "--online", "--cells", "--elixir", "/nowhere/elixir"),
            "1 path, 1 notebook by Livebook, the code of cells",
        ),
    ],
)
def test_the_sum_says_what_was_not_checked(
    more: tuple[str, ...], left: str, notebook: Path
) -> None:
    notebook.write_text("# Note\n\n## Section\n\n```elixir\n1\n```\n", encoding="utf-8")
    (notebook.parent / "note.txt").touch()
    done = run("check", "note.livemd", *more, cwd=notebook.parent)

    assert done.returncode == 1
    assert done.stdout == f"1 notebook checked, no problems. Not checked: {left}.\n"
