"""The path of a notebook as Livebook must get it: absolute and expanded, compared as text.

Rules from Livebook's `dev_controller.ex` and `file_system/local.ex`: anything relative, with `~`,
`.`, `..`, `//` or a trailing slash is answered by an error page.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from urllib.parse import unquote, unquote_to_bytes, urlsplit

from livebook_ls.settings import PathMapping

_URI_DRIVE = re.compile(r"/?([A-Za-z]):(?=/|$)")
_DRIVE = re.compile(r"[A-Za-z]:(?=[/\\]|$)")


def is_notebook(path: str) -> bool:
    """Whether `path` (or the path of a URI) names a Livebook notebook."""
    return path.lower().endswith(".livemd")


def from_uri(uri: str, *, windows: bool = os.name == "nt") -> str | None:
    """The path that a `file:` URI means, or None for any other URI.

    Percent-encoding is read as UTF-8; `file:///c%3A/a` is `c:/a` on Windows and `file://host/a`
    the share `//host/a`. On other systems a host other than localhost names no file of ours.
    """
    parts = urlsplit(uri, allow_fragments=False)
    if parts.scheme.lower() != "file":
        return None
    # A question mark is a legal character of a file's name; editors encode it, but not all.
    encoded = parts.path + (f"?{parts.query}" if parts.query else "")
    # Other systems' names may be any bytes.
    path = unquote(encoded) if windows else os.fsdecode(unquote_to_bytes(encoded))
    host = "" if parts.netloc.lower() == "localhost" else unquote(parts.netloc)
    if "\0" in path or not path:
        return None
    if windows:
        return f"//{host}{path}" if host else _URI_DRIVE.sub(r"\1:", path, count=1)
    return None if host else path


def expanded(path: str) -> str:
    """`path` absolute and without `~`, `.`, `..`, `//` or a trailing slash; links are not followed.

    Windows' backslashes become slashes, as Livebook spells them.
    """
    absolute = os.path.abspath(os.path.expanduser(path)).replace(os.sep, "/")  # noqa: PTH100, PTH111 — Path() would not fold `..`
    # POSIX lets exactly two leading slashes mean something else; Livebook does not.
    return "/" + absolute.lstrip("/") if os.name != "nt" else absolute


def known_as(path: str, mappings: Sequence[PathMapping] = ()) -> tuple[str, ...]:
    """The paths by which Livebook may know the file at `path`, the likeliest first.

    With every symbolic link resolved, so that a link and its target have one session, then as
    given; where Livebook has the folder under another name, that instead. Livebook compares paths
    as text, and a drive's letter may be of either case.
    """
    real = os.path.realpath(path).replace(os.sep, "/")
    spellings = tuple(dict.fromkeys((real, path)))
    there = [name for it in spellings if (name := mapped(it, mappings)) is not None]
    names = (case for it in there or spellings for case in _drive_cases(it))
    return tuple(dict.fromkeys(names))


def mapped(path: str, mappings: Sequence[PathMapping]) -> str | None:
    """`path` in Livebook's file system, by the longest of the folders that it is in; else None."""
    found: tuple[str, str] | None = None
    for it in mappings:
        folder = _folder(os.path.expanduser(it.editor))  # noqa: PTH111 — may be another system's
        is_longest = found is None or len(folder) > len(found[0])
        if is_longest and _folded(path).startswith(f"{_folded(folder)}/"):
            found = folder, _folder(it.livebook)
    return None if found is None else found[1] + path[len(found[0]) :]


def _folder(path: str) -> str:
    """A folder's path with slashes, none at its end; Windows writes backslashes."""
    is_windows = _DRIVE.match(path) or path.startswith("\\")
    return (path.replace("\\", "/") if is_windows else path).rstrip("/")


def _folded(path: str) -> str:
    return path[0].lower() + path[1:] if _DRIVE.match(path) else path


def _drive_cases(path: str) -> tuple[str, ...]:
    return (path, path[0].swapcase() + path[1:]) if _DRIVE.match(path) else (path,)
