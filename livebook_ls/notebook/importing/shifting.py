"""The same values further down: what was read of a fragment, placed in the whole text."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import Hazard, QuickFix
from livebook_ls.notebook.model import Failure, ImportWarning

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Cell


def shifted_cell(cell: Cell, by: int) -> Cell:
    """The cell, `by` characters further down."""
    if not by:
        return cell
    comment, language = cell.metadata_comment, cell.language_span
    return replace(
        cell,
        span=cell.span.moved(by),
        body_span=cell.body_span.moved(by),
        source_span=cell.source_span.moved(by),
        language_span=None if language is None else language.moved(by),
        metadata_comment=None if comment is None else comment.moved(by),
        outputs=tuple(replace(it, span=it.span.moved(by)) for it in cell.outputs),
    )


def shifted_failure(failure: Failure, by: int) -> Failure:
    """The failure, `by` characters further down."""
    return Failure(failure.code, failure.message, failure.span.moved(by))


def shifted_warning(warning: ImportWarning, by: int) -> ImportWarning:
    """The warning, `by` characters further down."""
    return ImportWarning(warning.message, warning.span.moved(by))


def shifted_hazard(hazard: Hazard, by: int) -> Hazard:
    """The hazard with its fix, `by` characters further down."""
    if not by:
        return hazard
    fix = hazard.fix
    if fix is not None:
        changes = tuple(Replacement(it.span.moved(by), it.text) for it in fix.replacements)
        fix = QuickFix(fix.title, changes)
    # They can be thousands: this takes a third of what `replace` does.
    return Hazard(hazard.code, hazard.severity, hazard.span.moved(by), hazard.message, fix)
