"""Git as a user has it: a repository with a commit."""

from __future__ import annotations

import subprocess
from pathlib import Path

_AUTHOR = ("-c", "user.name=A", "-c", "user.email=a@example.org", "-c", "commit.gpgsign=false")


def commit_all(folder: Path) -> None:
    """Make a repository of the folder, unless it is one, and commit all that is in it."""
    for arguments in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "as it is"]):
        subprocess.run(["git", "-C", str(folder), *_AUTHOR, *arguments], check=True)
