"""A new file beside the one whose place it will take; what a killed process left of it is removed.

Whoever writes one holds its lock, which ends with the process: so nobody's work is taken away.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedWriter
from pathlib import Path

from livebook_ls import clock

if sys.platform != "win32":
    import fcntl

_PREFIX = ".livebook-ls."
# Between a file's making and its lock there is a moment.
_SURELY_LOCKED_AFTER_S = 10.0


@contextmanager
def private_beside(real: Path) -> Iterator[tuple[BufferedWriter, Path]]:
    """A new file that the user alone may read, gone at the end unless it has taken a place. Raises
    OSError.
    """
    _take_away_left(real.parent)
    descriptor, name = tempfile.mkstemp(prefix=_PREFIX, dir=real.parent)
    with _held(descriptor, Path(name)) as held:
        yield held


@contextmanager
def beside(real: Path) -> Iterator[tuple[BufferedWriter, Path]]:
    """The same with the mode that new files have."""
    _take_away_left(real.parent)
    new = real.with_name(f"{_PREFIX}{secrets.token_hex(8)}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    descriptor = os.open(new, flags, 0o666)
    with _held(descriptor, new) as held:
        yield held


@contextmanager
def _held(descriptor: int, new: Path) -> Iterator[tuple[BufferedWriter, Path]]:
    try:
        with open(descriptor, "wb") as file:
            _lock(file.fileno())
            yield file, new
    finally:
        new.unlink(missing_ok=True)


def _take_away_left(folder: Path) -> None:
    """Remove what processes have left that were killed; an open one can't be, on Windows."""
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if entry.name.startswith(_PREFIX) and _is_left(entry):
                Path(entry.path).unlink(missing_ok=True)


def _is_left(entry: os.DirEntry[str]) -> bool:
    if clock.unix_s() - entry.stat(follow_symlinks=False).st_mtime < _SURELY_LOCKED_AFTER_S:
        return False
    descriptor = os.open(entry.path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0))
    try:
        return _lock(descriptor)
    finally:
        os.close(descriptor)


def _lock(descriptor: int) -> bool:
    """Whether nobody else has its lock; not every file system knows them."""
    if sys.platform != "win32":
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
    return True
