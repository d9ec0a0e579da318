"""Looks at a notebook's text when it comes or is saved at once, and after a pause while typing."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.text_findings import structure_diagnostics
from livebook_ls.notebook.source import Unit

if TYPE_CHECKING:
    from livebook_ls.clock import Timer

# Long enough for the next key, short enough to feel at once.
_PAUSE_S = 0.2


class StructureWatch:
    """Keeps each open document's diagnostics at their places in its present text.

    `session` says what is to be told about its session.
    """

    def __init__(
        self,
        diagnostics: Diagnostics,
        unit: Callable[[], Unit],
        session: Callable[[Document], list[types.Diagnostic]],
    ) -> None:
        self._diagnostics = diagnostics
        self._unit = unit
        self._session = session
        self._waiting: dict[str, Timer] = {}

    def look_now(self, document: Document) -> None:
        """Show what is to be said about the text as it is."""
        self.forget(document.uri)
        found = {
            Origin.STRUCTURE: structure_diagnostics(document, self._unit()),
            Origin.SESSION: self._session(document),
        }
        self._diagnostics.show_all(document, found)

    def look_soon(self, document: Document, after_s: float = _PAUSE_S) -> None:
        """The same once nothing was typed for a moment."""
        self.forget(document.uri)
        self._waiting[document.uri] = clock.later(after_s, partial(self.look_now, document))

    def is_due(self, document: Document) -> bool:
        """Whether the text has changed and is looked at in a moment, its session with it."""
        return document.uri in self._waiting

    def forget(self, uri: str) -> None:
        """Don't look any more: the document was closed, or has just been looked at."""
        if timer := self._waiting.pop(uri, None):
            timer.cancel()
