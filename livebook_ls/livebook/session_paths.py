"""The path of a session's page, as Livebook tells it; a browser follows it, with the token."""

from __future__ import annotations

import re
from urllib.parse import unquote

# Plain segments (RFC 3986), and last the session's id, whose letters are Livebook's own.
_SESSION_PATH = re.compile(r"(?:/[\w.~!$&'()*+,;=:@%-]+)*/sessions/[\w-]+", re.ASCII)


def is_session_path(path: str) -> bool:
    """Whether it is a session's and nothing more, below a base path."""
    if _SESSION_PATH.fullmatch(path) is None:
        return False
    segments = [unquote(it) for it in path.split("/")]
    return not any(it in (".", "..") or set(it) & set("/\\%") for it in segments)
