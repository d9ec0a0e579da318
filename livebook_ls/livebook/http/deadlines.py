"""Until when a call may take, held by its connections: whatever comes, and however slowly.

A timeout of HTTP clients is one for each read, which a byte now and then renews for ever.
"""

from __future__ import annotations

import math
import socket
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from ssl import SSLContext
from typing import Any
from weakref import WeakSet

import httpcore

from livebook_ls import clock

# So much goes into a socket's buffer at once, or the other side doesn't read.
_PIECE_BYTES = 65_536
SocketOptions = Iterable[httpcore.SOCKET_OPTION] | None


class Deadline(threading.local):
    """When what this thread asks for must be answered; each thread has its own."""

    _until_s = math.inf
    # How long whoever asks is ready to wait in all.
    given_s = math.inf

    @contextmanager
    def within(self, seconds: float) -> Iterator[None]:
        """From here on there are so many seconds, and no more than there were."""
        before = self._until_s, self.given_s
        until_s = clock.monotonic_s() + seconds
        if until_s < self._until_s:
            self._until_s, self.given_s = until_s, seconds
        try:
            yield
        finally:
            self._until_s, self.given_s = before

    def left_s(self) -> float:
        """The seconds that are left; none where that is negative."""
        return self._until_s - clock.monotonic_s()


class TimedNetwork(httpcore.NetworkBackend):
    """Sockets that know the deadline of whoever uses them; raises httpcore's own timeouts."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._sockets = httpcore.SyncBackend()
        self._lock = threading.Lock()
        self._made: WeakSet[httpcore.NetworkStream] = WeakSet()
        self.is_closed = False

    def close(self) -> None:
        """Close all connections, and each that a thread is just making: of that no pool knows."""
        with self._lock:
            self.is_closed = True
            made = list(self._made)
        for stream in made:
            stream.close()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: SocketOptions = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first of the host's addresses that takes one."""
        with self._deadline.within(math.inf if timeout is None else timeout):
            refused: Exception = httpcore.ConnectError("the name has no address")
            for address in self._addresses(host, port):
                left_s = self._left_s(httpcore.ConnectTimeout)
                try:
                    stream = self._sockets.connect_tcp(
                        address, port, left_s, local_address, socket_options
                    )
                    return self._keep(_TimedStream(stream, self._deadline))
                except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                    refused = error
        raise refused

    def _keep(self, stream: httpcore.NetworkStream) -> httpcore.NetworkStream:
        with self._lock:
            self._made.add(stream)
            is_closed = self.is_closed
        if is_closed:
            stream.close()
            raise httpcore.ReadError("closed")
        return stream

    def _addresses(self, host: str, port: int) -> list[str]:
        """Asked in a thread of its own: there is no other end to a name server's silence."""
        found: list[str] = []

        def look_up() -> None:
            try:
                its = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
            except (OSError, UnicodeError):
                return
            found.extend(str(address[0]) for *_, address in its)

        thread = threading.Thread(target=look_up, daemon=True)
        thread.start()
        thread.join(min(self._left_s(httpcore.ConnectTimeout), threading.TIMEOUT_MAX))
        if thread.is_alive():
            raise httpcore.ConnectTimeout("the name was not found in time")
        return list(dict.fromkeys(found))

    def _left_s(self, late: type[Exception]) -> float:
        return _left_s(self._deadline, None, late)


class _TimedStream(httpcore.NetworkStream):
    """A connection, each use of which ends with the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        left_s = _left_s(self._deadline, timeout, httpcore.ReadTimeout)
        return self._stream.read(max_bytes, left_s)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for at in range(0, len(buffer), _PIECE_BYTES):
            left_s = _left_s(self._deadline, timeout, httpcore.WriteTimeout)
            self._stream.write(buffer[at : at + _PIECE_BYTES], left_s)

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        left_s = _left_s(self._deadline, timeout, httpcore.ConnectTimeout)
        stream = self._stream.start_tls(ssl_context, server_hostname, left_s)
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 — as inherited
        return self._stream.get_extra_info(info)


def _left_s(deadline: Deadline, timeout_s: float | None, late: type[Exception]) -> float:
    left_s = deadline.left_s() if timeout_s is None else min(timeout_s, deadline.left_s())
    if left_s <= 0:
        raise late("the whole call took too long")
    return left_s
