"""Attributes in Livebook's comments that it does not know where they stand, and so drops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.hazard import Hazard, QuickFix, Severity, lines_removal, replacement
from livebook_ls.notebook.importing.metadata import NOTEBOOK_DEFAULTS
from livebook_ls.notebook.model import CellType

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.importing.cells import CellRecipe
    from livebook_ls.notebook.importing.sections import SectionRecipe
    from livebook_ls.notebook.model import Metadata, Notebook
    from livebook_ls.notebook.source import Source

_OF_NOTEBOOK = frozenset((*NOTEBOOK_DEFAULTS, "app_settings", "file_entries"))
_OF_SECTION = frozenset(("branch_parent_index",))
# What Livebook itself wrote for years, and what no longer means anything.
_FORMER = frozenset(("disable_formatting",))
_OF_CELL = {
    CellType.CODE: frozenset(("reevaluate_automatically", "continue_on_error", "output_size")),
    CellType.SMART: frozenset(("livebook_object", "kind", "attrs", "chunks", "output_size")),
    CellType.MARKDOWN: frozenset[str](),
}


def unknown_notebook_attributes(source: Source, notebook: Notebook) -> Iterator[Hazard]:
    """A hazard if Livebook would drop a part of the notebook's own comment."""
    yield from _unknown(source, notebook.metadata_comment, _OF_NOTEBOOK)


def unknown_attributes(
    source: Source, cells: Iterable[CellRecipe], sections: Iterable[SectionRecipe]
) -> Iterator[Hazard]:
    """A hazard for each comment of a cell or section of which Livebook would drop a part."""
    for cell in cells:
        if cell.comment is not None:
            yield from _unknown(source, cell.comment, _OF_CELL[cell.type])
    for section in sections:
        if section.comment is not None:
            yield from _unknown(source, section.comment, _OF_SECTION)


def _unknown(source: Source, comment: Metadata | None, known: frozenset[str]) -> Iterator[Hazard]:
    if comment is None or not isinstance(comment.value, dict) or comment.value.keys() <= known:
        return
    found = [key for key in comment.value if key not in known]
    unknown = [key for key in found if key not in _FORMER]
    if unknown:
        names = ", ".join(f'"{key}"' for key in unknown)
        message = f"Livebook does not know {names} here and would drop it."
        fix = _fix(source, comment, known)
        yield Hazard("unknown-attribute", Severity.DROP, comment.json_span, message, fix)
    elif found:
        names = ", ".join(f'"{key}"' for key in found)
        message = f"Livebook has no {names} any more and would leave it out; nothing is lost by it."
        fix = _fix(source, comment, known)
        yield Hazard("former-attribute", Severity.REFORMAT, comment.json_span, message, fix)


def _fix(source: Source, comment: Metadata, known: frozenset[str]) -> QuickFix | None:
    if not isinstance(comment.value, dict):
        return None
    kept = {key: value for key, value in comment.value.items() if key in known}
    if kept:
        return replacement("Remove what Livebook drops", comment.json_span, to_json(kept))
    return lines_removal("Remove the comment", source, comment.span)
