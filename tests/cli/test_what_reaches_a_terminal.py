"""Nothing that a file's name, or who answers for Livebook, says steers the terminal."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from tests.conftest import clean_environ
from tests.support.command import run
from tests.support.sockets import saying

STEERS = "\x1b]0;title\x07\x1b[2J"


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="names have no such characters on Windows")
@pytest.mark.parametrize("suffix", [".livemd", ".md"])
@pytest.mark.parametrize(
    "command",
    [
        ("check",),
        ("check", "--fix"),
        ("inspect",),
        ("export", "--to", "exs"),
        ("format",),
        ("sync",),
        ("open",),
        ("doctor",),
        ("restamp",),
    ],
    ids=" ".join,
)
def test_a_name_does_not(tmp_path: Path, command: tuple[str, ...], suffix: str) -> None:
    path = tmp_path / f"a{STEERS}{suffix}"
    path.write_text("```elixir\n", encoding="utf-8")
    done = run(*command, path)

    assert not set(done.stdout + done.stderr) & {"\x1b", "\x07"}


@pytest.mark.slow
def test_an_answer_does_not(notebook: Path) -> None:
    body = json.dumps({"message": f"{STEERS}{'A' * 300_000}"}).encode()
    head = b"HTTP/1.1 422 x\r\ncontent-type: application/json\r\nconnection: close\r\n"
    with saying(head + b"content-length: %d\r\n\r\n" % len(body) + body) as url:
        for command in (("sync", notebook), ("format", notebook), ("open", notebook), ("doctor",)):
            done = run(*command, environ=clean_environ() | {"LIVEBOOK_URL": url})
            said = done.stdout + done.stderr

            assert not set(said) & {"\x1b", "\x07"}
            assert len(said) < 5_000
