"""What `.gitignore` files leave out: nested ones too, within a git repository and without."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.keeping.kept_folders import is_kept

if TYPE_CHECKING:
    from pathspec import GitIgnoreSpec

_NAME = ".gitignore"
# Nobody's own notebooks: git's, npm's and Mix's folders; and ours, in which versions are kept.
_NEVER = frozenset((".git", "node_modules", "_build", "deps"))


class Ignoring:
    """The rules in force at and below `top`, a real path; those of its repository count too."""

    def __init__(self, top: str) -> None:
        self._specs: dict[str, GitIgnoreSpec | None] = {}
        self._floor = top
        root = repository_of(top)
        # What is named is meant, also where a rule would leave it out.
        if root is not None and not self._is_left_out(top, root):
            self._floor = root

    def folder(self, path: str) -> bool:
        """Whether the folder `path`, which no rule above has left out, is left out."""
        is_never = os.path.basename(path) in _NEVER or is_kept(path)
        return is_never or self._decided(path, f"{path}/")

    def file(self, path: str) -> bool:
        """Whether the file `path`, in a folder that is not left out, is left out."""
        return self._decided(path, path)

    def leaves_out(self, path: str, top: str) -> bool:
        """Whether the file `path` below the folder `top` is left out, itself or a folder of it."""
        above: list[str] = []
        folder = os.path.dirname(path)
        while len(folder) > len(top):
            above.append(folder)
            folder = os.path.dirname(folder)
        return any(map(self.folder, reversed(above))) or self.file(path)

    def _is_left_out(self, top: str, root: str) -> bool:
        """Whether the repository's rules leave out the folder `top` itself."""
        self._floor = root
        path = top
        while len(path) > len(root):
            if self.folder(path):
                self._floor = top
                return True
            path = os.path.dirname(path)
        return False

    def _decided(self, path: str, matched: str) -> bool:
        """The rule of the nearest `.gitignore` that has one for the path, as git decides."""
        folder = os.path.dirname(path)
        while len(folder) >= len(self._floor):
            if (spec := self._spec(folder)) is not None:
                prefix = len(folder.rstrip("/")) + 1
                include = spec.check_file(matched[prefix:]).include
                if include is not None:
                    return include
            if folder == self._floor or folder == os.path.dirname(folder):
                break
            folder = os.path.dirname(folder)
        return False

    def _spec(self, folder: str) -> GitIgnoreSpec | None:
        if folder not in self._specs:
            self._specs[folder] = _read(os.path.join(folder, _NAME))
        return self._specs[folder]


def is_rules(path: str) -> bool:
    """Whether `path` names a file of rules."""
    return os.path.basename(path) == _NAME


def _read(path: str) -> GitIgnoreSpec | None:
    try:
        lines = regular_file.read(path).decode("utf-8", "replace").splitlines()
    except OSError:
        return None
    # Most folders have no such file, and loading the library costs as much as Python's start.
    from pathspec import GitIgnoreSpec

    from livebook_ls.workspace.bounded_pattern import BoundedPattern

    return GitIgnoreSpec.from_lines(lines, BoundedPattern)


def repository_of(folder: str) -> str | None:
    """The top of the git repository that `folder` is in; a file `.git` marks submodules."""
    while True:
        if os.path.lexists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return None
        folder = above
