"""Paths as Livebook takes them: compared as text, refused unless already expanded."""

from __future__ import annotations

import errno
import os
from pathlib import Path

# Livebook passes on the words of Erlang's `file:format_error`.
_REASONS = {
    errno.ENOENT: "no such file or directory",
    errno.EISDIR: "illegal operation on a directory",
    errno.ENOTDIR: "not a directory",
    errno.ELOOP: "too many levels of symbolic links",
    errno.ENAMETOOLONG: "file name too long",
    errno.EACCES: "permission denied",
    errno.EPERM: "operation not permitted",
    errno.EMFILE: "too many open files",
    errno.EIO: "I/O error",
}


class ReadFailedError(Exception):
    """A file could not be read; its only argument is the reason in Livebook's words."""


def is_expanded(path: str) -> bool:
    """Whether Livebook's path check lets this path through; otherwise the answer is 500."""
    if not path.startswith("/") or path.endswith("/"):
        return False
    return not any(segment in ("", ".", "..") for segment in path[1:].split("/"))


def read_bytes(path: str) -> bytes:
    """The file's bytes; `ReadFailedError` with Livebook's reason."""
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ReadFailedError(_reason(error)) from error
    except ValueError as error:
        raise ReadFailedError("bad argument") from error


def _reason(error: OSError) -> str:
    number = error.errno or 0
    return _REASONS.get(number) or os.strerror(number).lower()
