"""The header of each message: only what the LSP's base protocol allows is one.

Else whoever can make a browser or a program write to our socket could speak through it: pygls skips
lines that it doesn't know, and obeys the body.
"""

from __future__ import annotations

# The first message is read before anything is loaded that takes its time.
TYPE_CHECKING = False
if TYPE_CHECKING:
    import asyncio
    from typing import BinaryIO

# A notebook of 8 MB, each character written in JSON as six.
_LARGEST_BYTES = 64_000_000
_LONGEST_LINE_BYTES = 1_000
_LENGTH = b"content-length"
_TYPE = b"content-type"


class NotOurProtocolError(Exception):
    """What came in is not the Language Server Protocol; the text says what was wrong."""


class CheckedStream:
    """A stream of messages; raises NotOurProtocolError."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._headers = _Headers()

    def readline(self) -> bytes:
        """A line of a header, empty at the end."""
        return self._headers.checked(self._stream.readline(_LONGEST_LINE_BYTES))

    def message(self) -> bytes:
        """The body of the next message, empty at the end."""
        size = 0
        while (line := self.readline()).strip():
            size = _length_in(line) or size
        body = self._stream.read(size)
        return body if len(body) == size else b""


class CheckedStreamReader:
    """The same of a connection."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader
        self._headers = _Headers()

    async def readline(self) -> bytes:
        """A line of a header, empty at the end."""
        try:
            line = await self._reader.readline()
        except ValueError:
            raise NotOurProtocolError("a line without an end") from None
        return self._headers.checked(line)

    async def message(self) -> bytes:
        """The body of the next message, empty at the end; raises asyncio.IncompleteReadError."""
        size = 0
        while (line := await self.readline()).strip():
            size = _length_in(line) or size
        return await self._reader.readexactly(size)


class _Headers:
    """Follows the lines of one header after the other."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()

    def checked(self, line: bytes) -> bytes:
        """A line in the one form that means it, unless it is out of place."""
        if not line:
            return line
        if not line.endswith(b"\n") or len(line) >= _LONGEST_LINE_BYTES:
            raise NotOurProtocolError("a line without an end")
        if not line.strip():
            if _LENGTH not in self._seen:
                raise NotOurProtocolError("a header without Content-Length")
            self._seen.clear()
            return b"\r\n"
        name, _, value = line.partition(b":")
        name = name.lower()
        if name not in (_LENGTH, _TYPE) or name in self._seen:
            raise NotOurProtocolError("a line that is no header of it")
        self._seen.add(name)
        return line if name == _TYPE else b"Content-Length: %d\r\n" % _size(value.strip())


def _length_in(line: bytes) -> int:
    """The length that a checked line gives; 0 in any other."""
    name, _, value = line.partition(b":")
    return int(value) if name == b"Content-Length" else 0


def _size(digits: bytes) -> int:
    is_short = digits.isdigit() and len(digits) <= len(str(_LARGEST_BYTES))
    size = int(digits) if is_short else 0
    if not 0 < size <= _LARGEST_BYTES:
        raise NotOurProtocolError("a Content-Length that can't be right")
    return size
