"""What there is no room for, and what is too old, of all notebooks but the one just kept."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

from livebook_ls.sync.keeping import version_files
from livebook_ls.sync.keeping.state_folder import StateFolder, is_left

# Of all notebooks together.
_MOST_BYTES_IN_ALL = 128_000_000
_VERSIONS, _COMMON = "versions", "common.json"


def clear(state: StateFolder, own: Path, believed_s: float) -> None:
    """Take away what is too old by the time that is believed, or too much for all notebooks
    together, but not from the folder `own`, in which a text was just kept. Raises OSError.
    """
    room = _MOST_BYTES_IN_ALL
    folders = [it for it in state.notebooks.iterdir() if it.is_dir()]
    for folder in sorted(folders, key=_used_s, reverse=True):
        room -= _size_without_left(folder)
        if folder == own:
            continue
        # Of a folder the rest stays: somebody may just have the lock.
        if room < 0:
            shutil.rmtree(folder / _VERSIONS, ignore_errors=True)
            _remove(folder / _COMMON)
        elif _used_s(folder) < believed_s - version_files.KEPT_S:
            _leave_newest(folder, believed_s)


def _leave_newest(folder: Path, believed_s: float) -> None:
    """Take away all of a notebook but its newest version; that is no use of it."""
    used_s = _used_s(folder)
    with contextlib.suppress(OSError):
        version_files.take_away(str(folder / _VERSIONS), believed_s)
    _remove(folder / _COMMON)
    _set_used(folder, used_s)


def _size_without_left(folder: Path) -> int:
    """How many bytes a notebook's folder has, once what killed processes left in it is gone."""
    used_s = _used_s(folder)
    files = list(folder.rglob("*"))
    left = [it for it in files if is_left(it)]
    for it in left:
        _remove(it)
    if left:
        _set_used(folder, used_s)
    return sum(_size(it) for it in files)


def _set_used(folder: Path, used_s: float) -> None:
    """What was taken away there since is no use of it."""
    if _used_s(folder) != used_s:
        for it in (folder / _VERSIONS, folder):
            with contextlib.suppress(OSError):
                os.utime(it, (used_s, used_s))


def _remove(file: Path) -> None:
    with contextlib.suppress(OSError):
        file.unlink()


def _used_s(folder: Path) -> float:
    """When anything was last written there."""
    return max((_time_s(it) for it in (folder, *folder.iterdir())), default=0.0)


def _time_s(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0
