"""The programs that editor tests need: where `scripts/install-editors` put them, or why not."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TOOLS = ROOT / ".tools"


def installed(relative: str, editor: str) -> Path:
    """A file or folder under `.tools/`; without it the test is skipped, in CI it fails."""
    path = TOOLS / relative
    return path if path.exists() else _go_without(f"{relative} is missing in .tools", editor)


def program(name: str, editor: str) -> Path:
    """A program of the system's."""
    found = shutil.which(name)
    return Path(found) if found else _go_without(f"there is no {name}", editor)


def _go_without(reason: str, editor: str) -> Path:
    sentence = f"{reason}; run scripts/install-editors {editor}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)
