"""Saves made while a new session still has to write its file for the first time."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from livebook_ls.standin.editor import Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.text_edits import apply_edits
from tests.conftest import CANONICAL

# Mostly waiting.
pytestmark = pytest.mark.slow

SAVES = 8


class ReloadingEditor:
    """Saves and reloads as VS Code does: an unchanged buffer follows a file of another time."""

    def __init__(self, editor: Editor, uri: str, path: Path) -> None:
        self.editor = editor
        self.uri = uri
        self.path = path
        self._known = path.stat().st_mtime_ns

    @property
    def text(self) -> str:
        return self.editor.texts[self.uri]

    def save(self, text: str) -> None:
        self.editor.change(self.uri, text)
        params = {"textDocument": {"uri": self.uri}, "reason": 1}
        edits = self.editor.request("textDocument/willSaveWaitUntil", params) or []
        self.editor.save(self.uri, self.path, apply_edits(text, edits))
        self._known = self.path.stat().st_mtime_ns

    def reload(self) -> None:
        now = self.path.stat().st_mtime_ns
        found = self.path.read_text(encoding="utf-8")
        if now != self._known and found:
            self._known = now
            if found != self.text:
                self.editor.change(self.uri, found)


def code(text: str, number: int) -> str:
    return re.sub(r"```elixir\n.*\n```", f"```elixir\nnumber({number})\n```", text, count=1)


def bullet(text: str, number: int) -> str:
    return text.replace("## Section\n", f"## Section\n\n- number({number})\n", 1)


@pytest.mark.parametrize(
    ("mode", "change"), [("session", code), ("stamped", code), ("never", bullet)]
)
def test_file_buffer_and_session_are_one_after_each(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    mode: str,
    change: Callable[[str, int], str],
) -> None:
    chance = random.Random(mode)  # noqa: S311 — a test's dice
    if mode == "stamped":
        notebook.write_text(livebook.stamp(CANONICAL), encoding="utf-8")
    editor = start_editor(settings={"canonicalOnSave": "never"} if mode == "never" else {})
    uri = editor.open(notebook)
    editor.command("livebook.open", uri)
    buffer = ReloadingEditor(editor, uri, notebook)

    def are_one(number: int) -> bool:
        buffer.reload()
        session = livebook.session(notebook)
        return (
            session is not None
            and f"number({number})" in session.text
            and notebook.read_text(encoding="utf-8") == buffer.text
            and f"number({number})" in buffer.text
            and editor.status(uri)["state"] in ("inSync", "reformatted")
        )

    for number in range(SAVES):
        buffer.save(change(buffer.text, number))
        # The editor may look at the file before Livebook has written it, and only then.
        if chance.random() < 0.5:
            buffer.reload()
        if chance.random() < 0.5:
            livebook.wait_settled()
        editor.wait_for(partial(are_one, number), f"all sides after save {number}")
