"""The user's state folder: one folder per notebook's real file, readable by the user alone.

A save waits for what is kept there: paths are texts where it does, for a `Path` costs more than the
answer.
"""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple, TypeGuard

from livebook_ls import bounded_json, clock
from livebook_ls.livebook.session_paths import is_session_path
from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.keeping.kept_folders import DIGITS, NOTEBOOKS, PROGRAM

_LEFT_AFTER_S = 24 * 3600.0
# From when a save is kept to its turn, where nobody else has one.
_FOUND_FOR_S = 0.02

# Where a variable is just for that.
_ELSEWHERE = "" if sys.platform in ("win32", "darwin") else ", or name another by XDG_STATE_HOME"


class _Found(NamedTuple):
    path: str
    real: str
    folder: str
    by_s: float


class StateFolder:
    """Where notebooks have their folders; nothing is made before something is written."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.path = _state(environ) / PROGRAM
        self._of_all = str(self.notebooks)
        self._held: dict[str, _Found] = {}
        self._last: _Found | None = None

    @property
    def notebooks(self) -> Path:
        """The folder of all notebooks' folders."""
        return self.path / NOTEBOOKS

    @property
    def advice(self) -> str:
        """What to do where nothing can be written there."""
        return f"Make it a folder that you can write, with room in it{_ELSEWHERE}."

    def of(self, path: str) -> Path:
        """The folder of the notebook at `path`: the same for every name of one real file."""
        return Path(self._folder(path))

    def file(self, path: str, name: str) -> str:
        """What has this name in the folder of the notebook at `path`."""
        return f"{self._folder(path)}{os.sep}{name}"

    @contextmanager
    def held(self, path: str) -> Iterator[None]:
        """Have that folder stay the one of this path until the end, wherever a link leads by then:
        the lock of a turn, its journal and its texts belong together.
        """
        is_first = path not in self._held
        self._held.setdefault(path, self._found(path))
        try:
            yield
        finally:
            if is_first:
                del self._held[path]
                self._last = None

    def real(self, path: str) -> str:
        """The real file of the notebook at `path`, which has that folder."""
        return (self._held.get(path) or self._found(path)).real

    def _folder(self, path: str) -> str:
        return (self._held.get(path) or self._found(path)).folder

    def _found(self, path: str) -> _Found:
        now_s, last = clock.monotonic_s(), self._last
        if last is not None and last.path == path and now_s < last.by_s:
            return last
        real = os.path.realpath(path)
        digits = hashlib.sha256(real.encode("utf-8", "surrogateescape")).hexdigest()[:DIGITS]
        folder = f"{self._of_all}{os.sep}{digits}"
        self._last = found = _Found(path, real, folder, now_s + _FOUND_FOR_S)
        return found


def make_private(folder: str) -> None:
    """Make a folder and those above it, for the user alone. Raises OSError."""
    if not os.path.isdir(folder):  # noqa: PTH112
        make_private(os.path.dirname(folder))  # noqa: PTH120
        Path(folder).mkdir(mode=0o700, exist_ok=True)


def write_private(
    file: str | os.PathLike[str], data: bytes, *, survives_power_loss: bool = False
) -> None:
    """Write a file whole or not at all, for the user alone. Raises OSError."""
    folder, name = os.path.split(file)
    make_private(folder)
    # Not by `tempfile`: a save waits for this, and a command would load that for a name alone.
    new = f"{folder}{os.sep}.{name}.{os.urandom(8).hex()}"
    try:
        with open(new, "xb", opener=_for_owner) as opened:
            opened.write(data)
            if survives_power_loss:
                opened.flush()
                os.fsync(opened.fileno())
        os.replace(new, file)  # noqa: PTH105
    except OSError:
        Path(new).unlink(missing_ok=True)
        raise


def _for_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def is_left(file: Path) -> bool:
    """Whether a process that was killed while it wrote has left this; nobody writes for so long."""
    try:
        return file.name.startswith(".") and clock.unix_s() - file.stat().st_mtime > _LEFT_AFTER_S
    except OSError:
        return False


def read_state(file: str) -> object:
    """The JSON that a file has, which is believed in nothing; None where there is none."""
    try:
        return bounded_json.decoded(regular_file.read(file))
    except (OSError, ValueError):
        return None


def is_session(path: object) -> TypeGuard[str | None]:
    """Whether what was read can be a session's path, or that none is known."""
    return path is None or (isinstance(path, str) and is_session_path(path))


def _state(environ: Mapping[str, str]) -> Path:
    """The folder for what programs keep, as each system has it."""
    # One that is relative is meant from where the program was started.
    home = Path(environ["HOME"]).absolute() if environ.get("HOME") else Path.home()
    if sys.platform == "win32":
        given = environ.get("LOCALAPPDATA")
        return Path(given) if given else home / "AppData" / "Local"
    if sys.platform == "darwin":
        return home / "Library" / "Application Support"
    given = environ.get("XDG_STATE_HOME", "")
    # The XDG specification has relative paths ignored.
    return Path(given) if given.startswith("/") else home / ".local" / "state"
