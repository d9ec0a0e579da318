"""Servers that are no Livebook: raw sockets that say one thing to everybody."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator


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
