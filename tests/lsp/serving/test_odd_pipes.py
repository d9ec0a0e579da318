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
from contextlib import contextmanager
from typing import Any

import pytest

from tests.support.command import PROGRAM

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

    def __init__(self, environ: dict[str, str], *, blocks: bool) -> None:
        their_input, self._input = os.pipe()
        self._output, their_output = os.pipe()
        for end in (their_input, their_output):
            # Both sides of a descriptor that is handed on have this.
            os.set_blocking(end, blocks)
        program = (*PROGRAM, "--stdio")
        self.process = subprocess.Popen(
            program, stdin=their_input, stdout=their_output, env=environ
        )
        os.close(their_input)
        os.close(their_output)
        self._read = b""

    def say(self, data: bytes) -> None:
        os.write(self._input, data)

    def until_full(self) -> None:
        """Wait until the server can't write on, for the pipe takes no more."""
        waiting = array.array("i", [0])
        until_s = time.monotonic() + _WITHIN_S
        while waiting[0] < _PIPE_BYTES - 4_096:
            assert time.monotonic() < until_s
            time.sleep(0.01)
            fcntl.ioctl(self._output, termios.FIONREAD, waiting)

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

    def end(self) -> None:
        os.close(self._input)
        os.close(self._output)
        self.process.kill()
        self.process.wait()


@contextmanager
def client(environ: dict[str, str], *, blocks: bool) -> Iterator[Client]:
    one = Client(environ, blocks=blocks)
    try:
        yield one
    finally:
        one.end()


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
