"""A client's pipes as it has made them: non-blocking, slow to read, and stopped amid an answer."""

from __future__ import annotations

import array
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from livebook_ls.standin.server import StandIn
from tests.conftest import CANONICAL
from tests.support.at_rest import holds
from tests.support.command import PROGRAM
from tests.support.editors.tools import until

if sys.platform != "win32":
    import fcntl
    import termios

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="pipes of POSIX")

URI = "file:///note.livemd"
# An outline of it is many times as large as a pipe.
LARGE = "# Note\n\n" + "".join(f"## Section {it} {'x' * 60}\n\ntext\n\n" for it in range(2_000))
_WITHIN_S = 60.0
_PIPE_BYTES = 65_536


def frame(**message: Any) -> bytes:
    body = json.dumps({"jsonrpc": "2.0", **message}).encode()
    return b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def asked_for(number: int) -> bytes:
    params = {"textDocument": {"uri": URI}}
    return frame(id=number, method="textDocument/documentSymbol", params=params)


DOCUMENT = {"uri": URI, "languageId": "livebook", "version": 1, "text": LARGE}
BEGINNING = (
    frame(
        id=0, method="initialize", params={"processId": None, "rootUri": None, "capabilities": {}}
    )
    + frame(method="initialized", params={})
    + frame(method="textDocument/didOpen", params={"textDocument": DOCUMENT})
)


class Client:
    """A client that reads only when it is told to."""

    def __init__(self, environ: dict[str, str], *, blocks: bool, stderr: int | None = None) -> None:
        their_input, self._input = os.pipe()
        self._output, their_output = os.pipe()
        for end in (their_input, their_output):
            # Both sides of a descriptor that is handed on have this.
            os.set_blocking(end, blocks)
        program = (*PROGRAM, "--stdio")
        self.process = subprocess.Popen(
            program, stdin=their_input, stdout=their_output, stderr=stderr, env=environ
        )
        os.close(their_input)
        os.close(their_output)
        self._read = b""

    def say(self, data: bytes) -> None:
        os.write(self._input, data)

    def until_full(self) -> None:
        """Wait until the server can't write on, for the pipe takes no more."""
        waiting = array.array("i", [0])

        def is_full() -> bool:
            fcntl.ioctl(self._output, termios.FIONREAD, waiting)
            return waiting[0] >= _PIPE_BYTES - 4_096

        until(is_full, "a full pipe")

    def until_at_rest(self) -> None:
        """Wait until the server does nothing for a moment that takes time."""
        spent, stat = [""], Path(f"/proc/{self.process.pid}/stat")

        def is_at_rest() -> bool:
            spent.append(" ".join(stat.read_text().split()[13:15]))
            return spent[-1] == spent[-2]

        until(is_at_rest, "a server at rest")

    def answers(self, *numbers: int) -> dict[int, Any]:
        """Read until all of these are answered; raises ValueError for what is no message."""
        found: dict[int, Any] = {}
        until_s = time.monotonic() + _WITHIN_S
        while not found.keys() >= set(numbers):
            header, separator, rest = self._read.partition(b"\r\n\r\n")
            size = (
                int(header.removeprefix(b"Content-Length: ").split(b"\r\n")[0] or 0)
                if separator
                else 0
            )
            if separator and len(rest) >= size:
                message = json.loads(rest[:size])
                self._read = rest[size:]
                if "id" in message and "method" not in message:
                    found[message["id"]] = message["result"]
                continue
            assert select.select([self._output], [], [], until_s - time.monotonic())[0], "silence"
            data = os.read(self._output, 65_536)
            assert data, "the server has ended"
            self._read += data
        return found

    def hang_up(self) -> None:
        """Say nothing any more; what is said to it may still be read."""
        os.close(self._input)
        self._input = -1

    def stop_reading(self) -> None:
        """Nobody reads what is said to it any more."""
        os.close(self._output)
        self._output = -1

    def end(self) -> None:
        if self._input != -1:
            os.close(self._input)
        if self._output != -1:
            os.close(self._output)
        self.process.kill()
        self.process.wait()


@contextmanager
def client(environ: dict[str, str], *, blocks: bool, stderr: int | None = None) -> Iterator[Client]:
    one = Client(environ, blocks=blocks, stderr=stderr)
    try:
        yield one
    finally:
        one.end()


@pytest.mark.slow
def test_a_client_whose_pipes_do_not_block_is_heard_and_answered_whole(
    environ: dict[str, str],
) -> None:
    with client(environ, blocks=False) as one:
        assert not select.select([one._output], [], [], 0.3)[0]
        one.say(BEGINNING[:10])
        one.say(BEGINNING[10:60_000])
        one.say(BEGINNING[60_000:])
        one.answers(0)
        for number in (1, 2):
            one.say(asked_for(number))
        found = one.answers(1, 2)

    # A title, and so many sections with a cell each.
    assert len(found[1]) == 4_001
    assert found[2] == found[1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="knows how much a pipe takes there")
def test_a_server_that_is_stopped_amid_an_answer_goes_on_with_the_rest(
    environ: dict[str, str],
) -> None:
    with client(environ, blocks=True) as one:
        one.say(BEGINNING)
        one.answers(0)
        one.say(asked_for(1) + asked_for(2))
        one.until_full()
        one.process.send_signal(signal.SIGSTOP)
        one.process.send_signal(signal.SIGCONT)
        found = one.answers(1, 2)

    # A title, and so many sections with a cell each.
    assert len(found[1]) == 4_001
    assert found[2] == found[1]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="knows how much a pipe takes there")
