"""A notebook's file: read as one piece, and put back without ever writing over somebody's work."""

from __future__ import annotations

import contextlib
import errno
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import FileIO
from pathlib import Path
from typing import IO, Literal

from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.disk.file_beside import beside, private_beside
from livebook_ls.sync.disk.writing_in_place import write_over, write_over_outliving

# So often a file is read again that changes while it is read.
_TRIES = 100


@dataclass(frozen=True, slots=True)
class Version:
    """What tells two states of a file apart without reading it."""

    mtime_ns: int
    size: int
    inode: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file's bytes with the version they were read at."""

    data: bytes
    version: Version

    @classmethod
    def of(cls, text: str, version: Version) -> Snapshot:
        """What a file that has this text holds."""
        return cls(text.encode("utf-8", "surrogatepass"), version)

    @property
    def text(self) -> str | None:
        """The bytes as UTF-8, a byte order mark kept; None where they are not UTF-8."""
        try:
            return self.data.decode("utf-8")
        except UnicodeDecodeError:
            return None


def version(path: str, known: Version | None = None) -> Version | None:
    """The file's present version, or None where there is no regular file; `known` itself where it
    still is that one.
    """
    try:
        # Asked of every open notebook, all the time: a Path costs more than the answer.
        status = os.stat(path)  # noqa: PTH116
    except (OSError, ValueError):
        return None
    is_known = (
        known is not None
        and status.st_mtime_ns == known.mtime_ns
        and status.st_size == known.size
        and status.st_ino == known.inode
    )
    if is_known:
        return known
    return _version(status) if stat.S_ISREG(status.st_mode) else None


def version_of(descriptor: int) -> Version:
    """The present version of a file that is open."""
    return _version(os.fstat(descriptor))


def read(path: str) -> Snapshot:
    """The file as it is now, all of one version.

    Raises OSError: IsADirectoryError for a folder, also for what is no file or too large, and
    EAGAIN where it is written all the time.
    """
    file = regular_file.open_descriptor(path)
    try:
        for _ in range(_TRIES):
            before = version_of(file)
            data = regular_file.read_descriptor(file, path)
            after = version_of(file)
            if before == after and len(data) == after.size:
                return Snapshot(data, after)
            os.lseek(file, 0, os.SEEK_SET)
    finally:
        os.close(file)
    raise BlockingIOError(errno.EAGAIN, "Written all the time", path)


def put_time_back(path: str, seen: Snapshot, mtime_ns: int) -> bool:
    """Set the file's modification time, if it still is what was `seen`; whether that was done."""
    try:
        with _opened(path, os.O_RDONLY, "rb") as file:
            status = os.fstat(file.fileno())
            if _version(status) != seen.version:
                return False
            _set_time(file, path, mtime_ns)
            return True
    except OSError:
        return False


def put_back(path: str, seen: Snapshot, data: bytes, mtime_ns: int | None) -> bool:
    """Write `data` over what was `seen`, and only over that; whether that was done."""
    try:
        return overwrite(path, seen, data, mtime_ns)
    except OSError:
        return False


def overwrite(path: str, seen: Snapshot, data: bytes, mtime_ns: int | None) -> bool:
    """The same, but False only where the file is another by now. Raises OSError where it can't be
    written, as on a full disk; it is then as it was.

    Written in place: a new file would lose links, owner and mode, and editors watch the inode.
    """
    return _overwrite(path, seen, data, mtime_ns, write_over)


def _overwrite(
    path: str,
    seen: Snapshot,
    data: bytes,
    mtime_ns: int | None,
    write: Callable[[int, bytes], None],
) -> bool:
    with _opened(path, os.O_RDWR, "r+b") as file:
        if version_of(file.fileno()) != seen.version or file.readall() != seen.data:
            return False
        try:
            write(file.fileno(), data)
        except OSError:
            # On a full disk there is room at least for what was there; what comes after the place
            # up to which a file may be written was not touched.
            with contextlib.suppress(OSError):
                write(file.fileno(), seen.data)
            file.seek(0)
            if file.readall() == seen.data:
                # Whoever watches it would else take each try for somebody's work.
                _set_time(file, path, seen.version.mtime_ns)
            raise
        if mtime_ns is not None:
            _set_time(file, path, mtime_ns)
        return True


