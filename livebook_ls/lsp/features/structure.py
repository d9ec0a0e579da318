"""What is told about a notebook by its text alone: what Livebook would say and do."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types

from livebook_ls.lsp.convert import to_diagnostic, to_range
from livebook_ls.lsp.documents import Document
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.source import Unit
from livebook_ls.sync.findings import Finding, Severity

IMPORT_WARNING = "import-warning"


def structure_diagnostics(document: Document, unit: Unit) -> list[types.Diagnostic]:
    """What is to be said about the document as it is now."""
    return [
        to_diagnostic(finding, to_range(document.source, finding.span, unit))
        for finding in _findings(document.notebook)
        if finding.span is not None
    ]


def _findings(notebook: Notebook) -> Iterator[Finding]:
    for failure in notebook.failures:
        yield Finding(
            code=failure.code,
            severity=Severity.ERROR,
            sentence=failure.message,
            span=failure.span,
        )
    for warning in notebook.warnings:
        yield Finding(
            code=IMPORT_WARNING,
            severity=Severity.WARNING,
            sentence=warning.message,
            span=warning.span,
        )