@pytest.mark.parametrize("blocks", [True, False])
@pytest.mark.parametrize("hangs_up", [False, pytest.param(True, marks=pytest.mark.slow)])
def test_a_save_arrives_though_the_client_reads_nothing(
    environ: dict[str, str], livebook: StandIn, notebook: Path, *, blocks: bool, hangs_up: bool
) -> None:
    uri, saved = notebook.as_uri(), CANONICAL.replace("1 + 1", "1 + 2")
    document = {"uri": uri, "languageId": "livebook", "version": 1, "text": CANONICAL}
    with client(environ, blocks=blocks) as one:
        one.say(BEGINNING + frame(method="textDocument/didOpen", params={"textDocument": document}))
        one.answers(0)
        until(lambda: livebook.session(notebook), "a session")
        one.say(asked_for(1) + asked_for(2))
        one.until_full()
        notebook.write_text(saved, encoding="utf-8")
        params = {"textDocument": {"uri": uri}, "text": saved}
        one.say(frame(method="textDocument/didSave", params=params))
        if hangs_up:
            one.hang_up()
        until(lambda: holds(livebook, notebook, saved), "the session has the save")
        found = one.answers(1, 2)

    assert len(found[1]) == 4_001
    assert found[2] == found[1]


@pytest.mark.slow
def test_a_save_behind_what_nobody_can_be_answered_arrives(
    environ: dict[str, str], livebook: StandIn, notebook: Path
) -> None:
    uri, saved = notebook.as_uri(), CANONICAL.replace("1 + 1", "1 + 2")
    document = {"uri": uri, "languageId": "livebook", "version": 1, "text": CANONICAL}
    with client(environ, blocks=True) as one:
        one.say(BEGINNING + frame(method="textDocument/didOpen", params={"textDocument": document}))
        one.answers(0)
        until(lambda: livebook.session(notebook), "a session")
        one.stop_reading()
        notebook.write_text(saved, encoding="utf-8")
        params = {"textDocument": {"uri": uri}, "text": saved}
        one.say(asked_for(1) + frame(method="textDocument/didSave", params=params))
        one.hang_up()
        until(lambda: holds(livebook, notebook, saved), "the session has the save")

        assert one.process.wait(_WITHIN_S) == 1


@pytest.mark.slow
def test_a_server_whose_client_reads_nothing_ends_once_nobody_can(
    environ: dict[str, str],
) -> None:
    with client(environ, blocks=True) as one:
        one.say(BEGINNING)
        one.answers(0)
        one.say(asked_for(1))
        one.until_full()
        one.hang_up()
        one.stop_reading()
        assert one.process.wait(_WITHIN_S) is not None


# Their answers are more than waits.
VERY_MANY = 120


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="knows how much a pipe takes there")
def test_a_client_for_which_very_much_waits_gets_all_of_it_once_it_reads(
    environ: dict[str, str],
) -> None:
    with client(environ, blocks=True) as one:
        one.say(BEGINNING)
        one.answers(0)
        asking = Thread(target=one.say, args=[b"".join(map(asked_for, range(1, VERY_MANY)))])
        asking.start()
        one.until_full()
        found = one.answers(*range(1, VERY_MANY))
        asking.join()

    assert all(len(it) == 4_001 for it in found.values())


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="knows how much a pipe takes there")
def test_a_server_that_is_told_to_end_does_so_however_much_nobody_reads(
    environ: dict[str, str],
) -> None:
    with client(environ, blocks=True) as one:
        one.say(BEGINNING)
        # What only the whole server answers.
        params = {"textDocument": {"uri": URI}}
        one.say(frame(id=VERY_MANY, method="textDocument/documentLink", params=params))
        one.answers(0, VERY_MANY)
        one.say(b"".join(map(asked_for, range(1, VERY_MANY))))
        one.until_full()
        one.until_at_rest()
        one.process.send_signal(signal.SIGTERM)

        assert one.process.wait(_WITHIN_S) is not None


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="knows how much a pipe takes there")
def test_a_client_that_asks_while_the_server_is_loaded_and_goes_leaves_none_behind(
    environ: dict[str, str],
) -> None:
    with client(environ, blocks=True) as one:
        one.say(BEGINNING + b"".join(map(asked_for, range(1, 2 * VERY_MANY))))
        one.until_full()
        one.hang_up()

        assert one.process.wait(_WITHIN_S) is not None


@pytest.mark.slow
def test_a_client_that_never_reads_what_goes_wrong_is_served_all_the_same(
    environ: dict[str, str],
) -> None:
    read, full = os.pipe()
    os.set_blocking(full, False)
    with suppress(BlockingIOError):
        while True:
            os.write(full, bytes(_PIPE_BYTES))
    os.set_blocking(full, True)
    # What no client says is logged as an error.
    broken = {"textDocument": {"uri": URI, "version": 2}, "contentChanges": 1}
    with client(environ, blocks=True, stderr=full) as one:
        one.say(BEGINNING)
        one.answers(0)
        one.say(frame(method="textDocument/didChange", params=broken) + asked_for(1))
        assert len(one.answers(1)[1]) == 4_001
    os.close(read)
    os.close(full)
