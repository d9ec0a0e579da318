"""Which notebooks below a folder changed since a moment: bounded, and without asking git."""

from __future__ import annotations

import os

from livebook_ls import clock

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# Where dependencies, builds and caches lie; notebooks in there are nobody's work.
_SKIPPED = frozenset({"node_modules", "_build", "deps", "target", "dist", "venv", "__pycache__"})
_MOST_ENTRIES = 20_000
_NOTEBOOK = ".livemd"


class Look:
    """The notebooks that changed, and whether all of the folder was seen."""

    __slots__ = ("is_whole", "paths")

    def __init__(self) -> None:
        self.paths: list[str] = []
        self.is_whole = True


def project(folder: str, environ: Mapping[str, str]) -> str:
    """The folder, absolute; the whole project, where a shell has gone deeper into it."""
    absolute = os.path.abspath(folder or os.curdir) if "\0" not in folder else os.getcwd()
    whole = environ.get("CLAUDE_PROJECT_DIR", "")
    return whole if whole and f"{absolute}/".startswith(f"{whole}/") else absolute


def look(folder: str, since_ns: int, longest_s: float = float("inf")) -> Look:
    """The notebooks below `folder` that were written, made or moved there since then."""
    found = Look()
    waiting = [folder]
    entries = 0
    ends_s = clock.monotonic_s() + longest_s
    while waiting:
        # The folder itself is seen whatever it takes.
        if entries > _MOST_ENTRIES or (entries and clock.monotonic_s() > ends_s):
            found.is_whole = False
            break
        try:
            inside = list(os.scandir(waiting.pop()))
        except OSError:
            continue
        entries += len(inside)
        for entry in inside:
            name = entry.name
            if name.lower().endswith(_NOTEBOOK):
                if has_changed(entry.path, since_ns):
                    found.paths.append(entry.path)
            elif _is_searched(name) and _is_folder(entry) and not _is_kept(entry):
                waiting.append(entry.path)
    return found


def has_changed(path: str, since_ns: int) -> bool:
    """Whether the file is another than it was then; a moved one keeps the time of its content."""
    try:
        status = os.stat(path)
    except OSError:
        return False
    return max(status.st_mtime_ns, status.st_ctime_ns) > since_ns


def _is_kept(entry: os.DirEntry[str]) -> bool:
    """Whether versions of a notebook are kept there."""
    if not entry.path.rpartition(os.sep)[0].endswith(f"{os.sep}notebooks"):
        return False
    # Loaded where that may be: most projects have none.
    from livebook_ls.sync.keeping.kept_folders import is_kept

    return is_kept(entry.path)


def _is_searched(name: str) -> bool:
    return not name.startswith(".") and name not in _SKIPPED


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False
