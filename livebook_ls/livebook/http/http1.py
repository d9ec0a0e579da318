"""HTTP/1.1 over a stream: a request, and its answer.

The only module here that knows `http.client`, which speaks it, and makes no connection. With
httpcore in its place a save took 0.3 ms more, and the first request of a program 20 ms.
"""

from __future__ import annotations

import contextlib
import http.client
import io
import socket
from collections.abc import Iterator, Mapping
from typing import Any, cast
from urllib.parse import SplitResult

from livebook_ls.livebook.http.streams import Stream

# What was said is no answer.
BROKEN = (http.client.HTTPException,)

_PIECE_BYTES = 65_536


class ResponseStream:
    """An answer whose body may still be on its way."""

    def __init__(self, answer: http.client.HTTPResponse, incoming: _Incoming) -> None:
        self._answer = answer
        self._incoming = incoming

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._answer.status

    @property
    def ends_by_itself(self) -> bool:
        """Whether it says where its body ends, and not only the end of the connection does: then
        nobody knows whether that is all (RFC 9112, 8).
        """
        return self._answer.chunked or self._answer.length is not None

    def header(self, name: str) -> str:
        """The header with this name, empty where there is none."""
        return ", ".join(self.headers(name))

    def headers(self, name: str) -> list[str]:
        """The same, one by one."""
        return self._answer.headers.get_all(name) or []

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes; raises OSError or one of BROKEN."""
        while piece := self._answer.read(_PIECE_BYTES):
            yield piece
        if self._answer.length:
            # The end came first, which not every `http.client` says.
            raise http.client.IncompleteRead(b"", self._answer.length)

    def end(self) -> bool:
        """Read no more; whether the stream may be used again: all was read, and there was no more
        than that.
        """
        is_read = self._answer.isclosed()
        self._answer.close()
        return is_read and not self._answer.will_close and not self._incoming.had_more


def ask(
    stream: Stream,
    method: str,
    there: SplitResult,
    headers: Mapping[str, str],
    content: bytes | None,
) -> ResponseStream:
    """The answer to a request with these headers, of which empty ones are not sent.

    Raises OSError or one of BROKEN.
    """
    query = f"?{there.query}" if there.query else ""
    target = f"{there.path or '/'}{query}"
    return _ask(stream, method, target, {"host": there.netloc, **headers}, content)


def connect_through(stream: Stream, place: str, authorization: str) -> int:
    """Ask the proxy at the other end for a way to `place` (RFC 9110, 9.3.6): its status, by which
    the stream leads there or doesn't. Raises OSError or one of BROKEN.
    """
    headers = {"host": place, "proxy-authorization": authorization}
    answer = _ask(stream, "CONNECT", place, headers, None)
    answer.end()
    return answer.status


def _ask(
    stream: Stream, method: str, target: str, headers: Mapping[str, str], content: bytes | None
) -> ResponseStream:
    incoming = _Incoming(stream)
    asking = http.client.HTTPConnection(headers["host"])
    asking.sock = cast(socket.socket, _AsSocket(stream, incoming))
    asking.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
    for name, value in headers.items():
        if value:
            asking.putheader(name, value)
    # Who refuses what is long may answer before it has come, and read no more of it.
    with contextlib.suppress(ConnectionError):
        asking.endheaders(content)
    return ResponseStream(asking.getresponse(), incoming)


class _Incoming(io.BufferedReader):
    """What comes over a stream, until an answer is over; `had_more` says whether more came then."""

    had_more = False

    def __init__(self, stream: Stream) -> None:
        self._bytes = _Bytes(stream)
        super().__init__(self._bytes, _PIECE_BYTES)

    def read(self, size: int | None = -1) -> bytes:
        # Python's chunks may be less than nothing, which means all that comes.
        if size is None or size < 0:
            raise http.client.HTTPException("a length that is none")
        return super().read(size)

    def close(self) -> None:
        if not self.closed:
            self._bytes.are_over = True
            self.had_more = bool(self.peek(1))
        super().close()


class _Bytes(io.RawIOBase):
    are_over = False

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 — as inherited
        return 0 if self.are_over else self._stream.receive(memoryview(buffer))


class _AsSocket:
    """As much of a socket as `http.client` asks for."""

    def __init__(self, stream: Stream, incoming: _Incoming) -> None:
        self.sendall = stream.send
        self._incoming = incoming

    def makefile(self, _mode: str) -> io.BufferedReader:
        return self._incoming

    def close(self) -> None:
        """Nothing: it closes before the last answer is read. Who has the stream ends it."""
