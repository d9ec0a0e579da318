"""The texts of the stand-in editor's open documents: one change at a time, each told in its turn.

An editor's own keys and the server's edits come by different threads here. Real editors have one
for both: no edit gets between a look at the text and what is made of it, nor between a change and
its notification.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from livebook_ls.standin.text_edits import apply_edits

Json = Any


class Buffers:
    """What `textDocument/didOpen` and `didChange` have told; `notify` sends them."""

    def __init__(self, notify: Callable[[str, Json], None]) -> None:
        self.texts: dict[str, str] = {}
        # Held for as long as no other edit may come between.
        self.editing = threading.RLock()
        self._versions: dict[str, int] = {}
        self._notify = notify

    def open(self, uri: str, text: str, language: str) -> None:
        """A document that is opened with a text."""
        with self.editing:
            self.texts[uri], self._versions[uri] = text, 1
            document = {"uri": uri, "languageId": language, "version": 1, "text": text}
            self._notify("textDocument/didOpen", {"textDocument": document})

    def version(self, uri: str) -> int:
        """The version that was told last."""
        return self._versions[uri]

    def edit(self, uri: str, how: Callable[[str], str]) -> None:
        """Replace a text, whole, by what `how` makes of it."""
        with self.editing:
            text = how(self.texts[uri])
            self.texts[uri] = text
            self._versions[uri] += 1
            document = {"uri": uri, "version": self._versions[uri]}
            changes = [{"text": text}]
            self._notify(
                "textDocument/didChange", {"textDocument": document, "contentChanges": changes}
            )

    def apply(self, edit: Json) -> bool:
        """Apply a WorkspaceEdit, unless it is for another version than there is now."""
        changes = [(uri, edits, None) for uri, edits in edit.get("changes", {}).items()]
        changes += [
            (it["textDocument"]["uri"], it["edits"], it["textDocument"]["version"])
            for it in edit.get("documentChanges", [])
        ]
        with self.editing:
            if any(version not in (None, self._versions[uri]) for uri, _, version in changes):
                return False
            for uri, edits, _ in changes:
                self.edit(uri, partial(apply_edits, edits=edits))
        return True
