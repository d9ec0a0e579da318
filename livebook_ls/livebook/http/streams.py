"""What HTTP goes over: a socket, and TLS over one, or over TLS; each use ends with the deadline.

TLS is a layer of its own (`ssl.SSLObject`), and no kind of socket, so that only the lowest one has
to know of time, and so that it can lie within the TLS of a proxy.
"""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from collections.abc import Callable
from functools import partial
from typing import TypeVar
from weakref import WeakSet

from livebook_ls.livebook.http.deadlines import Deadline

Result = TypeVar("Result")

# So much goes into a socket's buffer at once, or the other side doesn't read.
_PIECE_BYTES = 65_536


class Unconnected(OSError):
    """Nobody there takes a connection, or not in time."""


class Stream(ABC):
    """Bytes that go and come. Every method may raise OSError, and so TimeoutError where the
    deadline is over.
    """

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send all of it."""

    @abstractmethod
    def receive(self, into: memoryview) -> int:
        """The count of bytes that came `into`; 0 at the end."""

    @abstractmethod
    def is_idle(self) -> bool:
        """Whether it stands, and nothing has come that nobody asked for."""

    @abstractmethod
    def end(self) -> None:
        """Close it."""


class PlainStream(Stream):
    """A connected socket."""

    def __init__(self, connected: socket.socket, deadline: Deadline) -> None:
        self._socket = connected
        self._deadline = deadline

    def send(self, data: bytes) -> None:
        """See `Stream`."""
        for at in range(0, len(data), _PIECE_BYTES):
            self._socket.settimeout(self._deadline.wait_s())
            self._socket.sendall(data[at : at + _PIECE_BYTES])

    def receive(self, into: memoryview) -> int:
        """See `Stream`."""
        self._socket.settimeout(self._deadline.wait_s())
        return self._socket.recv_into(into)

    def is_idle(self) -> bool:
        """See `Stream`."""
        self._socket.settimeout(0)
        try:
            self._socket.recv(1, socket.MSG_PEEK)
        except BlockingIOError:
            return True
        except OSError:
            pass
        return False

    def end(self) -> None:
        """See `Stream`; who waits for it in another thread is woken by that."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()


class TlsStream(Stream):
    """TLS over what is `below`, with whom `name` is; raises ssl.SSLError where it is another."""

    def __init__(self, below: Stream, context: ssl.SSLContext, name: str) -> None:
        self._below = below
        self._come = ssl.MemoryBIO()
        self._going = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._come, self._going, server_hostname=name)
        self._do(self._tls.do_handshake)

    def send(self, data: bytes) -> None:
        """See `Stream`."""
        rest = memoryview(data)
        while rest:
            rest = rest[self._do(partial(self._tls.write, rest)) :]

    def receive(self, into: memoryview) -> int:
        """See `Stream`; an end without TLS's own word is an end as well, as for most clients."""
        try:
            data = self._do(partial(self._tls.read, len(into)))
        except ssl.SSLEOFError:
            return 0
        into[: len(data)] = data
        return len(data)

    def is_idle(self) -> bool:
        """See `Stream`."""
        has_come = self._come.pending or self._tls.pending()
        return not has_come and self._below.is_idle()

    def end(self) -> None:
        """See `Stream`."""
        self._below.end()

    def _do(self, act: Callable[[], Result]) -> Result:
        while True:
            try:
                return act()
            except ssl.SSLWantReadError:
                pass
            finally:
                # Also why a certificate is not believed.
                if self._going.pending:
                    self._below.send(self._going.read())
            piece = memoryview(bytearray(_PIECE_BYTES))
            if count := self._below.receive(piece):
                self._come.write(piece[:count])
            else:
                self._come.write_eof()


class Network:
    """Makes connections, and closes them all, those too that a thread is just making."""

    def __init__(self, deadline: Deadline) -> None:
        self._deadline = deadline
        self._lock = threading.Lock()
        self._made: WeakSet[PlainStream] = WeakSet()
        self.is_closed = False

    def close(self) -> None:
        """Close all of them, for good."""
        with self._lock:
            self.is_closed = True
            made = list(self._made)
        for stream in made:
            stream.end()

    def connect(self, host: str, port: int, timeout_s: float) -> PlainStream:
        """A connection to the first of the host's addresses that takes one; raises Unconnected, and
        ConnectionError where all are closed meanwhile.
        """
        with self._deadline.within(timeout_s):
            refused: Exception | str = "the name has no address"
            for address in self._addresses(host, port):
                try:
                    made = socket.create_connection((address, port), self._deadline.wait_s())
                except OSError as error:
                    refused = error
                    continue
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                return self._keep(PlainStream(made, self._deadline))
        raise Unconnected(str(refused))

    def _keep(self, stream: PlainStream) -> PlainStream:
        with self._lock:
            self._made.add(stream)
            is_closed = self.is_closed
        if is_closed:
            stream.end()
            raise ConnectionError("closed")
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
        thread.join(self._deadline.wait_s())
        if thread.is_alive():
            raise Unconnected("the name was not found in time")
        return list(dict.fromkeys(found))
