"""Domain values to LSP's and back, in the position encoding agreed on with the client."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from lsprotocol import types

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Encoding, Source
from livebook_ls.sync.findings import Finding, Severity

_SEVERITIES = {
    Severity.ERROR: types.DiagnosticSeverity.Error,
    Severity.WARNING: types.DiagnosticSeverity.Warning,
    Severity.INFORMATION: types.DiagnosticSeverity.Information,
    Severity.HINT: types.DiagnosticSeverity.Hint,
}
_ENCODINGS = {
    types.PositionEncodingKind.Utf8: Encoding.UTF8,
    types.PositionEncodingKind.Utf16: Encoding.UTF16,
    types.PositionEncodingKind.Utf32: Encoding.UTF32,
}
# The README goes into the wheel, so that its entries can be read offline and fit the version.
_INSTALLED_README = Path(__file__).parents[1] / "help" / "README.md"
_README = (
    _INSTALLED_README if _INSTALLED_README.exists() else Path(__file__).parents[2] / "README.md"
)


def to_encoding(kind: str | None) -> Encoding:
    """The encoding that was negotiated; UTF-16 where nothing was said."""
    return _ENCODINGS[types.PositionEncodingKind(kind or "utf-16")]


def to_position(source: Source, offset: int, encoding: Encoding) -> types.Position:
    """Where character `offset` is for the client."""
    line, column = source.position(offset, encoding)
    return types.Position(line=line, character=column)


def to_range(source: Source, span: Span, encoding: Encoding) -> types.Range:
    """Where `span` is for the client."""
    return types.Range(
        start=to_position(source, span.start, encoding),
        end=to_position(source, span.end, encoding),
    )


def from_position(source: Source, position: types.Position, encoding: Encoding) -> int:
    """The character at the client's position, clamped to the text."""
    return source.offset(position.line, position.character, encoding)


def apply_change(
    source: Source, change: types.TextDocumentContentChangeEvent, encoding: Encoding
) -> Source:
    """`source` after a change: of a range, or of the whole text."""
    if isinstance(change, types.TextDocumentContentChangePartial):
        start = from_position(source, change.range.start, encoding)
        end = from_position(source, change.range.end, encoding)
        return source.replaced(Span(start, end), change.text)
    return Source(change.text)


def to_text_edits(
    source: Source, changes: Iterable[Replacement], encoding: Encoding
) -> list[types.TextEdit]:
    """Replacements in `source` as text edits."""
    return [
        types.TextEdit(range=to_range(source, change.span, encoding), new_text=change.text)
        for change in changes
    ]


def to_workspace_edit(
    uri: str, source: Source, changes: Iterable[Replacement], encoding: Encoding
) -> types.WorkspaceEdit:
    """Replacements in one document, in the form that every client takes."""
    return types.WorkspaceEdit(changes={uri: to_text_edits(source, changes, encoding)})


def to_diagnostic(finding: Finding, range_: types.Range) -> types.Diagnostic:
    """A finding as a diagnostic, with a link to its entry in the README."""
    return types.Diagnostic(
        range=range_,
        message=finding.sentence,
        severity=_SEVERITIES[finding.severity],
        source="livebook",
        code=finding.code,
        code_description=types.CodeDescription(href=f"{_README.as_uri()}#{finding.code}"),
    )
