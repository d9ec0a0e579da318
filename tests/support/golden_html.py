"""Texts rich in HTML, with what a real Livebook made of each by either of its Markdown parsers."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING, Any

from livebook_ls.notebook.exporting.canonical import canonical_document
from livebook_ls.notebook.exporting.prose import cell_sources
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.importing.metadata import OPENING_FAILURES
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from livebook_ls.notebook.model import Cell, CellType
from livebook_ls.notebook.source import Source
from tests.support.golden import GOLDEN, is_unsavable

if TYPE_CHECKING:
    from collections.abc import Iterator


def html_lines() -> Iterator[tuple[str, ParserVersion, Any]]:
    """Each text with a parser and what a Livebook with that one made of it."""
    data = gzip.decompress((GOLDEN / "golden-html.jsonl.gz").read_bytes())
    for line in data.splitlines():
        row = json.loads(line)
        yield row["text"], ParserVersion.V1_4_44, row["v44"]
        yield row["text"], ParserVersion.V1_4_46, row.get("v46", row["v44"])


def html_difference(text: str, parser: ParserVersion, wanted: Any) -> str | None:
    """What we read or write differently; None where all is the same."""
    document = read_document(Source(text), parser)
    notebook = build_notebook(document)
    raises = bool({it.code for it in notebook.failures} - OPENING_FAILURES)
    if raises or "error" in wanted:
        return None if raises == ("error" in wanted) else f"raises: {raises}"
    if "error_export" in wanted:
        return None if is_unsavable(document, notebook) else "is told as safe"
    written = canonical_document(document)
    if written is None:
        return "is not written"
    sources = iter(cell_sources(document))
    sections = [
        {
            "name": section.name,
            "parent_index": section.parent_index,
            "cells": [_cell(cell, sources) for cell in section.cells],
        }
        for section in notebook.sections
    ]
    found = {
        "name": notebook.name,
        "setup": [_cell(cell, sources) for cell in notebook.setup],
        "sections": sections,
        "warnings": [warning.message for warning in notebook.warnings],
        "canonical": written,
    }
    for key, value in found.items():
        expected = [_known(it) for it in wanted[key]] if key == "setup" else wanted[key]
        if value != expected:
            return f"{key}: {value!r} instead of {expected!r}"
    return None


def _cell(cell: Cell, sources: Iterator[str]) -> dict[str, str | None]:
    if cell.type is CellType.MARKDOWN:
        return {"type": "markdown", "source": next(sources)}
    if cell.type is CellType.SMART:
        return {"type": "smart", "source": cell.source}
    return {"type": cell.type.value, "language": cell.language, "source": cell.source}


def _known(cell: Any) -> Any:
    return {"type": "code", **cell}
