"""Looks at the code in cells after a pause, and shows where it does not parse."""

from __future__ import annotations

import asyncio
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from livebook_ls import clock
from livebook_ls.intelligence.code_cells import codes_of
from livebook_ls.lsp.convert import to_diagnostic, to_range
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.source import Unit
from livebook_ls.sync.telling.findings import SYNTAX_ERROR, Finding, FindingSeverity

if TYPE_CHECKING:
    from livebook_ls.clock import Timer
    from livebook_ls.intelligence.answers import CodeJudgement, CodeProblem
    from livebook_ls.intelligence.asking import Intelligence
    from livebook_ls.notebook.importing.composing import Placed
    from livebook_ls.notebook.importing.fragments import Fragment

# Long enough for the next key, short enough to feel at once.
_PAUSE_S = 0.2
# Nobody waits for it, and a busy machine may take its time to start an Elixir.
_LONGEST_S = 60.0


class CodeWatch:
    """Keeps each open document's syntax errors; those of an older text are never shown."""

    def __init__(
        self,
        intelligence: Callable[[], Intelligence],
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
        self._judges: dict[str, object] = {}
        # What each fragment was found to have, in its own text: after a key only those that are
        # new are asked about.
        self._found: dict[str, WeakKeyDictionary[Fragment, tuple[CodeProblem, ...]]] = {}
        self._looking = asyncio.Semaphore(1)

    def look_soon(self, document: Document) -> None:
        """Look once nothing was typed for a moment."""
        self._stop(document.uri)
        self._waiting[document.uri] = clock.later(_PAUSE_S, partial(self._look, document))

    def forget(self, uri: str) -> None:
        """The document was closed."""
        self._judges.pop(uri, None)
        self._found.pop(uri, None)
        self._stop(uri)

    def judged_by(self, document: Document, judge: object) -> None:
        """Look anew where somebody else may have another opinion now: a session's runtime."""
        if self._judges.get(document.uri) != judge:
            self._judges[document.uri] = judge
            self._found.pop(document.uri, None)
            self.look_soon(document)

    def _stop(self, uri: str) -> None:
        if timer := self._waiting.pop(uri, None):
            timer.cancel()

    def _look(self, document: Document) -> None:
        self._in_background(self._shown(document))

    async def _shown(self, document: Document) -> None:
        async with self._looking:
            source, placed = document.source, document.reading.draft.placed
            known = self._found.setdefault(document.uri, WeakKeyDictionary())
            new = [it for it in placed if it.fragment not in known]
            found = {it.fragment: known.get(it.fragment, ()) for it in placed}
            judged = await self._judged(document.asked_path, new)
            for it, its_own in zip(new, _by_fragment(new, judged.problems), strict=True):
                found[it.fragment] = its_own
                if judged.is_whole:
                    known[it.fragment] = its_own
        if document.source is not source or not self._is_open(document):
            return
        problems = [problem.moved(it.offset) for it in placed for problem in found[it.fragment]]
        shown = [
            to_diagnostic(_finding(it), to_range(source, it.span, self._unit())) for it in problems
        ]
        self._diagnostics.show(document, Origin.CODE, shown)

    async def _judged(self, path: str, places: Sequence[Placed]) -> CodeJudgement:
        """What does not parse in these fragments, with its places in the whole text."""
        cells = [
            code.moved(it.offset)
            for it in places
            for code in codes_of(it.parts.all_cells, it.fragment.document.source)
            if code.is_written
        ]
        return await self._intelligence().judge(path, cells, _LONGEST_S)


def _by_fragment(
    places: Sequence[Placed], problems: Iterable[CodeProblem]
) -> list[tuple[CodeProblem, ...]]:
    """The problems of each fragment, in its own text."""
    offsets = [it.offset for it in places]
    found: list[list[CodeProblem]] = [[] for _ in places]
    for it in problems:
        number = bisect_right(offsets, it.span.start) - 1
        found[number].append(it.moved(-offsets[number]))
    return [tuple(it) for it in found]


def _finding(problem: CodeProblem) -> Finding:
    return Finding(code=SYNTAX_ERROR, severity=FindingSeverity.ERROR, sentence=problem.message)
