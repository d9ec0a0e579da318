"""What commands write over, kept before, so that `restore` has it.

As far as that can be: whoever calls them in CI may have no state folder, and needs the result.
"""

from __future__ import annotations

import contextlib
import logging
import os

from livebook_ls.livebook import paths
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.keeping import kept_texts
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin


class EarlierTexts:
    """The texts that one command writes over."""

    def __init__(self) -> None:
        self._kept: KeptTexts | None = None
        # Who runs in a container may have no home.
        with contextlib.suppress(RuntimeError):
            self._kept = KeptTexts(StateFolder(os.environ))
        # Of each file it would say once more what a command is not about.
        logging.getLogger(kept_texts.__name__).addHandler(logging.NullHandler())

    def replace(self, file: str, seen: Snapshot, data: bytes) -> str | None:
        """Write `data` in the place of what was `seen`, which is kept; why not, or None where that
        was done.
        """
        self.keep(file, seen)
        return replace(file, seen, data)

    def write(self, file: str, data: bytes) -> None:
        """Have `data` in the file, whatever was there before, which is kept where that is a
        notebook. Raises OSError.
        """
        if paths.is_notebook(file) and notebook_file.version(file) is not None:
            self.keep(file, notebook_file.read(file))
        notebook_file.write(file, data)

    def keep(self, file: str, seen: Snapshot) -> bool:
        """Keep what the notebook `file` has, before it is written over; whether it can be had back
        then.
        """
        if self._kept is None or not seen.text:
            return not seen.data
        return self._kept.keep(paths.expanded(file), seen.text, VersionOrigin.FOUND)


def replace(file: str, seen: Snapshot, data: bytes) -> str | None:
    """The same without keeping anything."""
    try:
        is_done = notebook_file.replace(file, seen, data)
    except OSError as error:
        return f"it can't be written: {(error.strerror or type(error).__name__).lower()}"
    return None if is_done else "it has just changed"
