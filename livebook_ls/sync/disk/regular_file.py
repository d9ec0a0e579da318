"""Opens files, and nothing else that may stand under a file's name: no pipe, device or socket.

Those may keep whoever opens them waiting for ever, or never end. Without `pathlib`, whose loading a
hook would pay for on every tool call of an agent.
"""

from __future__ import annotations

import errno
import os
import stat

# More than anybody's notebook or configuration, and little enough to hold in memory.
LARGEST_BYTES = 100_000_000
_PIECE_BYTES = 1_000_000
# Windows would read line ends as others than they are; the rest it doesn't know.
_FLAGS = sum(getattr(os, name, 0) for name in ("O_BINARY", "O_CLOEXEC", "O_NOCTTY", "O_NONBLOCK"))


def open_descriptor(path: str, flags: int = os.O_RDONLY) -> int:
    """A descriptor of the regular file at `path`, opened without waiting.

    Raises OSError: IsADirectoryError for a folder, EINVAL for whatever else is no file.
    """
    # Even to open and close it may matter to a device, or to who waits at a pipe's other end.
    _require_regular(os.stat(path), path)
    descriptor = os.open(path, flags | _FLAGS)
    try:
        # It may have become another meanwhile.
        _require_regular(os.fstat(descriptor), path)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor


def open_any(path: str, flags: int) -> int:
    """A descriptor of whatever has this name, on the user's word; only what is done with it then
    may wait. Raises OSError, ENXIO for a pipe that nobody reads.
    """
    descriptor = os.open(path, flags | _FLAGS)
    if hasattr(os, "set_blocking"):
        os.set_blocking(descriptor, True)
    return descriptor


def read(path: str) -> bytes:
    """The whole file. Raises OSError as `open_descriptor` does, and EFBIG for one too large."""
    descriptor = open_descriptor(path)
    try:
        return read_descriptor(descriptor, path)
    finally:
        os.close(descriptor)


def read_descriptor(descriptor: int, path: str) -> bytes:
    """What is left to read in an open file; `path` is for the OSError where that is too much."""
    pieces: list[bytes] = []
    size = 0
    if os.fstat(descriptor).st_size > LARGEST_BYTES:
        raise _too_large(path)
    # A file's size is no promise: what systems make up says 0, or grows while it is read.
    while piece := os.read(descriptor, _PIECE_BYTES):
        size += len(piece)
        if size > LARGEST_BYTES:
            raise _too_large(path)
        pieces.append(piece)
    return b"".join(pieces)


def _require_regular(status: os.stat_result, path: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", path)


def _too_large(path: str) -> OSError:
    return OSError(errno.EFBIG, os.strerror(errno.EFBIG), path)
