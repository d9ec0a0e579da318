"""Servers that are no Livebook: raw sockets that say one thing to everybody."""

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


def _serve(server: socket.socket, said: bytes) -> None:
    with contextlib.suppress(OSError):
        while True:
            connection, _ = server.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(65_536)
                connection.sendall(said)
