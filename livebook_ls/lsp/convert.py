"""Domain values to LSP's and back, in the position unit agreed on with the client."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

_SEVERITIES = {
    FindingSeverity.ERROR: types.DiagnosticSeverity.Error,
    FindingSeverity.WARNING: types.DiagnosticSeverity.Warning,
    FindingSeverity.INFORMATION: types.DiagnosticSeverity.Information,
    FindingSeverity.HINT: types.DiagnosticSeverity.Hint,
}
# The pages go into the wheel, so that their entries can be read offline and fit the version.
_INSTALLED = Path(__file__).parents[1] / "help"
_PAGES = _INSTALLED if _INSTALLED.exists() else Path(__file__).parents[2] / "docs"
_MESSAGES = (_PAGES / "messages.md").as_uri()


def to_position(source: Source, offset: int, unit: Unit) -> types.Position:
    """Where character `offset` is for the client."""
    line, column = source.position(offset, unit)
    return types.Position(line=line, character=column)


def to_range(source: Source, span: Span, unit: Unit) -> types.Range:
    """Where `span` is for the client."""
    return types.Range(
        start=to_position(source, span.start, unit),
        end=to_position(source, span.end, unit),
    )


def from_position(source: Source, position: types.Position, unit: Unit) -> int:
    """The character at the client's position, clamped to the text."""
    return source.offset(position.line, position.character, unit)


def apply_change(
    source: Source, change: types.TextDocumentContentChangeEvent, unit: Unit
) -> Source:
    """`source` after a change: of a range, or of the whole text."""
    if isinstance(change, types.TextDocumentContentChangePartial):
        start = from_position(source, change.range.start, unit)
        end = from_position(source, change.range.end, unit)
        return source.replaced(start, end, change.text)
    return Source(change.text)


def to_text_edits(
    source: Source, changes: Iterable[Replacement], unit: Unit
) -> list[types.TextEdit]:
    """Replacements in `source` as text edits."""
    return [
        types.TextEdit(range=to_range(source, change.span, unit), new_text=change.text)
        for change in changes
    ]


def to_workspace_edit(
    uri: str, source: Source, changes: Iterable[Replacement], unit: Unit
) -> types.WorkspaceEdit:
    """Replacements in one document, in the form that every client takes."""
    return types.WorkspaceEdit(changes={uri: to_text_edits(source, changes, unit)})


def to_versioned_edit(
    uri: str, version: int, source: Source, changes: Iterable[Replacement], unit: Unit
) -> types.WorkspaceEdit:
    """The same for one version of the document: a client that has another one by now takes none."""
    document = types.OptionalVersionedTextDocumentIdentifier(uri=uri, version=version)
    edits = to_text_edits(source, changes, unit)
    return types.WorkspaceEdit(
        document_changes=[types.TextDocumentEdit(text_document=document, edits=list(edits))]
    )


def to_diagnostic(finding: Finding, range_: types.Range) -> types.Diagnostic:
    """A finding as a diagnostic, with a link to its entry in docs/messages.md."""
    return types.Diagnostic(
        range=range_,
        message=finding.sentence,
        severity=_SEVERITIES[finding.severity],
        source="livebook",
        code=finding.code,
        code_description=types.CodeDescription(href=f"{_MESSAGES}#{finding.code}"),
    )
