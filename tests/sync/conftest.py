"""Editors whose servers don't join sessions: what is edited in them stays there until a save.

Else Livebook would be asked to save it at once, just when a test goes on (`test_browser_saves.py`).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from livebook_ls.standin.editor import Editor


@pytest.fixture
def start_editor(start_editor: Callable[..., Editor]) -> Callable[..., Editor]:
    def start(**options: Any) -> Editor:
        settings = {"joinOnOpen": False} | (options.pop("settings", None) or {})
        return start_editor(**options, settings=settings)

    return start
