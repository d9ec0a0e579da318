"""What most tests start in place of the program is like the program."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import clean_environ
from tests.support.child import Child
from tests.support.command import run
from tests.support.fork_server.program import PROGRAM, quick_program

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="it is the program itself")


@pytest.mark.slow
@pytest.mark.parametrize(
    "arguments",
    [
        ("--version",),
        ("check", "good.livemd"),
        ("check", "bad.livemd", "nowhere.livemd"),
        ("fly",),
        ("check", "--format", "json", "--level", "note", "."),
    ],
)
def test_it_says_the_same_and_ends_the_same(arguments: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "good.livemd").write_text("# ä\n", encoding="utf-8")
    (tmp_path / "bad.livemd").write_text("```elixir\n", encoding="utf-8")
    quick = run(*arguments, cwd=tmp_path)
    real = run(*arguments, cwd=tmp_path, program=PROGRAM)

    assert (quick.returncode, quick.stdout, quick.stderr) == (
        real.returncode,
        real.stdout,
        real.stderr,
    )


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_signal_ends_it(number: signal.Signals, tmp_path: Path) -> None:
    with Child[bytes](
        (*quick_program(os.environ), "watch"),
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        env=clean_environ() | {"LIVEBOOK_URL": "http://127.0.0.1:9"},
    ) as process:
        assert process.stderr is not None
        assert process.stderr.readline().startswith(b"Watching")
        process.send_signal(number)
        # It alone holds the pipe: so it has ended as well.
        process.stderr.read()

    assert process.returncode == (0 if number == signal.SIGINT else -number)


def test_where_python_itself_would_start_otherwise_it_is_the_program() -> None:
    assert quick_program(clean_environ()) != PROGRAM
    assert quick_program(clean_environ() | {"PYTHONUTF8": "0"}) == PROGRAM
    assert quick_program(clean_environ() | {"LC_ALL": "en_US.ISO-8859-1"}) == PROGRAM
