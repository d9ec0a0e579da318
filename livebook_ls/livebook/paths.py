"""The path of a notebook as Livebook must get it: absolute and expanded, compared as text.

Rules from Livebook's `dev_controller.ex` and `file_system/local.ex`: anything relative, with `~`,
`.`, `..`, `//` or a trailing slash is answered by an error page.
"""

from __future__ import annotations

import os
import re
from urllib.parse import unquote, urlsplit

_DRIVE = re.compile(r"/?([A-Za-z]):(?=/|$)")


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
    path = unquote(parts.path + (f"?{parts.query}" if parts.query else ""))
    host = "" if parts.netloc.lower() == "localhost" else unquote(parts.netloc)
    if "\0" in path or not path:
        return None
    if windows:
        return f"//{host}{path}" if host else _DRIVE.sub(r"\1:", path, count=1)
    return None if host else path


def expanded(path: str) -> str:
    """`path` absolute and without `~`, `.`, `..`, `//` or a trailing slash; links are not followed.

    Windows' backslashes become slashes, as Livebook spells them.
    """
    absolute = os.path.abspath(os.path.expanduser(path)).replace(os.sep, "/")  # noqa: PTH100, PTH111 — Path() would not fold `..`
    # POSIX lets exactly two leading slashes mean something else; Livebook does not.
    return "/" + absolute.lstrip("/") if os.name != "nt" else absolute


def spellings(path: str) -> tuple[str, ...]:
    """`path` as given, then, where it differs, with every symbolic link resolved.

    Livebook compares paths as text, so a session may be known by either.
    """
    real = os.path.realpath(path).replace(os.sep, "/")
    return (path,) if real == path else (path, real)
