"""One of ours at a time acts on a notebook: servers, `watch`, hooks and commands on one machine.

A lock in the user's state folder, never beside the notebook; it ends with the process that has it.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from livebook_ls import clock
from livebook_ls.sync.keeping.state_folder import StateFolder, make_private

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_LOCK = "lock"
# Touched by who waits for it.
_WANTED = "wanted"
_WANTED_FOR_S = 0.5
_LOOK_EVERY_S = 0.01
# Of a notebook of usual size, on a busy machine.
_DONE_WITHIN_S = 1.5
# The longest that one of ours honestly takes: Livebook opens a notebook of thousands of cells.
_LONGEST_WAIT_S = 65.0


class TurnTakenError(Exception):
    """Another of our processes has been at work on the notebook for too long."""


class Turns:
    """The turns of all notebooks, by their real files."""

    def __init__(self, folder: StateFolder) -> None:
        self._folder = folder

    @asynccontextmanager
    async def taken(
        self,
        path: str,
        within_s: float = _LONGEST_WAIT_S,
        meanwhile: Callable[[], Awaitable[object]] | None = None,
    ) -> AsyncIterator[None]:
        """Have the notebook at `path` to oneself; raises TurnTakenError where that takes too long.

        While it is waited for, `meanwhile` is called again and again; what it raises ends that.

        Where there is no place for a lock, as with a state folder that can't be written, each goes
        its own way: that is better than nobody.
        """
        with self._folder.held(path):
            descriptor = _opened(self._folder.file(path, _LOCK))
            try:
                if descriptor is not None:
                    await self._wait(descriptor, path, within_s, meanwhile)
                yield
            finally:
                if descriptor is not None:
                    os.close(descriptor)

    def real_file(self, path: str) -> str:
        """The file that the name leads to; while its turn lasts, the one that it led to before."""
        return self._folder.real(path)

    def is_wanted(self, path: str) -> bool:
        """Whether another of ours waits for the turn just now."""
        try:
            wanted_s = os.stat(self._folder.file(path, _WANTED)).st_mtime  # noqa: PTH116
        except OSError:
            return False
        return abs(clock.unix_s() - wanted_s) < _WANTED_FOR_S

    def note_call(self, path: str) -> None:
        """Livebook is told to read the file, and will write it."""
        _touch(self._folder.file(path, _LOCK), clock.unix_s())

    def note_settled(self, path: str) -> None:
        """Livebook has done so."""
        _touch(self._folder.file(path, _LOCK), 0.0)

    async def wait_out(self, path: str) -> None:
        """Where one of ours ended before Livebook was done, let the time pass that it takes.

        Told to read a file that it is writing itself, Livebook would take the half of it for all.
        """
        since_s = clock.unix_s() - self._called_s(path)
        if 0 <= since_s < _DONE_WITHIN_S:
            await clock.sleep(_DONE_WITHIN_S - since_s)

    def is_left(self, path: str) -> bool:
        """Whether one of ours ended before Livebook was done, as far as is known."""
        return self._called_s(path) > 0

    async def _wait(
        self,
        descriptor: int,
        path: str,
        within_s: float,
        meanwhile: Callable[[], Awaitable[object]] | None,
    ) -> None:
        deadline, wanted = clock.monotonic_s() + within_s, None
        try:
            while not _locks(descriptor):
                wanted = wanted or _made(self._folder.file(path, _WANTED))
                _touch(wanted, clock.unix_s())
                if meanwhile is not None:
                    await meanwhile()
                if clock.monotonic_s() >= deadline:
                    raise TurnTakenError
                await clock.sleep(_LOOK_EVERY_S)
        finally:
            if wanted is not None:
                # Who else waits touches it again.
                _touch(wanted, 0.0)

    def _called_s(self, path: str) -> float:
        """When Livebook was called, if it is not known to be done; else 0."""
        try:
            return os.stat(self._folder.file(path, _LOCK)).st_mtime  # noqa: PTH116
        except OSError:
            return 0.0


def _touch(file: str, time_s: float) -> None:
    with contextlib.suppress(OSError):
        os.utime(file, (time_s, time_s))


def _made(file: str) -> str:
    with contextlib.suppress(OSError):
        os.close(os.open(file, os.O_WRONLY | os.O_CREAT, 0o600))
    return file


def _opened(lock: str) -> int | None:
    try:
        # Never taken away: who waits for a lock must not wait at another file than who has it.
        with contextlib.suppress(FileNotFoundError):
            return os.open(lock, os.O_RDWR)
        make_private(os.path.dirname(lock))  # noqa: PTH120
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        # Its time says when Livebook was called last.
        _touch(lock, 0.0)
        return descriptor
    except OSError:
        return None


def _locks(descriptor: int) -> bool:
    """Whether the lock is ours now; also where the file system knows no locks."""
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True
