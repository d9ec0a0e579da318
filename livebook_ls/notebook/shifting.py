"""The same values further down: what was read of a fragment, placed in the whole text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import QuickFix
from livebook_ls.notebook.model import Failure, ImportWarning, Span

if TYPE_CHECKING:
    from livebook_ls.notebook.hazard import Hazard
    from livebook_ls.notebook.model import Cell, Metadata


def shifted_span(span: Span, by: int) -> Span:
    """The span, `by` characters further down."""
    return Span(span.start + by, span.end + by)


def shifted_metadata(metadata: Metadata, by: int) -> Metadata:
    """The comment, `by` characters further down."""
    return replace(
        metadata,
        span=shifted_span(metadata.span, by),
        json_span=shifted_span(metadata.json_span, by),
    )


def shifted_cell(cell: Cell, by: int) -> Cell:
    """The cell, `by` characters further down."""
    if not by:
        return cell
    comment, language = cell.metadata_comment, cell.language_span
    return replace(
        cell,
        span=shifted_span(cell.span, by),
        body_span=shifted_span(cell.body_span, by),
        source_span=shifted_span(cell.source_span, by),
        language_span=None if language is None else shifted_span(language, by),
        metadata_comment=None if comment is None else shifted_metadata(comment, by),
        outputs=tuple(replace(it, span=shifted_span(it.span, by)) for it in cell.outputs),
    )


def shifted_failure(failure: Failure, by: int) -> Failure:
    """The failure, `by` characters further down."""
    return Failure(failure.code, failure.message, shifted_span(failure.span, by))


def shifted_warning(warning: ImportWarning, by: int) -> ImportWarning:
    """The warning, `by` characters further down."""
    return ImportWarning(warning.message, shifted_span(warning.span, by))


def shifted_hazard(hazard: Hazard, by: int) -> Hazard:
    """The hazard with its fix, `by` characters further down."""
    if not by:
        return hazard
    fix = hazard.fix
    if fix is not None:
        changes = tuple(Replacement(shifted_span(it.span, by), it.text) for it in fix.replacements)
        fix = QuickFix(fix.title, changes)
    return replace(hazard, span=shifted_span(hazard.span, by), fix=fix)
