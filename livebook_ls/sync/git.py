"""The committed source of a notebook, as the old source where no newer one has a valid stamp."""

from __future__ import annotations

import subprocess
from pathlib import Path

_TIMEOUT_S = 5.0


def committed(path: str, revision: str = "HEAD") -> str | None:
    """The text of the file at `path` in `revision`; None without git, repository or such a file."""
    file = Path(path)
    try:
        done = subprocess.run(  # noqa: S603 — no shell, and the name can't be read as an option
            ["git", "-C", str(file.parent), "show", f"{revision}:./{file.name}"],  # noqa: S607 — the user's own git
            capture_output=True,
            timeout=_TIMEOUT_S,
            check=False,
        )
        return done.stdout.decode("utf-8") if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None
