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
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.settings import Access
from tests.conftest import TIMING, clean_environ


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
    # A server may still be ending that has a file there open.
    subprocess.run(["umount", "--lazy", place], check=True)


@pytest.fixture
def closed_livebook() -> Iterator[StandIn]:
    """A Livebook that shows us no sessions: what it still has to write is known by the file alone.

    It takes syncs all the same, of whoever is at its address (`closed_environ`).
    """
    access = Access(token="a-token-for-this-test")  # noqa: S106
    with StandIn(StandInSettings(access=access, timing=TIMING)) as stand_in:
        yield stand_in


@pytest.fixture
def closed_environ(closed_livebook: StandIn) -> dict[str, str]:
    """The environment of a user who has not given us its token."""
    return clean_environ() | {"LIVEBOOK_URL": closed_livebook.url}
