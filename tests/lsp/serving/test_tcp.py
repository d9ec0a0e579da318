"""The server on a socket: who may connect, and that one client's end isn't the next one's."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.server import StandIn

PROGRAM = (sys.executable, "-m", "livebook_ls", "serve", "--tcp")


@pytest.fixture
def port(environ: dict[str, str]) -> Iterator[int]:
    process = subprocess.Popen(
        (*PROGRAM, "127.0.0.1:0"), env=environ, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Listening on 127.0.0.1:")
    yield int(line.rpartition(":")[2])
    process.send_signal(signal.SIGINT)
    process.stdout.close()

    assert process.wait(20) == 0


class Client:
    """A client that says one thing after the other."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self.stream = self.socket.makefile("rb")

    def say(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        self.socket.sendall(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))

    def hear(self, **wanted: Any) -> Any:
        """The next message that has what is wanted."""
        while header := self.stream.readline():
            length = 0
            while header.strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
                header = self.stream.readline()
            message = json.loads(self.stream.read(length))
            if wanted.items() <= message.items():
                return message
        raise AssertionError(f"the connection ended before {wanted}")

    def begin(self) -> Any:
        capabilities: dict[str, Any] = {}
        self.say(
            id=1, method="initialize", params={"processId": None, "capabilities": capabilities}
        )
        answer = self.hear(id=1)
        self.say(method="initialized", params={})
        return answer

    def close(self) -> None:
        self.stream.close()
        self.socket.close()


def open_notebook(client: Client, notebook: Path) -> None:
    item = {
        "uri": notebook.as_uri(),
        "languageId": "livebook",
        "version": 1,
        "text": notebook.read_text(encoding="utf-8"),
    }
    client.say(method="textDocument/didOpen", params={"textDocument": item})


def test_a_client_that_says_exit_leaves_the_server_to_the_next(
    port: int, notebook: Path, livebook: StandIn
) -> None:
    first = Client(port)
    first.begin()
    first.say(id=2, method="shutdown")
    first.hear(id=2)
    first.say(method="exit")
    ended = first.stream.read()
    first.close()
    second = Client(port)
    second.begin()
    open_notebook(second, notebook)
    while second.hear(method="livebook/status")["params"]["state"] != "inSync":
        pass
    second.close()

    assert isinstance(ended, bytes)
    assert livebook.session(notebook) is not None


def test_a_client_that_is_just_gone_leaves_the_server_to_the_next(port: int) -> None:
    first = Client(port)
    first.begin()
    first.close()
    second = Client(port)

    assert second.begin()["result"]["serverInfo"]["name"] == "livebook-ls"
    second.close()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "example.org:0", "192.0.2.1:0"])
def test_others_are_let_in_only_when_that_is_forced(environ: dict[str, str], address: str) -> None:
    done = subprocess.run(
        (*PROGRAM, address), env=environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "--force" in done.stderr


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ""])
def test_an_address_without_a_port_is_wrong_usage(environ: dict[str, str], address: str) -> None:
    done = subprocess.run(
        (*PROGRAM, address), env=environ, capture_output=True, text=True, check=False
    )

    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr
