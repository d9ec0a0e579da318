"""What each document shows, per source; published as one list, and only when that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum
from itertools import chain

from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import Document


class Origin(Enum):
    """Who says it: the text, the link with the session, code in cells, what ran there, links."""

    STRUCTURE = "structure"
    SESSION = "session"
    CODE = "code"
    RUNS = "runs"
    LINKS = "links"


class Diagnostics:
    """Each origin replaces only its own share; a closed document shows nothing."""

    def __init__(self, publish: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        self._publish = publish
        self._shares: dict[str, dict[Origin, list[types.Diagnostic]]] = {}
        self._shown: dict[str, list[types.Diagnostic]] = {}

    def show(self, document: Document, origin: Origin, found: list[types.Diagnostic]) -> None:
        """Let `origin` show `found` and nothing else."""
        self.show_all(document, {origin: found})

    def show_all(self, document: Document, found: Mapping[Origin, list[types.Diagnostic]]) -> None:
        """The same for several at once, so that no share is of another text than its version."""
        shares = self._shares.setdefault(document.uri, {})
        shares.update(found)
        shown = _merged(shares)
        if shown == self._shown.get(document.uri, []):
            return
        self._shown[document.uri] = shown
        self._publish(
            types.PublishDiagnosticsParams(
                uri=document.uri, version=document.version, diagnostics=shown
            )
        )

    def clear(self, uri: str) -> None:
        """Take back whatever a document that was closed still shows."""
        self._shares.pop(uri, None)
        if self._shown.pop(uri, []):
            self._publish(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))


def _merged(shares: dict[Origin, list[types.Diagnostic]]) -> list[types.Diagnostic]:
    """All shares; what the session says about a place, the text need not say again."""
    session = shares.get(Origin.SESSION, [])
    said = {_place(item) for item in session}
    structure = [it for it in shares.get(Origin.STRUCTURE, []) if _place(it) not in said]
    others = (shares.get(it, []) for it in (Origin.RUNS, Origin.CODE, Origin.LINKS))
    return [*structure, *session, *chain.from_iterable(others)]


def _place(item: types.Diagnostic) -> tuple[object, ...]:
    start, end = item.range.start, item.range.end
    return item.code, start.line, start.character, end.line, end.character
