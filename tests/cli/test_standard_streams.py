"""The program where nobody reads what it says, or where that can't be written."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.child import Child
from tests.support.command import PROGRAM

pytestmark = pytest.mark.skipif(os.name == "nt", reason="a shell is asked to close streams")

_FULL = Path("/dev/full")
_ENDED_WITHIN_S = 120.0
_SAYING = (
    ("check", "{file}"),
    ("inspect", "{file}"),
    ("diff", "{file}", "{other}"),
    ("merge", "{file}", "{file}", "{other}"),
    ("export", "{file}", "--to", "md"),
    ("import", "{book}", "-o", "-"),
    ("doctor",),
    ("hook", "--print-guide"),
    ("--print-completion", "bash"),
)
# Each is a whole start or two of the program.
_EVERY_DAY = ("check", "import", "doctor", "hook")
_COMMANDS = [
    pytest.param(it, id="_".join(it), marks=() if it[0] in _EVERY_DAY else pytest.mark.slow)
    for it in _SAYING
]


@pytest.fixture
def other(notebook: Path) -> Path:
    other = notebook.with_name("other.livemd")
    other.write_text(CANONICAL.replace("1 + 1", "1 + 2"), encoding="utf-8")
    return other


def told(
    command: tuple[str, ...], redirected: str, notebook: Path, other: Path, environ: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """A command whose streams a shell has redirected."""
    book = notebook.with_name("book.md")
    book.write_text("# Note\n", encoding="utf-8")
    words = [it.format(file=notebook, other=other, book=book) for it in command]
    return subprocess.run(
        ("sh", "-c", f'exec "$@" {redirected}', "sh", *PROGRAM, *words),
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


@pytest.mark.slow
@pytest.mark.skipif(not _FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("command", _COMMANDS)
def test_what_can_not_be_said_is_an_error_in_one_line(
    command: tuple[str, ...], notebook: Path, other: Path, environ: dict[str, str]
) -> None:
    done = told(command, "> /dev/full", notebook, other, environ)

    assert done.returncode == 74
    assert done.stderr.splitlines()[-1] == (
        "livebook-ls: The output can't be written: no space left on device."
        " Make room there, or send it elsewhere."
    )
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("command", _COMMANDS)
def test_without_streams_it_does_the_same_for_nobody(
    command: tuple[str, ...], notebook: Path, other: Path, environ: dict[str, str]
) -> None:
    heard = told(command, "", notebook, other, environ)
    unheard = told(command, "<&- >&-", notebook, other, environ)

    assert (unheard.returncode, unheard.stderr) == (heard.returncode, heard.stderr)


@pytest.mark.slow
def test_the_next_file_that_is_opened_has_no_number_of_a_stream(tmp_path: Path) -> None:
    """Else whoever writes to that stream, as a program that is started, writes into the file."""
    program = (
        "import os, sys; from livebook_ls.cli.main import main"
        "; main(['--print-completion', 'bash']); os._exit(os.open(sys.argv[1], os.O_CREAT))"
    )
    words = (sys.executable, "-c", program, tmp_path / "file")
    closed = ("sh", "-c", 'exec "$@" <&- >&- 2>&-', "sh", *words)

    assert subprocess.run(closed, check=False).returncode > 2


@pytest.mark.slow
@pytest.mark.parametrize("options", [(), ("--json",)], ids=["words", "json"])
def test_a_watch_ends_when_nobody_reads_it_any_more(
    options: tuple[str, ...], livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    reading, writing = os.pipe()
    watch = Child(
        (*PROGRAM, "watch", "--open", *options, notebook.parent),
        env=environ | {"LIVEBOOK_URL": livebook.url},
        stdout=writing,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    os.close(writing)
    with watch:
        assert watch.stderr is not None
        assert watch.stderr.readline().startswith("Watching")
        os.close(reading)
        notebook.write_text(CANONICAL.replace("1 + 1", "1 + 2"), encoding="utf-8")

        assert watch.wait(_ENDED_WITHIN_S) == 128 + signal.SIGPIPE
        assert watch.stderr.read() == ""
