"""A proxy of the kind that is asked to lead somewhere, and then passes on what it can't read."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.proxy import CA_FILE, HTTPS

_LETS_PASS = b"HTTP/1.1 200 Connection established\r\n\r\n"


@contextmanager
def tunnel(
    to_port: int, heard: list[str], *, answer: bytes = _LETS_PASS, is_secure: bool = False
) -> Iterator[str]:
    """The address of one that leads to `to_port` of this machine whatever it is asked for, which
    comes into `heard`, a head of a request each.
    """
    server = socket.create_server(("127.0.0.1", 0))
    if is_secure:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(CA_FILE, HTTPS / "key.pem")
        server = context.wrap_socket(server, server_side=True)
    open_sockets: list[socket.socket] = [server]
    threads: list[threading.Thread] = []

    def copy(source: socket.socket, sink: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65_536):
                sink.sendall(data)
        _end(sink)

    def lead(client: socket.socket) -> None:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            head += client.recv(1)
        heard.append(head.decode())
        client.sendall(answer)
        if answer is not _LETS_PASS:
            _end(client)
            return
        there = socket.create_connection(("127.0.0.1", to_port))
        open_sockets.append(there)
        back = threading.Thread(target=copy, args=(there, client))
        back.start()
        copy(client, there)
        back.join()

    def serve() -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = server.accept()
                open_sockets.append(client)
                threads.append(threading.Thread(target=lead, args=(client,)))
                threads[-1].start()

    threads.append(threading.Thread(target=serve))
    threads[0].start()
    try:
        scheme = "https" if is_secure else "http"
        yield f"{scheme}://localhost:{server.getsockname()[1]}"
    finally:
        for each in open_sockets:
            _end(each)
        for thread in threads:
            thread.join()
        for each in open_sockets:
            each.close()


def _end(connected: socket.socket) -> None:
    with contextlib.suppress(OSError):
        connected.shutdown(socket.SHUT_RDWR)
