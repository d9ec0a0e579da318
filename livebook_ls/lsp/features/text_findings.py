"""What is told about a notebook by its text alone: what Livebook would say and do."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from itertools import accumulate

from lsprotocol import types

from livebook_ls.lsp.convert import to_diagnostic, to_range
from livebook_ls.lsp.documents.moved_text import first_line
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook import hazard
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Unit
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

IMPORT_WARNING = "import-warning"
_EMPTY = "empty"
# That Livebook would write a notebook in its own form is no reason to mark it.
_SEVERITIES = {
    hazard.Severity.CRASH: FindingSeverity.ERROR,
    hazard.Severity.UNSAVABLE: FindingSeverity.ERROR,
    hazard.Severity.WIPE: FindingSeverity.ERROR,
    hazard.Severity.DROP: FindingSeverity.WARNING,
}


def structure_diagnostics(document: Document, unit: Unit) -> list[types.Diagnostic]:
    """What is to be said about the document as it is now."""
    return [
        to_diagnostic(
            finding, to_range(document.source, first_line(document.source, finding.span), unit)
        )
        for finding in _findings(document)
        if finding.span is not None
    ]


def _findings(document: Document) -> Iterator[Finding]:
    """One for each cause: ours where it helps, by its weight or a fix, else Livebook's words."""
    warnings = document.notebook.warnings
    hazards = [
        it
        for it in document.hazards
        # Nobody has written anything yet that could be lost.
        if it.severity in _SEVERITIES and not (document.is_new and it.code == _EMPTY)
    ]
    helpful = {it.span for it in hazards if it.fix or it.severity is not hazard.Severity.DROP}
    places_of_help = _Places(helpful)
    warned = _Places(it.span for it in warnings)
    for warning in warnings:
        if not places_of_help.touch(warning.span):
            yield Finding(
                code=IMPORT_WARNING,
                severity=FindingSeverity.WARNING,
                sentence=warning.message,
                span=warning.span,
            )
    for it in hazards:
        if it.span in helpful or not warned.touch(it.span):
            yield Finding(
                code=it.code, severity=_SEVERITIES[it.severity], sentence=it.message, span=it.span
            )


class _Places:
    """Spans of which one asks whether one touches another: they can be thousands."""

    def __init__(self, spans: Iterable[Span]) -> None:
        self._spans = sorted(spans)
        # How far down those up to each reach.
        self._ends = list(accumulate((it.end for it in self._spans), max))

    def touch(self, span: Span) -> bool:
        """Whether one of them touches this one."""
        count = bisect_right(self._spans, span.end, key=lambda it: it.start)
        return count > 0 and self._ends[count - 1] >= span.start
