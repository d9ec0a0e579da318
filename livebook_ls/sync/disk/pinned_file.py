"""Tells a file that was replaced by another of the same name from one that was written in place.

Livebook writes in place; git, and whoever else checks something out, makes a new file. By their
content the two can't always be told apart, nor by the number of the file: that of one which is gone
is given to the next. One that is open keeps its own, and says itself that it has no name any more.
"""

from __future__ import annotations

import os
import sys

from livebook_ls.sync.disk import notebook_file, regular_file


class PinnedFile:
    """The file of one notebook, kept open from when it was read until what was sent is settled."""

    def __init__(self) -> None:
        self._descriptor: int | None = None
        self._saved: notebook_file.Snapshot | None = None
        # The path by which it was opened, and where that led.
        self._path = self._real = ""
        # Another one with the same text was put in the place of one that was pinned.
        self.is_another = False

    def pin(self, path: str, saved: notebook_file.Snapshot) -> bool:
        """Keep the file open that was read as `saved`; whether it still is as it was then. Where
        it isn't, what was pinned before stays so.

        Not on Windows, where nobody could replace a file that is open.
        """
        if sys.platform == "win32" or saved == self._saved:
            return notebook_file.version(path) == saved.version
        try:
            descriptor = regular_file.open_descriptor(path)
        except OSError:
            return notebook_file.version(path) == saved.version
        if notebook_file.version_of(descriptor) != saved.version:
            os.close(descriptor)
            return False
        is_another = saved.text is not None and self.is_replaced(saved.text)
        self.release()
        self._descriptor, self._saved, self.is_another = descriptor, saved, is_another
        self._path, self._real = path, os.path.realpath(path)
        return True

    def is_replaced(self, text: str) -> bool:
        """Whether the file that had this text was pinned and has lost its name, or that leads to
        another: whatever has the name now was not written into it.
        """
        descriptor, saved = self._descriptor, self._saved
        if descriptor is None or saved is None or saved.text != text:
            return False
        try:
            # On network file systems it may keep a name as long as it is open.
            is_gone = os.fstat(descriptor).st_nlink == 0
        except OSError:
            # Let go of meanwhile: whoever protects a save may look in a thread.
            return False
        return is_gone or os.path.realpath(self._path) != self._real

    def release(self) -> None:
        """Let go of it; nothing is known of it any more."""
        descriptor, self._descriptor, self._saved = self._descriptor, None, None
        self.is_another = False
        if descriptor is not None:
            os.close(descriptor)
