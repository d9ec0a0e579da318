"""Versions of a notebook as files: read for the commands that merge and compare."""

from __future__ import annotations

from pathlib import Path


class UnreadableVersion(Exception):
    """Why a version can't be read; as text with the file's name."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.reason = reason


def read(file: str) -> str:
    """The text of a version with its own line ends. Raises UnreadableVersion."""
    try:
        return Path(file).read_bytes().decode("utf-8")
    except OSError as error:
        raise UnreadableVersion(file, str(error.strerror)) from None
    except UnicodeDecodeError:
        raise UnreadableVersion(file, "This file is not UTF-8.") from None
