"""`livebook-ls inspect`, as a person or a program runs it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import clean_environ
from tests.support.child import Child
from tests.support.fork_server.program import quick_program

GOOD = "# 日本 🎉\n\n## One\n\n```elixir\n1 + 1\n```\n"
CRASHES = "# T\n\n<!-- livebook:{ -->\n"
COMMAND = (sys.executable, "-m", "livebook_ls", "inspect")


def run(*arguments: object, stdin: bytes = b"") -> tuple[int, str]:
    environ = clean_environ() | {"PYTHONIOENCODING": "utf-8"}
    command = (*quick_program(environ), "inspect", *map(str, arguments))
    done = subprocess.run(command, input=stdin, capture_output=True, env=environ, check=False)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8")


def answers(*asked: Any, forecast: bool = False) -> tuple[int, list[Any]]:
    """What is answered to lines; a line that is a str is sent as it is."""
    lines = [it if isinstance(it, str) else json.dumps(it) for it in asked]
    options = ("--forecast",) if forecast else ()
    code, said = run(*options, "--jsonl", "-", stdin="\n".join(lines).encode())
    return code, [json.loads(line) for line in said.splitlines()]


def write(folder: Path, text: str, name: str = "note.livemd") -> Path:
    path = folder / name
    path.write_bytes(text.encode("utf-8"))
    return path


def test_people_get_an_outline_with_lines(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)

    assert run(path) == (
        0,
        f"{path}\n     1  日本 🎉\n     3    One\n     6      1 + 1\n",
    )


def test_people_get_warnings_and_hazards_with_lines(tmp_path: Path) -> None:
    path = write(tmp_path, "# A\n\n# B\n\n```elixir\n1\n")
    code, said = run(path)

    assert code == 0
    assert (
        "     3  warning   downgrading all headings, because 2 instances of heading 1 were found\n"
    ) in said
    assert "     5  wipe      This code block is never closed" in said


def test_what_livebook_would_fail_on_is_a_problem(tmp_path: Path) -> None:
    code, said = run(write(tmp_path, CRASHES), write(tmp_path, GOOD, "b.livemd"))

    assert code == 1
    assert "     3  crash     " in said
    assert "[invalid-json]" in said
    assert "日本" in said


def test_a_file_that_cannot_be_read_does_not_stop_the_next(tmp_path: Path) -> None:
    code, said = run(tmp_path / "gone.livemd", write(tmp_path, GOOD))

    assert code == 1
    assert "gone.livemd: No such file or directory" in said
    assert "日本" in said


def test_a_terminal_is_not_steered_by_a_notebook(tmp_path: Path) -> None:
    _, said = run(write(tmp_path, "# a\x1b[31mb\n"))

    assert "a�[31mb" in said
    assert "\x1b" not in said


@pytest.mark.skipif(os.name != "posix", reason="needs a pseudo-terminal")
@pytest.mark.parametrize(("environ", "is_coloured"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_colour_only_on_a_terminal_that_wants_it(
    tmp_path: Path, environ: dict[str, str], is_coloured: bool
) -> None:
    ours, theirs = os.openpty()
    path = write(tmp_path, "# T\n")
    with Child(
        (*COMMAND, str(path)),
        stdout=theirs,
        env={name: it for name, it in clean_environ().items() if name != "NO_COLOR"} | environ,
    ) as process:
        process.wait()
    os.close(theirs)
    said = os.read(ours, 4096).decode()
    os.close(ours)

    assert said.startswith(f"\x1b[1m{path}\x1b[0m" if is_coloured else str(path))


def test_programs_get_an_object_a_line(tmp_path: Path) -> None:
    path = write(tmp_path, GOOD)
    code, said = run("--json", path, path)
    first, second = map(json.loads, said.splitlines())

    assert code == 0
    assert first == second
    assert (first["file"], first["name"], first["raises"]) == (str(path), "日本 🎉", False)
    assert first["sections"][0]["cells"] == [
        {
            "type": "code",
            "lines": [5, 7],
            "language": "elixir",
            "source": "1 + 1",
            "metadata": {},
            "outputs": 0,
        }
    ]


def test_lines_are_answered_one_by_one_and_a_broken_one_stops_nothing() -> None:
    code, said = answers(
        {"text": GOOD},
        "{",
        [1],
        {"text": 1},
        {"base64": "!"},
        "",
        {"base64": base64.b64encode(GOOD.encode()).decode()},
    )

    assert code == 1
    assert [sorted(it) == ["error"] for it in said] == [False, True, True, True, True, False]
    assert said[0] == said[-1]
    assert said[0]["name"] == "日本 🎉"


def test_fine_lines_are_no_problem() -> None:
    code, said = answers({"text": GOOD}, {"text": "# T\n\n```elixir\n1\n"})

    assert code == 0
    assert [[it["code"] for it in one["hazards"]] for one in said] == [
        [],
        ["unclosed-fence", "not-canonical"],
    ]


@pytest.mark.parametrize(
    "asked", [{"base64": "IyD/"}, {"text": "# \ud800"}, {"text": CRASHES}], ids=str
)
def test_what_livebook_would_raise_on_is_described(asked: Any) -> None:
    code, (described,) = answers(asked)

    assert code == 1
    assert described["raises"] is True
    assert described["hazards"][0]["severity"] == "crash"


def test_an_answer_comes_before_the_next_question() -> None:
    with Child[bytes](
        (*COMMAND, "--jsonl", "-"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=clean_environ(),
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for name in ("A", "B"):
            process.stdin.write(json.dumps({"text": f"# {name}\n"}).encode() + b"\n")
            process.stdin.flush()

            assert json.loads(process.stdout.readline())["name"] == name


def test_a_forecast_tells_what_the_session_will_hold() -> None:
    code, (same, broken) = answers(
        {"before": GOOD, "after": GOOD + "\n*words*\n"}, {"before": GOOD}, forecast=True
    )

    assert code == 1
    assert "error" in broken
    assert (same["equal"], same["raises"]) == (True, None)
    assert same["sections"] == [
        {
            "name": "One",
            "parent_index": None,
            "cells": [
                {
                    "type": "code",
                    "source": "1 + 1",
                    "language": "elixir",
                    "metadata": {},
                    "outputs": 0,
                },
                {"type": "markdown", "source": "*words*"},
            ],
        }
    ]


def test_a_sync_that_would_raise_leaves_nothing() -> None:
    code, (found,) = answers({"before": GOOD, "after": CRASHES}, forecast=True)

    assert code == 1
    assert found == {"equal": False, "sections": [], "raises": "invalid-json"}


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments", [(), ("--forecast", "a.livemd"), ("a.livemd", "--jsonl", "-"), ("--fly",)]
)
def test_wrong_usage_is_two(arguments: tuple[str, ...]) -> None:
    assert run(*arguments)[0] == 2
