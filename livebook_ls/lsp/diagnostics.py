"""What each document shows, per source; published as one list, and only when that changes."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum

from lsprotocol import types

from livebook_ls.lsp.documents import Document


class Origin(Enum):
    """Who says it: the text alone, or the link with the session."""

    STRUCTURE = "structure"
    SESSION = "session"


class Diagnostics:
    """Each origin replaces only its own share; a closed document shows nothing."""

    def __init__(self, publish: Callable[[types.PublishDiagnosticsParams], None]) -> None:
        self._publish = publish
        self._shown: dict[str, dict[Origin, list[types.Diagnostic]]] = {}

    def show(self, document: Document, origin: Origin, found: list[types.Diagnostic]) -> None:
        """Let `origin` show `found` and nothing else."""
        shares = self._shown.setdefault(document.uri, {})
        if shares.get(origin, []) == found:
            return
        shares[origin] = found
        self._publish(
            types.PublishDiagnosticsParams(
                uri=document.uri,
                version=document.version,
                diagnostics=[item for share in Origin for item in shares.get(share, [])],
            )
        )

    def clear(self, uri: str) -> None:
        """Take back whatever a document that was closed still shows."""
        if any(self._shown.pop(uri, {}).values()):
            self._publish(types.PublishDiagnosticsParams(uri=uri, diagnostics=[]))
