"""Looks at where links lead after a pause, and shows those that lead nowhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.lsp.convert import to_diagnostic, to_range
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document, Documents
from livebook_ls.lsp.links.workspace_notebooks import WorkspaceNotebooks
from livebook_ls.notebook.links.checking import DeadLink, dead_links
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

if TYPE_CHECKING:
    from livebook_ls.clock import Timer

# Who writes a link knows that it is not whole yet.
_PAUSE_S = 0.5


class LinkWatch:
    """Keeps the dead links of each open document; `is_wanted` is the user's setting."""

    def __init__(
        self,
        documents: Documents,
        notebooks: WorkspaceNotebooks,
        diagnostics: Diagnostics,
        unit: Callable[[], Unit],
        in_background: Callable[[Any], None],
        is_wanted: Callable[[], bool],
    ) -> None:
        self._documents = documents
        self._notebooks = notebooks
        self._diagnostics = diagnostics
        self._unit = unit
        self._in_background = in_background
        self._is_wanted = is_wanted
        self._waiting: dict[str, Timer] = {}
        self._found: dict[str, tuple[Source, tuple[DeadLink, ...]]] = {}

    def look_soon(self, document: Document) -> None:
        """Look once nothing was typed for a moment."""
        if timer := self._waiting.pop(document.uri, None):
            timer.cancel()
        self._waiting[document.uri] = clock.later(_PAUSE_S, partial(self._look, document))

    def look_at_all_soon(self) -> None:
        """The same for all documents: a file has changed that they may link to."""
        for document in self._documents:
            self.look_soon(document)

    def forget(self, uri: str) -> None:
        """Don't look any more: the document was closed."""
        self._found.pop(uri, None)
        if timer := self._waiting.pop(uri, None):
            timer.cancel()

    def found(self, document: Document) -> tuple[DeadLink, ...]:
        """The dead links of the text as it is; none as long as it has not been looked at."""
        source, found = self._found.get(document.uri, (None, ()))
        return found if source is document.source else ()

    def _look(self, document: Document) -> None:
        self._waiting.pop(document.uri, None)
        self._in_background(self._shown(document))

    async def _shown(self, document: Document) -> None:
        source = document.source
        found = await self._dead_links(document) if self._is_wanted() else ()
        if document.source is not source or self._documents.get(document.uri) is not document:
            return
        self._found[document.uri] = source, found
        self._diagnostics.show(document, Origin.LINKS, [self._shown_as(it, source) for it in found])

    async def _dead_links(self, document: Document) -> tuple[DeadLink, ...]:
        linked, path = document.reading.linked, document.path
        if not linked.leads_within:
            return ()
        own = linked.fragments
        around = self._notebooks.surroundings(path)
        return await asyncio.to_thread(lambda: tuple(dead_links(linked.links, path, own, around)))

    def _shown_as(self, it: DeadLink, source: Source) -> types.Diagnostic:
        finding = Finding(code=it.code, severity=FindingSeverity.WARNING, sentence=it.sentence)
        return to_diagnostic(finding, to_range(source, it.span, self._unit()))
