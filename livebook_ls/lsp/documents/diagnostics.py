"""What each document shows, per source; published as one list, first and when that changes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import Enum

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
        # What a text says is told once also where that is nothing: so it is known to be read.
        before = self._shown.get(document.uri, None if Origin.STRUCTURE in found else [])
        if shown == before:
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
    """All shares; what the session says about a place, the text need not say again.

    Nor need a parser complain of a line in which the cell has failed when it ran.
    """
    session = shares.get(Origin.SESSION, [])
    said = {_place(item) for item in session}
    structure = [it for it in shares.get(Origin.STRUCTURE, []) if _place(it) not in said]
    runs = shares.get(Origin.RUNS, [])
    failed = [it.range for it in runs if it.severity is types.DiagnosticSeverity.Error]
    code = [
        item
        for item in shares.get(Origin.CODE, [])
        if not any(it.start.line <= item.range.start.line <= it.end.line for it in failed)
    ]
    return [*structure, *session, *runs, *code, *shares.get(Origin.LINKS, [])]


def _place(item: types.Diagnostic) -> tuple[object, ...]:
    start, end = item.range.start, item.range.end
    return item.code, start.line, start.character, end.line, end.character
