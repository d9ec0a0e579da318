"""The log: every request to Livebook, each message where that is asked for, never any content."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import select
import stat
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.lsp.connection import log
from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from livebook_ls.standin.settings import Access
from tests.conftest import SERVER
from tests.support.fork_server.program import quick_program

FULL = Path("/dev/full")
WORD = "unheard-of"
TOKEN = "s3cret-t0ken"  # noqa: S105 — the stand-in's
NOTEBOOK = f"# {WORD}\n\n## {WORD}\n\n```elixir\n{WORD}\n```\n"
# No editor sends this, but a log must bear it.
BROKEN = {"textDocument": {"uri": WORD, "text": WORD}, "contentChanges": WORD}

Start = Callable[..., Editor]


@pytest.fixture
def livebook() -> Iterator[StandIn]:
    timing = Timing(autosave_s=0.3, save_s=0.005)
    with StandIn(StandInSettings(timing=timing, access=Access(token=TOKEN))) as stand_in:
        yield stand_in


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    return tmp_path / "log"


@pytest.fixture
def start(environ: dict[str, str], livebook: StandIn, log_file: Path) -> Iterator[Start]:
    """Starts an editor whose server logs into `log_file`, and writes stderr beside it."""
    editors: list[Editor] = []

    def started(**options: Any) -> Editor:
        there = environ | {"LIVEBOOK_URL": f"{livebook.url}/?token={TOKEN}"}
        beside = ("sh", "-c", f'exec "$@" 2>"{log_file}.stderr"', "sh")
        command = (*beside, *quick_program(there), "--stdio", "--log-file", str(log_file))
        editors.append(Editor(command, environ=there, **options))
        return editors[-1]

    yield started
    for editor in editors:
        editor.close()


def logged(editor: Editor, method: str = "window/logMessage") -> list[str]:
    """What the client was told for its log."""
    return [it["params"]["message"] for it in list(editor.received) if it["method"] == method]


def test_every_request_is_a_line_with_time_call_path_status_and_duration(
    start: Start, notebook: Path, log_file: Path, livebook: StandIn
) -> None:
    editor = start()
    editor.wait_for_state(editor.open(notebook), "inSync")
    line = re.compile(r"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO (\S+ \S+): (\d+) in [\d.]+ ms$")

    # Livebook is looked at and used by several threads at once, also once all is in sync.
    def asked() -> list[str]:
        return sorted(f"{it.method} {it.target.partition('?')[0]}" for it in livebook.requests)

    def in_file() -> list[str]:
        lines = map(line.match, log_file.read_text().splitlines())
        return sorted(found[1] for found in lines if found)

    def told() -> list[str]:
        return sorted(it.split(":")[0] for it in logged(editor) if " ms" in it)

    editor.wait_for(lambda: asked() == in_file() == told(), "a line for each request")


@pytest.mark.slow
def test_a_request_without_an_answer_is_logged_too(
    start: Start, notebook: Path, log_file: Path, livebook: StandIn
) -> None:
    livebook.stop()
    editor = start()
    editor.wait_for_state(editor.open(notebook), "notRunning")

    assert re.search(r"POST /dev/\w+: no answer in [\d.]+ ms\n", log_file.read_text())


def test_nothing_of_a_notebook_its_stamp_or_the_token_reaches_the_log(
    start: Start, notebook: Path, log_file: Path, livebook: StandIn
) -> None:
    notebook.write_text(livebook.stamp(NOTEBOOK), encoding="utf-8")
    stamp = notebook.read_text(encoding="utf-8").split('"token":"')[1].split('"')[0]
    editor = start(settings={"trace": "verbose", "token": TOKEN})
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    editor.command("livebook.open", uri)
    editor.wait_for_state(uri, "inSync")
    editor.save(uri, notebook, editor.texts[uri] + f"\n{WORD}\n")
    # What would crash Livebook, and what the server itself can't make anything of.
    editor.save(uri, notebook, editor.texts[uri] + f'\n<!-- livebook:{{"{WORD}":}} -->\n')
    editor.wait_for_state(uri, "held")
    editor.notify("textDocument/didChange", BROKEN)
    editor.notify(f"$/{WORD[:-1]}", {})
    editor.actions(uri)
    editor.wait_for(
        lambda: any("deserialize" in it for it in logged(editor)), "the broken message in the log"
    )
    editor.close()
    everything = "\n".join(
        [*logged(editor), log_file.read_text(), Path(f"{log_file}.stderr").read_text()]
    )

    assert "textDocument/didSave" in everything
    assert WORD not in everything
    assert TOKEN not in everything
    assert stamp not in everything


def test_the_traffic_is_told_as_long_as_the_client_asks_for_it(
    start: Start, notebook: Path
) -> None:
    editor = start()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    before = logged(editor, "$/logTrace")
    editor.notify("$/setTrace", {"value": "messages"})
    editor.actions(uri)
    editor.wait_for(
        lambda: any("codeAction answered" in it for it in logged(editor, "$/logTrace")), "a trace"
    )
    named = [it for it in logged(editor, "$/logTrace") if uri in it]
    editor.notify("$/setTrace", {"value": "off"})
    editor.actions(uri)
    count = len(logged(editor, "$/logTrace"))
    editor.actions(uri)

    assert before == named == []
    assert count == len(logged(editor, "$/logTrace"))


def test_the_setting_traces_into_the_log(start: Start, notebook: Path, log_file: Path) -> None:
    editor = start(settings={"trace": "verbose"})
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    traced = "\n".join(logged(editor))

    assert f"<- textDocument/didOpen uri={uri} version=1" in traced
    assert "-> livebook/status" in traced
    assert f"DEBUG <- textDocument/didOpen uri={uri}" in log_file.read_text()


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "the log can't be written",
    during="the server starts",
    shows="that on stderr; it serves",
    recovers="once it can be written",
)
def test_a_log_that_cannot_be_written_does_not_keep_the_server_from_serving(
    environ: dict[str, str], notebook: Path
) -> None:
    with Editor((*SERVER, "--log-file", "/nowhere/at/all"), environ=environ) as editor:
        assert editor.wait_for_state(editor.open(notebook), "inSync")


@pytest.mark.fault(
    "ourselves",
    "the disk is full",
    during="the log is written",
    shows="that once, on stderr and in the editor's log, and nothing of what is lost; it serves",
    recovers="once there is room",
)
@pytest.mark.skipif(not FULL.exists(), reason="no device that is full")
def test_a_log_without_room_is_told_once_and_keeps_no_server_from_serving(
    environ: dict[str, str], notebook: Path, livebook: StandIn, log_file: Path
) -> None:
    there = environ | {"LIVEBOOK_URL": livebook.url}
    beside = ("sh", "-c", f'exec "$@" 2>"{log_file}"', "sh")
    command = (*beside, *quick_program(there), "--stdio", "--log-file", str(FULL))
    with Editor(command, environ=there) as editor:
        editor.notify("textDocument/didChange", BROKEN)
        uri = editor.open(notebook)
        editor.wait_for_state(uri, "inSync")
        told = [it for it in logged(editor) if "can't be written" in it]
    on_stderr = log_file.read_text()

    lost = f"The log can't be written to {FULL}: No space left on device"
    assert told == [lost]
    assert on_stderr.count(lost) == 1
    assert "Logging error" not in on_stderr
    assert WORD not in on_stderr


@pytest.mark.skipif(os.name == "nt", reason="modes and pipes are POSIX's")
def test_a_log_is_the_users_alone_also_where_the_file_was_there(tmp_path: Path) -> None:
    existing = tmp_path / "log"
    existing.write_text("older\n")
    existing.chmod(0o644)
    for file in (existing, tmp_path / "new"):
        log.open_file(file).close()

        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert existing.read_text() == "older\n"


@pytest.mark.skipif(os.name == "nt", reason="modes and pipes are POSIX's")
def test_a_pipe_that_nobody_reads_is_no_log(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="No such device"):
        log.open_file(tmp_path / "pipe")


@pytest.mark.skipif(sys.platform == "win32", reason="pipes are asked for room elsewhere only")
def test_a_long_line_for_stderr_waits_for_nobody_who_reads_it() -> None:
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(writing, b"x" * select.PIPE_BUF)
    os.set_blocking(writing, True)
    # Room for a piece, and so for a beginning of the line.
    os.read(reading, select.PIPE_BUF)
    with os.fdopen(writing, "w", encoding="utf-8") as stream:
        record = logging.makeLogRecord({"msg": "word " * 10_000})
        telling = threading.Thread(target=log._Stderr(stream).emit, args=(record,), daemon=True)
        telling.start()
        telling.join(20.0)
        is_over = not telling.is_alive()
        os.close(reading)

    assert is_over
