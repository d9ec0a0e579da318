"""Only what the LSP's base protocol allows is a header."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from livebook_ls.lsp.connection.framing import CheckedStream, Framing, NotOurProtocolError


def read(said: bytes) -> list[bytes]:
    """The messages of a whole stream."""
    stream = CheckedStream(io.BytesIO(said))
    return list(iter(stream.message, b""))


@pytest.mark.parametrize(
    "said",
    [
        b"Content-Length: 5\r\n\r\n",
        b"content-length:5\r\n\r\n",
        b"CONTENT-LENGTH:   5  \r\n\r\n",
        b"Content-Length: 5\n\n",
    ],
)
def test_a_header_is_read_in_every_form_that_clients_write(said: bytes) -> None:
    assert read(said + b"hello") == [b"hello"]


def test_a_content_type_may_stand_before_the_length_or_after_it() -> None:
    kind, length = b"Content-Type: application/vscode-jsonrpc\r\n", b"Content-Length: 5\r\n"

    assert read(kind + length + b"\r\nhello") == [b"hello"]
    assert read(length + kind + b"\r\nhello") == [b"hello"]


@pytest.mark.parametrize("cut", range(1, 40))
def test_messages_are_the_same_wherever_their_bytes_are_cut(cut: int) -> None:
    said = b"Content-Length: 2\r\n\r\n{}Content-Length: 3\r\n\r\n[1]"
    framing = Framing()
    found = []
    for data in (said[:cut], said[cut:]):
        framing.feed(data)
        found += list(iter(framing.message, None))

    assert found == [b"{}", b"[1]"]


@pytest.mark.parametrize("cut", [b"Content-Length: 5\r\n", b"Content-Length: 5\r\n\r\nhel"])
def test_a_message_that_does_not_come_whole_is_the_end(cut: bytes) -> None:
    assert read(b"Content-Length: 2\r\n\r\n{}" + cut) == [b"{}"]


@pytest.mark.parametrize(
    "said",
    [
        b"Content-Length: -5\r\n\r\n",
        b"Content-Length: 0\r\n\r\n",
        b"Content-Length: +5\r\n\r\n",
        b"Content-Length: 5_0\r\n\r\n",
        b"Content-Length: 0x10\r\n\r\n",
        b"Content-Length: \xd9\xa3\r\n\r\n",
        b"Content-Length: " + b"9" * 900 + b"\r\n\r\n",
        b"Content-Length: " + b"9" * 5_000 + b"\r\n\r\n",
        b"Content-Length: 999999999\r\n\r\n",
        b"Content-Length: 5\r\nContent-Length: 50\r\n\r\n",
        b"Content-Length : 5\r\n\r\n",
        b" Content-Length: 5\r\n\r\n",
        b"Host: localhost\r\n\r\n",
        b"\r\n",
        b"Content-Type: x\r\n\r\n",
        b"Content-Length",
        b"a" * 100_000,
    ],
)
def test_nothing_else_is_a_header(said: bytes) -> None:
    with pytest.raises(NotOurProtocolError):
        read(said)


@pytest.mark.slow
@pytest.mark.parametrize("said", [b"Content-Length: -5\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n"])
def test_the_server_of_a_pipe_ends_and_says_why(said: bytes, environ: dict[str, str]) -> None:
    done = subprocess.run(
        (sys.executable, "-m", "livebook_ls", "serve"),
        input=said,
        env=environ,
        capture_output=True,
        check=False,
        timeout=60,
    )

    assert (done.returncode, done.stdout) == (1, b"")
    assert b"not the Language Server Protocol" in done.stderr
    assert b"Traceback" not in done.stderr
