"""Where programs are looked for: on the PATH, and where it lacks them in a desktop's menu."""

from __future__ import annotations

import os
from collections.abc import Mapping

# Where Livebook and Elixir often are, while editors started from a desktop don't look there.
_FOLDERS = (
    "~/.mix/escripts",
    "~/.asdf/shims",
    "~/.local/share/mise/shims",
    "/opt/homebrew/bin",
    "/usr/local/bin",
)


def search_path(environ: Mapping[str, str]) -> str:
    """The PATH of `environ` with those folders behind it."""
    more = (os.path.expanduser(folder) for folder in _FOLDERS)  # noqa: PTH111 — kept as text
    return os.pathsep.join([environ.get("PATH", os.defpath), *more])
