"""What git knows: the committed source of a notebook, and which notebooks are work at all."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from livebook_ls.sync.disk.git_command import run_git

_TIMEOUT_S = 5.0


def committed(path: str, revision: str = "HEAD") -> str | None:
    """The text of the file at `path` in `revision`; None without git, repository or such a file."""
    file = Path(path)
    try:
        name = f"{revision}:./{file.name}"
        done = run_git(str(file.parent), "show", name, timeout_s=_TIMEOUT_S)
        return done.stdout.decode("utf-8") if done.returncode == 0 else None
    except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
        return None


def checked_out_lately(path: str) -> list[str]:
    """The texts of the file at `path` in the last commit, in the one that a checkout or commit came
    from, and in the one from which a pull, merge, rebase or reset did.
    """
    texts = (committed(path, it) for it in ("HEAD", "HEAD@{1}", "ORIG_HEAD"))
    return [it for it in texts if it is not None]


def not_ignored(folder: str, paths: Sequence[str], longest_s: float) -> list[str]:
    """Those of `paths` that git does not ignore; all of them without git, repository or an answer
    within `longest_s`, for somebody waits for it.
    """
    names = _asked(folder, ["check-ignore", "-z", "--stdin"], "\0".join(paths), longest_s)
    ignored = set(names or ())
    return [it for it in paths if it not in ignored]


def notebooks(folder: str, longest_s: float) -> list[str] | None:
    """Every notebook below `folder` that git does not ignore; None without an answer in time."""
    listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.livemd"]
    names = _asked(folder, listing, "", longest_s)
    return None if names is None else [str(Path(folder) / name) for name in names]


def _asked(folder: str, arguments: Sequence[str], given: str, longest_s: float) -> list[str] | None:
    """The names that git answers, or None where it has nothing to say."""
    try:
        done = run_git(folder, *arguments, timeout_s=longest_s, content=os.fsencode(given))
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return None
    # `check-ignore` answers 1 where it has nothing to name.
    if done.returncode not in (0, 1):
        return None
    return [os.fsdecode(name) for name in done.stdout.split(b"\0") if name]
