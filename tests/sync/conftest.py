"""Editors whose servers don't join sessions: what is edited in them stays there until a save.

Else Livebook would be asked to save it at once, just when a test goes on (`test_browser_saves.py`).
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.editor import Editor


@pytest.fixture
def start_editor(start_editor: Callable[..., Editor]) -> Callable[..., Editor]:
    def start(**options: Any) -> Editor:
        settings = {"joinOnOpen": False} | (options.pop("settings", None) or {})
        return start_editor(**options, settings=settings)

    return start


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 64 KB, where this user may mount one."""
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=64k", "none", place], capture_output=True, check=False
    )
    if done.returncode != 0:
        pytest.skip("only root may mount a small disk to fill")
    yield place
    subprocess.run(["umount", place], check=True)
