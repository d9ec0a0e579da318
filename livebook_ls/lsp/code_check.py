"""Looks at the code in cells after a pause, and shows where it does not parse."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from livebook_ls import clock
from livebook_ls.intelligence.answers import CodeProblem
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.intelligence.code_cells import code_cells
from livebook_ls.lsp.convert import to_diagnostic, to_range
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.source import Unit
from livebook_ls.sync.telling.findings import SYNTAX_ERROR, Finding, FindingSeverity

if TYPE_CHECKING:
    from livebook_ls.clock import Timer

# Long enough for the next key, short enough to feel at once.
_PAUSE_S = 0.2
# Nobody waits for it, and a busy machine may take its time to start an Elixir.
_LONGEST_S = 60.0


class CodeWatch:
    """Keeps each open document's syntax errors; those of an older text are never shown."""

    def __init__(
        self,
        intelligence: Intelligence,
        diagnostics: Diagnostics,
        unit: Callable[[], Unit],
        in_background: Callable[[Any], None],
        is_open: Callable[[Document], bool],
    ) -> None:
        self._intelligence = intelligence
        self._diagnostics = diagnostics
        self._unit = unit
        self._in_background = in_background
        self._is_open = is_open
        self._waiting: dict[str, Timer] = {}
        self._looking = asyncio.Semaphore(1)

    def look_soon(self, document: Document) -> None:
        """Look once nothing was typed for a moment."""
        self.forget(document.uri)
        self._waiting[document.uri] = clock.later(_PAUSE_S, partial(self._look, document))

    def forget(self, uri: str) -> None:
        """Don't look any more: the document was closed, or changes again."""
        if timer := self._waiting.pop(uri, None):
            timer.cancel()

    def _look(self, document: Document) -> None:
        self._in_background(self._shown(document))

    async def _shown(self, document: Document) -> None:
        async with self._looking:
            source = document.source
            cells = [it for it in code_cells(document.notebook, source) if it.is_written]
            found = await self._intelligence.problems(document.asked_path, cells, _LONGEST_S)
        if document.source is not source or not self._is_open(document):
            return
        shown = [
            to_diagnostic(_finding(it), to_range(source, it.span, self._unit())) for it in found
        ]
        self._diagnostics.show(document, Origin.CODE, shown)


def _finding(problem: CodeProblem) -> Finding:
    return Finding(code=SYNTAX_ERROR, severity=FindingSeverity.ERROR, sentence=problem.message)
