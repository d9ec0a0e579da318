"""The programs that editor tests need: where `scripts/install-editors` put them, or why not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NoReturn

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools"


def installed(relative: str, editor: str) -> Path:
    """A file or folder under `.tools/`; without it the test is skipped, in CI it fails."""
    path = TOOLS / relative
    if not path.exists():
        go_without(f"{relative} is missing in .tools; run scripts/install-editors {editor}")
    return path


def program(name: str, editor: str) -> Path:
    """A program of the system's."""
    found = shutil.which(name)
    if found is None:
        go_without(f"there is no {name}; run scripts/install-editors {editor}")
    return Path(found)


def go_without(reason: str) -> NoReturn:
    """Skip the test; fail where CI is set, so that nothing goes untested unseen."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)
