"""The notebooks below a folder, without what `.gitignore` files leave out.

Links to folders are not followed.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator

from livebook_ls.livebook import paths
from livebook_ls.workspace.gitignore import Ignoring


class FolderListings:
    """What folders hold, listed again only where a folder's time says that this has changed.

    What `.gitignore` files say is read once.
    """

    def __init__(self) -> None:
        self._ignoring: dict[str, Ignoring] = {}
        self._listed: dict[str, tuple[int, list[str], list[str]]] = {}

    def notebooks(self, top: str) -> Iterator[str]:
        """The notebooks below `top`."""
        ignoring = self._ignoring.setdefault(top, Ignoring(top))
        waiting = [top]
        while waiting:
            folder = waiting.pop()
            notebooks, folders = self._list(folder, ignoring)
            yield from notebooks
            waiting += folders

    def _list(self, folder: str, ignoring: Ignoring) -> tuple[list[str], list[str]]:
        try:
            time_ns = os.stat(folder).st_mtime_ns
        except OSError:
            return [], []
        known = self._listed.get(folder)
        if known is None or known[0] != time_ns:
            entries = list(_entries(folder, []))
            notebooks = [it for it, is_folder in entries if not is_folder and not ignoring.file(it)]
            folders = [it for it, is_folder in entries if is_folder and not ignoring.folder(it)]
            self._listed[folder] = known = (time_ns, notebooks, folders)
        return known[1], known[2]


def notebooks_below(folder: str, ignoring: Ignoring, problems: list[str]) -> Iterator[str]:
    """The notebooks of a folder in the order of their names, those of its folders among them.

    What can't be read is told in `problems`.
    """
    for path, is_folder in _entries(folder, problems):
        if is_folder:
            if not ignoring.folder(path):
                yield from notebooks_below(path, ignoring, problems)
        elif not ignoring.file(path):
            yield path


def folders_below(top: str, ignoring: Ignoring) -> Iterator[str]:
    """The folder `top` and all below it that are searched."""
    yield top
    for path, is_folder in _entries(top, []):
        if is_folder and not ignoring.folder(path):
            yield from folders_below(path, ignoring)


def _entries(folder: str, problems: list[str]) -> Iterable[tuple[str, bool]]:
    """Notebooks and folders in a folder, with which of the two they are."""
    try:
        with os.scandir(folder) as entries:
            found = [
                (it.path, it.is_dir(follow_symlinks=False))
                for it in entries
                if paths.is_notebook(it.name) or it.is_dir(follow_symlinks=False)
            ]
    except OSError as error:
        problems.append(f"{folder}: {error.strerror}.")
        return ()
    # A link to a folder, or something else that has no text, may be named like a notebook.
    return sorted(it for it in found if it[1] or os.path.isfile(it[0]))
