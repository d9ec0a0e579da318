"""The header of each message: only what the LSP's base protocol allows is one.

Else whoever can make a browser or a program write to our socket could speak through it: pygls skips
lines that it doesn't know, and obeys the body.
"""

from __future__ import annotations

# The first message is read before anything is loaded that takes its time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import Protocol

    class Readable(Protocol):
        """A stream without a buffer of its own."""

        def read(self, size: int, /) -> bytes | None:
            """What has come, at the most so many bytes, empty at the end; None where that is
            nothing yet.
            """

        def fileno(self) -> int:
            """Its descriptor; raises OSError where it has none."""


# So much is in a pipe at once.
PIECE_BYTES = 65_536
# A notebook of 8 MB, each character written in JSON as six.
_LARGEST_BYTES = 64_000_000
_LONGEST_LINE_BYTES = 1_000
_LENGTH = b"content-length"
_TYPE = b"content-type"


class NotOurProtocolError(Exception):
    """What came in is not the Language Server Protocol; the text says what was wrong."""


class Framing:
    """Takes bytes as they come, and makes messages of them; raises NotOurProtocolError."""

    def __init__(self) -> None:
        self._bytes = bytearray()
        self._seen: set[bytes] = set()
        # Of the header that is being read, and of the body behind it.
        self._length = self._size = 0

    def feed(self, data: bytes) -> None:
        """More bytes have come; none means that they have ended."""
        if not data and self._bytes and not self._size:
            raise NotOurProtocolError("a line without an end")
        self._bytes += data

    def message(self) -> bytes | None:
        """The body of the next message, once all of it is there."""
        while not self._size:
            line = self._line()
            if line is None:
                return None
            self._take(line)
        if len(self._bytes) < self._size:
            return None
        body = bytes(memoryview(self._bytes)[: self._size])
        del self._bytes[: self._size]
        self._size = 0
        return body

    def _line(self) -> bytes | None:
        """The next line of a header, without its end."""
        end = self._bytes.find(b"\n", 0, _LONGEST_LINE_BYTES - 1)
        if end >= 0:
            line = bytes(self._bytes[:end])
            del self._bytes[: end + 1]
            return line
        if len(self._bytes) >= _LONGEST_LINE_BYTES:
            raise NotOurProtocolError("a line without an end")
        return None

    def _take(self, line: bytes) -> None:
        if not line.strip():
            if not self._length:
                raise NotOurProtocolError("a header without Content-Length")
            self._size, self._length = self._length, 0
            self._seen.clear()
            return
        name, _, value = line.partition(b":")
        name = name.lower()
        if name not in (_LENGTH, _TYPE) or name in self._seen:
            raise NotOurProtocolError("a line that is no header of it")
        self._seen.add(name)
        if name == _LENGTH:
            self._length = _length(value.strip())


class CheckedStream:
    """A stream of messages, which is read as it comes; raises NotOurProtocolError."""

    def __init__(self, stream: Readable) -> None:
        self._stream = stream
        self.framing = Framing()

    def message(self) -> bytes:
        """The body of the next message, empty at the end."""
        while (body := self.framing.message()) is None:
            data = self._stream.read(PIECE_BYTES)
            if data is None:
                # Nothing has come yet, and whoever has made the stream has made it not wait.
                import select

                select.select([self.fileno()], [], [])
                continue
            self.framing.feed(data)
            if not data:
                return b""
        return body

    def fileno(self) -> int:
        """The stream's own."""
        return self._stream.fileno()


class CheckedStreamReader:
    """The same of a connection."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._framing = Framing()

    async def message(self) -> bytes:
        """The body of the next message, empty at the end."""
        while (body := self._framing.message()) is None:
            data = await self._reader.read(PIECE_BYTES)
            self._framing.feed(data)
            if not data:
                return b""
        return body


def _length(digits: bytes) -> int:
    is_short = digits.isdigit() and len(digits) <= len(str(_LARGEST_BYTES))
    length = int(digits) if is_short else 0
    if not 0 < length <= _LARGEST_BYTES:
        raise NotOurProtocolError("a Content-Length that can't be right")
    return length
