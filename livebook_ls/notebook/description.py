"""A notebook as plain data, for people and programs that want to see what Livebook would see."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.hazard import Severity
from livebook_ls.notebook.model import CellType

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livebook_ls.notebook.hazard import Hazard
    from livebook_ls.notebook.model import Cell, JsonValue, Notebook, Section
    from livebook_ls.notebook.source import Source

Description: TypeAlias = "dict[str, JsonValue]"


def describe(notebook: Notebook, source: Source, hazards: Iterable[Hazard] = ()) -> Description:
    """What Livebook would make of the notebook; lines count from 1."""
    found = list(hazards)
    warnings: list[JsonValue] = [warning.message for warning in notebook.warnings]
    sections: list[JsonValue] = [_section(section, source) for section in notebook.sections]
    comments: list[JsonValue] = [list(comment) for comment in notebook.leading_comments]
    setup: list[JsonValue] = [
        {"language": cell.language, "source": cell.source} for cell in notebook.setup
    ]
    return {
        "name": notebook.name,
        "leading_comments": comments,
        "attrs": notebook.attrs,
        "setup": setup or [{"language": "elixir", "source": ""}],
        "sections": sections,
        "warnings": warnings,
        "has_stamp": notebook.stamp is not None,
        "raises": bool(notebook.failures),
        "unsavable": any(hazard.severity is Severity.UNSAVABLE for hazard in found),
        "hazards": [_hazard(hazard, source) for hazard in found],
    }


def _hazard(hazard: Hazard, source: Source) -> JsonValue:
    return {
        "code": hazard.code,
        "severity": hazard.severity.value,
        "line": source.line_at(hazard.span.start) + 1,
        "message": hazard.message,
    }


def _section(section: Section, source: Source) -> Description:
    cells: list[JsonValue] = [_cell(cell, source) for cell in section.cells]
    return {"name": section.name, "parent_index": section.parent_index, "cells": cells}


def _cell(cell: Cell, source: Source) -> Description:
    first, last = source.line_at(cell.span.start), source.line_at(max(cell.span.end - 1, 0))
    described: Description = {"type": cell.type.value, "lines": [first + 1, last + 1]}
    if cell.type is CellType.MARKDOWN:
        return described
    described |= {
        "language": cell.language,
        "source": cell.source,
        "metadata": cell.metadata,
        "outputs": sum(output.is_kept for output in cell.outputs),
    }
    if cell.type is CellType.SMART:
        described |= {"kind": cell.kind, "attrs": cell.attrs, "chunks": cell.chunks}
    return described
