"""Versions of a notebook as files: read for the commands that merge and compare."""

from __future__ import annotations

import os
from pathlib import Path

from livebook_ls.sync.disk import regular_file

# What a shell hands over, as by `<(git show HEAD:a.livemd)`, is open already.
_HANDED_OVER = ("/dev/fd/", "/proc/self/fd/")


class UnreadableVersion(Exception):
    """Why a version can't be read; as text with the file's name."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.reason = reason


def read(file: str) -> str:
    """The text of a version with its own line ends. Raises UnreadableVersion."""
    try:
        return _data(file).decode("utf-8")
    except OSError as error:
        raise UnreadableVersion(file, str(error.strerror)) from None
    except UnicodeDecodeError:
        raise UnreadableVersion(file, "This file is not UTF-8.") from None


def _data(file: str) -> bytes:
    """What a version has; git and people name nothing as a version that was not there."""
    if file == os.devnull:
        return b""
    if not file.startswith(_HANDED_OVER):
        return regular_file.read(file)
    with Path(file).open("rb") as opened:
        return regular_file.read_descriptor(opened.fileno(), file)
