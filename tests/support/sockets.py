"""Servers that are no Livebook: raw sockets that say one thing to everybody, or never stop."""

from __future__ import annotations

import contextlib
import secrets
import socket
import threading
from collections.abc import Iterator

# Below the ports that the system gives to connections, so that nobody takes one meanwhile.
_PORTS = range(20_000, 32_000)


def free_port() -> int:
    """A port on which nobody listens."""
    while True:
        port = secrets.choice(_PORTS)
        with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


@contextlib.contextmanager
def saying(said: bytes) -> Iterator[str]:
    """The address of a server that reads a little, says `said` and hangs up."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_serve, args=(server, said))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            # Closing alone would leave `accept` waiting.
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextlib.contextmanager
def listening() -> Iterator[tuple[str, list[bytes]]]:
    """The address of a server that says nothing, and what it was told."""
    heard: list[bytes] = []

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, _ = server.accept()
                with connection:
                    heard.append(connection.recv(65_536))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=serve, args=(server,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}", heard
        finally:
            server.shutdown(socket.SHUT_RDWR)
            thread.join()


@contextlib.contextmanager
def endless(first: bytes, then: bytes) -> Iterator[str]:
    """The address of a server that says `first`, and then `then` again and again, slowly."""
    is_over = threading.Event()

    def talk(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            connection.recv(65_536)
            connection.sendall(first)
            while not is_over.wait(0.02):
                connection.sendall(then)

    def serve(server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                threads.append(threading.Thread(target=talk, args=(server.accept()[0],)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as server:
        threads = [threading.Thread(target=serve, args=(server,))]
        threads[0].start()
        try:
            yield f"http://127.0.0.1:{server.getsockname()[1]}"
        finally:
            is_over.set()
            server.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join()


def _serve(server: socket.socket, said: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                _read_request(connection)
                connection.sendall(said)


def _read_request(connection: socket.socket) -> None:
    """Read a whole request: what is left unread would take the answer with it."""
    with connection.makefile("rb") as stream:
        length = 0
        while (line := stream.readline()).strip():
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        stream.read(length)
