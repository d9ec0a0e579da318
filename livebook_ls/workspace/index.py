"""What is remembered of all notebooks in the workspace's folders, kept up to date by their files.

Its methods may wait for the disk, and are called from threads.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from livebook_ls import clock
from livebook_ls.livebook import paths
from livebook_ls.notebook.linked_notebook import LinkedNotebook, NotebookSummary, linked_notebook
from livebook_ls.notebook.links.address import read_address, resolved
from livebook_ls.notebook.source import decode
from livebook_ls.sync.disk import regular_file
from livebook_ls.workspace.gitignore import Ignoring
from livebook_ls.workspace.searching import FoundPlace, Searched, search, searched
from livebook_ls.workspace.walking import FolderListings

# What is bigger is outputs for the most part, and what are more no person's own notebooks.
_LARGEST_BYTES = 4_000_000
_MOST_NOTEBOOKS = 20_000
# Events may be missed, as for a folder that was moved away whole, and so may new rules of git.
_HOLDS_S = 30.0
Version = tuple[int, int]


class _Known(NamedTuple):
    version: Version
    searched: Searched


class NotebookIndex:
    """The notebooks by their paths. Nothing is read before somebody asks.

    `has_events` says whether changes of files are told by `note`; else each question looks.
    """

    def __init__(self, has_events: Callable[[], bool]) -> None:
        self._has_events = has_events
        self._folders: tuple[str, ...] = ()
        self._known: dict[str, _Known] = {}
        self._listings = FolderListings()
        self._changed: set[str] = set()
        self._walked_s: float | None = None
        self._lock = threading.Lock()

    @property
    def folders(self) -> tuple[str, ...]:
        """The folders of the workspace."""
        return self._folders

    def use(self, folders: Iterable[str]) -> None:
        """Be about these folders from now on."""
        found = tuple(dict.fromkeys(folders))
        if found != self._folders:
            self._folders = found
            self._walked_s = None

    def note(self, path: str) -> None:
        """A file was made, changed or deleted; looked at when somebody asks."""
        self._changed.add(path)

    def contains(self, path: str) -> bool:
        """Whether a path is inside the workspace."""
        return folder_of(path, self._folders) is not None

    def search(
        self, query: str, opened: Mapping[str, NotebookSummary], most: int
    ) -> list[FoundPlace]:
        """The places that a query means; `opened` notebooks are as their editor shows them."""
        with self._lock:
            self._refresh()
            notebooks = {path: it.searched for path, it in self._known.items()}
        shown = {path: searched(it) for path, it in opened.items() if self.contains(path)}
        return search(notebooks | shown, query, most)

    def all_notebooks(self) -> tuple[str, ...]:
        """The paths of all notebooks; none of them is read for it."""
        with self._lock:
            return tuple(islice(self._paths(), _MOST_NOTEBOOKS))

    def linking_to(self, is_meant: Callable[[str], bool]) -> tuple[str, ...]:
        """The notebooks, as they are on disk, with a link to a path that is meant."""
        with self._lock:
            self._refresh()
            return tuple(
                path
                for path, it in self._known.items()
                if any(is_meant(target) for target in _targets(path, it.searched.addresses))
            )

    def fragments(self, path: str) -> frozenset[str] | None:
        """What fragments the notebook at a path knows, on disk; None if it can't be read."""
        with self._lock:
            version = _version(path)
            known = self._known.get(path)
            if version is not None and known is not None and known.version == version:
                return known.searched.fragments
        read = read_notebook(path)
        return read.summary.fragments if read else None

    def _refresh(self) -> None:
        now = clock.monotonic_s()
        is_recent = self._walked_s is not None and now - self._walked_s < _HOLDS_S
        if self._has_events() and is_recent:
            changed, self._changed = self._changed, set()
            for path in changed:
                self._look_at(path)
        else:
            self._changed.clear()
            if not is_recent:
                self._listings = FolderListings()
                self._walked_s = now
            self._walk()

    def _look_at(self, path: str) -> None:
        folder = folder_of(path, self._folders)
        is_ours = folder is not None and not Ignoring(folder).leaves_out(path, folder)
        version = _version(path) if is_ours else None
        if version is None:
            self._known.pop(path, None)
        else:
            self._take(path, version)

    def _walk(self) -> None:
        found: dict[str, None] = {}
        for path in islice(self._paths(), _MOST_NOTEBOOKS):
            if (version := _version(path)) is not None:
                found[path] = None
                self._take(path, version)
        for path in self._known.keys() - found.keys():
            del self._known[path]

    def _paths(self) -> Iterator[str]:
        for folder in self._folders:
            yield from self._listings.notebooks(folder)

    def _take(self, path: str, version: Version) -> None:
        known = self._known.get(path)
        if known is None or known.version != version:
            read = read_notebook(path)
            if read is not None:
                self._known[path] = _Known(version, searched(read.summary))


def folder_of(path: str, folders: Iterable[str]) -> str | None:
    """The first of the folders that a path is in or below."""
    return next((it for it in folders if path.startswith(f"{it.rstrip('/')}/")), None)


def read_notebook(path: str) -> LinkedNotebook | None:
    """The notebook at a path; None where there is none, or one that is no text or huge."""
    version = _version(path)
    if version is None or version[1] > _LARGEST_BYTES or not paths.is_notebook(path):
        return None
    try:
        text = decode(regular_file.read(path))
    except OSError:
        return None
    return None if text is None else linked_notebook(text)


def _version(path: str) -> Version | None:
    try:
        status = os.stat(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size


def _targets(path: str, addresses: Iterable[str]) -> Iterator[str]:
    for written in addresses:
        address = read_address(written)
        yield resolved(path, address.path) if address.path else path
