"""Connections that are kept, end early, lead through a proxy, or are closed meanwhile."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import pytest

from livebook_ls.livebook.errors import Misconfigured
from livebook_ls.livebook.finding.addresses import Endpoint, read_address
from livebook_ls.livebook.http.connections import FAILED, UNCONNECTED, Connections
from livebook_ls.livebook.http.deadlines import Deadline
from livebook_ls.livebook.http.streams import PlainStream
from livebook_ls.livebook.http.transport import Transport
from tests.support.proxy import CA_FILE, Proxy
from tests.support.sockets import saying
from tests.support.tunnel import tunnel

SAID = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


@contextmanager
def connected(url: str, ca_file: str = "") -> Iterator[Connections]:
    connections = Connections(read_address(url, "here", ca_file=ca_file), Deadline())
    try:
        yield connections
    finally:
        connections.close()


def asked(connections: Connections, url: str, content: bytes | None = None) -> bytes:
    headers = {} if content is None else {"content-length": str(len(content))}
    method = "GET" if content is None else "POST"
    with connections.stream(method, url, headers, content) as answer:
        return b"%d %b" % (answer.status, b"".join(answer.chunks()))


@contextmanager
def answering(*answers: bytes) -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server that reads a head and says the next of `answers`, over one connection
    until it has none left; and the heads, one more for each connection that came.
    """
    heads: list[bytes] = []

    def answer_all(client: socket.socket) -> None:
        heads.append(b"connected")
        with client, client.makefile("rb") as stream, contextlib.suppress(OSError):
            for answer in answers:
                while (line := stream.readline()).strip():
                    heads.append(line)
                client.sendall(answer)

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                threads.append(threading.Thread(target=answer_all, args=(client,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threads = [threading.Thread(target=serve, args=(server,))]
        threads[0].start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", heads
        finally:
            server.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def test_a_connection_is_used_again() -> None:
    with answering(SAID, SAID, SAID) as (url, heads), connected(url) as connections:
        assert [asked(connections, url), asked(connections, url)] == [b"200 ok"] * 2

    assert heads.count(b"connected") == 1


def test_a_connection_that_the_other_side_has_closed_is_not() -> None:
    with answering(SAID) as (url, heads), connected(url) as connections:
        first = asked(connections, url)
        # Until its end has come.
        (kept,) = connections._network._made
        while kept.is_idle():
            pass

        assert [first, asked(connections, url)] == [b"200 ok"] * 2

    assert heads.count(b"connected") == 2


def test_nor_one_over_which_more_came_than_was_asked_for() -> None:
    with answering(SAID + SAID, SAID) as (url, heads), connected(url) as connections:
        with connections.stream("HEAD", url, {}, None) as answer:
            assert not list(answer.chunks())

        assert asked(connections, url) == b"200 ok"

    assert heads.count(b"connected") == 2


def test_an_answer_that_was_not_read_to_its_end_is_not_taken_for_the_next() -> None:
    with answering(SAID, b"HTTP/1.1 404 No\r\n\r\n") as (url, heads), connected(url) as connections:
        with connections.stream("GET", url, {}, None):
            pass

        assert asked(connections, url) == b"200 ok"

    assert heads.count(b"connected") == 2


def test_who_refuses_what_is_long_is_heard_though_it_reads_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    content = b"x" * 1_000
    send = PlainStream.send

    def send_head(self: PlainStream, data: bytes) -> None:
        if data == content:
            raise BrokenPipeError
        send(self, data)

    monkeypatch.setattr(PlainStream, "send", send_head)
    refused = b"HTTP/1.1 413 Too long\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
    with answering(refused) as (url, _), connected(url) as connections:
        assert asked(connections, url, content) == b"413 "


@pytest.mark.parametrize(
    "cut",
    [
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nok\r\n",
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\nok",
        b"HTTP/1.1 2",
        b"",
    ],
)
def test_an_answer_that_breaks_off_is_none(cut: bytes) -> None:
    with saying(cut) as url, connected(url) as connections, pytest.raises(FAILED):
        asked(connections, url)


def test_what_was_just_being_connected_is_closed_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[socket.socket] = []
    connect = socket.create_connection

    def connect_late(*arguments: Any) -> socket.socket:
        connections.close()
        made.append(connect(*arguments))
        return made[-1]

    monkeypatch.setattr(socket, "create_connection", connect_late)
    with saying(SAID) as url:
        connections = Connections(read_address(url, "here"), Deadline())
        with pytest.raises(FAILED), connections.stream("GET", url, {}, None):
            pass

    assert [it.fileno() for it in made] == [-1]


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Livebook on this machine is asked as if it were on another, and everybody's certificates
    are those of the tests.
    """
    monkeypatch.setattr(Endpoint, "is_loopback", False)
    monkeypatch.setenv("SSL_CERT_FILE", str(CA_FILE))
    for name in ("no_proxy", "NO_PROXY", "all_proxy", "ALL_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("is_secure", [False, True])
@pytest.mark.usefixtures("elsewhere")
def test_https_goes_through_a_proxy_that_reads_nothing_of_it(
    *, is_secure: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[str] = []
    with saying(SAID) as target, Proxy(target, is_secure=True) as there:
        port = urlsplit(there.url).port or 0
        with tunnel(port, heard, is_secure=is_secure) as address:
            monkeypatch.setenv("HTTPS_PROXY", address.replace("://", "://me%40home:s%3Acret@"))
            with connected(there.url) as connections:
                assert asked(connections, f"{there.url}/private") == b"200 ok"

    (head,) = heard
    assert head.splitlines() == [
        f"CONNECT localhost:{port} HTTP/1.1",
        f"host: localhost:{port}",
        # `me@home` and `s:cret`.
        "proxy-authorization: Basic bWVAaG9tZTpzOmNyZXQ=",
        "",
    ]


@pytest.mark.usefixtures("elsewhere")
def test_a_proxy_that_leads_nowhere_is_one_where_nobody_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    refused = b"HTTP/1.1 407 Who are you\r\ncontent-length: 4\r\n\r\nhow?"
    with tunnel(9, [], answer=refused) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        url = "https://localhost:1"
        with connected(url) as connections, pytest.raises(UNCONNECTED):
            asked(connections, url)


@pytest.mark.usefixtures("elsewhere")
def test_a_certificate_is_refused_behind_a_proxy_as_well(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with (
        saying(SAID) as target,
        Proxy(target, is_secure=True) as there,
        tunnel(urlsplit(there.url).port or 0, []) as address,
    ):
        monkeypatch.setenv("HTTPS_PROXY", address)
        with connected(there.url) as connections, pytest.raises(UNCONNECTED) as refused:
            asked(connections, there.url)

    assert isinstance(refused.value.__cause__, ssl.SSLCertVerificationError)


@pytest.mark.parametrize("size", [b"-1", b"-5"])
def test_a_chunk_that_is_less_than_nothing_is_no_answer(size: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
    said = head + size + b"\r\n" + b"x" * 1_000
    with saying(said) as url, connected(url) as connections, pytest.raises(FAILED):
        asked(connections, url)


@pytest.mark.usefixtures("elsewhere")
@pytest.mark.parametrize(
    "proxy", ["http://127.0.0.1:99999", "http://127.0.0.1:abc", "http://[bad", "http://℀:80"]
)
def test_a_proxy_that_is_no_address_is_told(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(Misconfigured, match="proxy"):
        Connections(read_address("https://livebook.example", "here"), Deadline())


@pytest.mark.usefixtures("elsewhere")
def test_a_name_that_no_certificate_can_have_is_nobodys(monkeypatch: pytest.MonkeyPatch) -> None:
    with saying(SAID) as target, tunnel(urlsplit(target).port or 0, []) as address:
        monkeypatch.setenv("HTTPS_PROXY", address)
        url = f"https://{'a' * 64}.example"
        with connected(url) as connections, pytest.raises(UNCONNECTED):
            asked(connections, url)


def test_a_request_is_sent_again_over_no_other_connection_that_is_dead() -> None:
    with answering(SAID, b"") as (url, heads):
        transport = Transport(read_address(url, "here"))
        connections = transport._connections
        with (
            connections.stream("GET", url, {}, None) as one,
            connections.stream("GET", url, {}, None) as two,
        ):
            assert [*one.chunks(), *two.chunks()] == [b"ok", b"ok"]

        # Both are kept, and end with what is asked next, as behind a router that has forgotten.
        assert transport.request("GET", "/", 10.0).status == 200
        transport.close()

    assert heads.count(b"connected") == 3
