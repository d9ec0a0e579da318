"""The server on a socket: who may connect, and that one client's end isn't the next one's."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, cast
from unittest.mock import Mock

import pytest

from livebook_ls.lsp.create import create_server
from livebook_ls.lsp.serving import tcp
from livebook_ls.standin.server import StandIn
from tests.support.fork_server.program import quick_program

TOUCH = shutil.which("touch")
SERVE = ("serve", "--tcp")


class Door(NamedTuple):
    """Where the server is, and what it wants to hear."""

    port: int
    secret: str


@pytest.fixture
def door(environ: dict[str, str], tmp_path: Path) -> Iterator[Door]:
    # A Livebook that is installed here is not to be started by a test.
    environ |= {"PATH": str(tmp_path), "HOME": str(tmp_path)}
    process = subprocess.Popen(
        (*quick_program(environ), *SERVE, "127.0.0.1:0"),
        env=environ,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    line = process.stdout.readline()
    assert line.startswith("Listening on 127.0.0.1:")
    options = json.loads(process.stdout.readline().removeprefix("For initializationOptions: "))
    yield Door(int(line.rpartition(":")[2]), options["secret"])
    process.send_signal(signal.SIGINT)
    process.stdout.close()

    assert process.wait(120) == 0


class Client:
    """A client that says one thing after the other."""

    def __init__(self, door: Door) -> None:
        self.secret = door.secret
        self.socket = socket.create_connection(("127.0.0.1", door.port), timeout=120)
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

    def initialize(self, **options: Any) -> None:
        params = {
            "processId": None,
            "capabilities": {},
            "initializationOptions": {"secret": self.secret, **options},
        }
        self.say(id=1, method="initialize", params=params)

    def begin(self, **options: Any) -> Any:
        self.initialize(**options)
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
    door: Door, notebook: Path, livebook: StandIn
) -> None:
    first = Client(door)
    first.begin()
    first.say(id=2, method="shutdown")
    first.hear(id=2)
    first.say(method="exit")
    ended = first.stream.read()
    first.close()
    second = Client(door)
    second.begin()
    open_notebook(second, notebook)
    while second.hear(method="livebook/status")["params"]["state"] != "inSync":
        pass
    second.close()

    assert isinstance(ended, bytes)
    assert livebook.session(notebook) is not None


def test_a_client_that_is_just_gone_leaves_the_server_to_the_next(door: Door) -> None:
    first = Client(door)
    first.begin()
    first.close()
    second = Client(door)

    assert second.begin()["result"]["serverInfo"]["name"] == "livebook-ls"
    second.close()


def test_no_secret_is_no_service(door: Door) -> None:
    guesses: list[Any] = [None, {}, {"secret": ""}, {"secret": None}, {"secret": "é" + door.secret}]
    for guess in [*guesses, [], "secret", {"livebook": {"secret": [door.secret]}}]:
        client = Client(door)
        params = {"processId": None, "capabilities": {}, "initializationOptions": guess}
        client.say(id=1, method="initialize", params=params)
        answer = client.hear(id=1)

        assert "secret" in answer["error"]["message"]
        assert door.secret not in answer["error"]["message"]
        assert client.stream.read() == b""
        client.close()


def test_a_secret_may_stand_in_the_section_too(door: Door) -> None:
    client = Client(door)

    assert "result" in client.begin(livebook={"secret": door.secret})
    client.close()


@pytest.mark.parametrize(
    "head",
    [
        b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n",
        b"GET / HTTP/1.1\r\nContent-Length: %d\r\n\r\n",
        b"x: y\r\nContent-Length: %d\r\n\r\n",
        b"Content-Length: %d\r\nHost: localhost\r\n\r\n",
        b"\r\nContent-Length: %d\r\n\r\n",
        b"Content-Type: x\r\n\r\nContent-Length: %d\r\n\r\n",
    ],
)
def test_what_a_browser_can_send_is_not_obeyed(door: Door, tmp_path: Path, head: bytes) -> None:
    made = tmp_path / "made"
    start = {"jsonrpc": "2.0", "id": 2, "method": "workspace/executeCommand"}
    start |= {"params": {"command": "livebook.start", "arguments": []}}
    begin: dict[str, Any] = {"jsonrpc": "2.0", "id": 1, "method": "initialize"}
    begin["params"] = {
        "processId": None,
        "capabilities": {},
        "initializationOptions": {"secret": door.secret, "startCommand": [TOUCH, str(made)]},
    }
    client = Client(door)
    for body in (json.dumps(it).encode() for it in (begin, start)):
        with contextlib.suppress(OSError):
            client.socket.sendall(head % len(body) + body)
    with contextlib.suppress(ConnectionResetError):
        assert client.stream.read() == b""
    client.close()

    assert not made.exists()


def test_nothing_is_done_before_initialize(door: Door) -> None:
    client = Client(door)
    client.say(id=1, method="workspace/executeCommand", params={"command": "livebook.start"})

    assert client.hear(id=1)["error"]["code"] == -32002
    client.close()


def test_a_client_on_a_socket_names_no_program(door: Door, tmp_path: Path) -> None:
    made = tmp_path / "made"
    client = Client(door)
    client.initialize(startCommand=[TOUCH, str(made)], url="http://127.0.0.1:9")
    told = client.hear(method="window/showMessage")["params"]["message"]
    client.hear(id=1)
    pushed = {"livebook": {"startCommand": [TOUCH, str(made)]}}
    client.say(method="workspace/didChangeConfiguration", params={"settings": pushed})
    client.say(id=2, method="workspace/executeCommand", params={"command": "livebook.start"})
    client.hear(id=2)
    client.close()

    assert "livebook.startCommand" in told
    assert not made.exists()


@pytest.mark.parametrize("address", ["0.0.0.0:0", "[::]:0", "example.org:0", "192.0.2.1:0"])
def test_others_are_let_in_only_when_that_is_forced(environ: dict[str, str], address: str) -> None:
    done = subprocess.run(
        (*quick_program(environ), *SERVE, address),
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "--force" in done.stderr


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.1:x", "127.0.0.1:70000", ""])
def test_an_address_without_a_port_is_wrong_usage(environ: dict[str, str], address: str) -> None:
    done = subprocess.run(
        (*quick_program(environ), *SERVE, address),
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert "HOST:PORT" in done.stderr


class Unread:
    """The other side of a client that reads nothing until it is told to."""

    def __init__(self) -> None:
        self.reads = asyncio.Event()
        self.transport = Mock()

    def write(self, data: bytes) -> None:
        pass

    async def drain(self) -> None:
        await self.reads.wait()

    def close(self) -> None:
        pass


def test_a_client_for_which_very_much_waits_is_obeyed_once_it_has_read(
    environ: dict[str, str],
) -> None:
    async def act() -> None:
        server, writer, reader = create_server(environ), Unread(), asyncio.StreamReader()
        server.owns_process = False
        obeyed = asyncio.Event()
        server.protocol.handle_message = Mock(side_effect=lambda _: obeyed.set())  # type: ignore[method-assign]
        body = b'{"jsonrpc": "2.0", "method": "initialized", "params": {}}'
        reader.feed_data(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        serving = asyncio.create_task(tcp._serve_client(server, reader, cast("Any", writer)))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(obeyed.wait(), 0.2)
        writer.reads.set()
        await asyncio.wait_for(obeyed.wait(), 60)
        reader.feed_eof()
        await serving
        (limit,) = writer.transport.set_write_buffer_limits.call_args.args
        # Its answers are no reason not to obey it, up to so much.
        assert limit > 16_000_000

    asyncio.run(act())
