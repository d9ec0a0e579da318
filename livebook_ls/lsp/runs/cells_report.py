"""The notification `livebook/cells`, for clients that want to show more than LSP has words for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from livebook_ls.lsp.convert import to_range
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.notebook.source import Unit

METHOD = "livebook/cells"
Report = dict[str, Any]


def cells_report(document: Document, cells: Sequence[ShownCell], unit: Unit) -> Report:
    """All cells with code of a document, from top to bottom, and how each stands."""
    return {
        "uri": document.uri,
        "version": document.version,
        "cells": [_cell(document, it, unit) for it in cells],
    }


def _cell(document: Document, cell: ShownCell, unit: Unit) -> Report:
    place = to_range(document.source, cell.view.cell.body_span, unit)
    return {
        "number": cell.number,
        "range": {
            "start": {"line": place.start.line, "character": place.start.character},
            "end": {"line": place.end.line, "character": place.end.character},
        },
        "cell": {
            "digest": cell.handle.digest,
            "place": cell.handle.place,
            "of": cell.handle.of,
        },
        "state": cell.view.state.value,
        "words": cell.words,
        "result": cell.result,
        "isCurrent": cell.view.is_current,
        "tookMs": cell.view.took_ms,
    }