def _opened(path: str, flags: int, mode: Literal["rb", "r+b"]) -> FileIO:
    return open(regular_file.open_descriptor(path, flags), mode, buffering=0)  # noqa: PTH123 — whoever calls closes it


def _set_time(file: FileIO, path: str, mtime_ns: int) -> None:
    """Set the modification time of a file that is open, which is the last that is done with it.

    Windows sets it by name alone, and does so itself where what was written is closed.
    """
    atime_ns = os.fstat(file.fileno()).st_atime_ns
    if os.utime in os.supports_fd:
        os.utime(file.fileno(), ns=(atime_ns, mtime_ns))
        return
    file.close()
    os.utime(path, ns=(atime_ns, mtime_ns))


def replace(path: str, seen: Snapshot, data: bytes) -> bool:
    """Write `data` in the place of what was `seen`, whole or not at all; False where the file is
    another by now. Raises OSError where it can't be written, as on a full disk.

    For commands, which no editor waits for: whoever reads the file meanwhile sees one or the
    other. Mode, owner and attributes stay; where they couldn't, and with several names, the
    file is written in place, also where this process is killed over it.
    """
    try:
        with _naming(path):
            return _replace(path, seen, data)
    except BlockingIOError:
        # Somebody writes it all the time.
        return False
    except FileNotFoundError:
        if version(path) is None:
            return False
        raise


def write(path: str, data: bytes) -> None:
    """Have `data` in the file at `path`, whole or not at all, whatever was there before.

    What is no regular file, like a device, is written as it is, a pipe only where it has a reader.
    Raises OSError.
    """
    if os.path.lexists(path) and not os.path.isfile(path):  # noqa: PTH113 — a path as text
        with (
            _naming(path),
            open(regular_file.open_any(path, os.O_WRONLY), "wb") as file,  # noqa: PTH123
        ):
            file.write(data)
        return
    try:
        seen = read(path)
    except FileNotFoundError:
        make(path, data)
        return
    if not replace(path, seen, data):
        raise BlockingIOError(errno.EAGAIN, "It has just changed", path)


def make(path: str, data: bytes) -> None:
    """Make the file at `path`, whole or not at all. Raises OSError, FileExistsError where there is
    one by then.
    """
    real = Path(path).resolve()
    with _naming(path), beside(real) as (file, new):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        try:
            os.link(new, real)
        except FileExistsError:
            raise
        except OSError:
            # Not every file system has links.
            with real.open("xb") as made:
                made.write(data)


@contextlib.contextmanager
def _naming(path: str) -> Iterator[None]:
    """Have an OSError within name this file, and not a new one beside it, or none."""
    try:
        yield
    except OSError as error:
        raise OSError(error.errno, error.strerror or type(error).__name__, path) from error


def _replace(path: str, seen: Snapshot, data: bytes) -> bool:
    real = Path(path).resolve()
    status = real.stat()
    # What is only to be read is not opened by that either, which says why.
    if status.st_nlink > 1 or not os.access(real, os.W_OK):
        return _overwrite(path, seen, data, None, write_over_outliving)
    with private_beside(real) as (file, new):
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
        if not _take_over(real, new, status):
            return _overwrite(path, seen, data, None, write_over_outliving)
        if read(path) != seen:
            return False
        _put_in_place(file, new, real)
    return True


def _put_in_place(file: IO[bytes], new: Path, real: Path) -> None:
    """Give the new file the old one's name; an open file has no other on Windows."""
    if sys.platform == "win32":
        file.close()
    new.replace(real)


def _take_over(old: Path, new: Path, status: os.stat_result) -> bool:
    """Give a new file the owner, mode and extended attributes of the old one; whether it has them.

    Access lists are such attributes, and the mode is a part of them, so they come last.
    """
    if hasattr(os, "chown"):
        with contextlib.suppress(PermissionError):
            os.chown(new, status.st_uid, status.st_gid)
    new.chmod(stat.S_IMODE(status.st_mode))
    now = new.stat()
    if (now.st_uid, now.st_gid) != (status.st_uid, status.st_gid):
        return False
    if sys.platform != "linux":
        return True
    try:
        for name in os.listxattr(old):
            os.setxattr(new, name, os.getxattr(old, name))
    except OSError:
        return False
    return True


def _version(status: os.stat_result) -> Version:
    return Version(status.st_mtime_ns, status.st_size, status.st_ino)
