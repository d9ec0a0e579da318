"""Writes over files that are open, so that who ends this process ends that nowhere halfway.

Linux ends a write between two pages where its process is killed, and no write makes a file shorter.
"""

from __future__ import annotations

import errno
import os
import signal
import sys
import warnings
from typing import NoReturn


def write_over(file: int, data: bytes) -> None:
    """Have `data`, and nothing else, in the file that is open there.

    Who is killed over it leaves what is no longer than a page as it was or as it is to be, with
    blank lines at its end. Raises OSError where it can't be written, as on a full disk; a part of
    it may be there then.
    """
    os.lseek(file, 0, os.SEEK_SET)
    # What was there is written over to its end at once, and goes without a trace then.
    whole = data.ljust(os.fstat(file).st_size, b"\n")
    offset = 0
    while offset < len(whole):
        written = os.write(file, whole[offset:])
        if not written:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        offset += written
    os.ftruncate(file, len(data))


def write_over_outliving(file: int, data: bytes) -> None:
    """The same by a fork of this process, which hears no signal and goes on though we are killed.

    It takes some milliseconds more. The file must be open for reading, too.
    """
    process = _begin(file, data)
    if process is None:
        write_over(file, data)
        return
    try:
        _, status = os.waitpid(process, 0)
    except ChildProcessError:
        # Whoever started us has the system forget how its children end.
        code = 0 if _has(file, data) else errno.EIO
    else:
        code = abs(os.waitstatus_to_exitcode(status))
    if code:
        raise OSError(code, os.strerror(code))


def _begin(file: int, data: bytes) -> int | None:
    """The process that writes, by its number; None where there can be none, or none is needed."""
    if sys.platform != "linux":
        return None
    before = signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
    try:
        with warnings.catch_warnings():
            # From 3.12 on Python says that other threads may hold locks: to write takes none.
            warnings.simplefilter("ignore", DeprecationWarning)
            process = os.fork()
        if not process:
            _write_and_end(file, data)
        return process
    except OSError:
        # There may be no more processes.
        return None
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _write_and_end(file: int, data: bytes) -> NoReturn:
    """Write, and end by 0 where all was written, else by the number of what went wrong."""
    code = errno.EIO
    try:
        if sys.platform != "win32":
            # A signal for all of our group is none for this one, which has its own.
            os.setsid()
        write_over(file, data)
        code = 0
    except OSError as error:
        code = error.errno or code
    finally:
        # Whatever happens, the fork goes no further.
        os._exit(code)


def _has(file: int, data: bytes) -> bool:
    os.lseek(file, 0, os.SEEK_SET)
    with open(os.dup(file), "rb") as copy:  # noqa: PTH123 — a descriptor
        return copy.read() == data
