"""Handlers that only read: what an editor shows of a notebook; nothing here changes state."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lsprotocol import types

from livebook_ls.intelligence.code_cells import place_at
from livebook_ls.lsp.convert import from_position, to_range
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features import actions, open_section
from livebook_ls.lsp.features.cell_results import result_hints
from livebook_ls.lsp.features.fixes import hazard_fixes, marked_conflicts
from livebook_ls.lsp.features.folding import folding_ranges
from livebook_ls.lsp.features.run_buttons import run_actions, run_lenses, runtime_action
from livebook_ls.lsp.features.selection import selection_range
from livebook_ls.lsp.features.symbols import flat_symbols, symbol_tree
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.model import Span


def show_symbols(
    ls: NotebookServer, params: types.DocumentSymbolParams
) -> list[dict[str, Any]] | None:
    """The notebook's outline."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    entries = document.reading.outline
    if ls.profile.has_hierarchical_symbols:
        return symbol_tree(entries, document.source, ls.unit)
    return flat_symbols(entries, document.uri, document.source, ls.unit)


def show_folds(
    ls: NotebookServer, params: types.FoldingRangeParams
) -> list[types.FoldingRange] | None:
    """What can be folded."""
    document = ls.documents.get(params.text_document.uri)
    return folding_ranges(document.notebook, document.source) if document else None


def show_selections(
    ls: NotebookServer, params: types.SelectionRangeParams
) -> list[types.SelectionRange] | None:
    """What each cursor's selection grows to."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    reading, unit = document.reading, ls.unit
    return [
        selection_range(reading, from_position(reading.source, position, unit), unit)
        for position in params.positions
    ]


def show_hints(ls: NotebookServer, params: types.InlayHintParams) -> list[types.InlayHint] | None:
    """What each cell gave, behind its fence; other clients have it as findings."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or not ls.profile.refreshes_hints:
        return None
    source, unit = document.source, ls.unit
    asked = Span(
        *(from_position(source, it, unit) for it in (params.range.start, params.range.end))
    )
    return list(result_hints(ls.board.cells(document), source, asked, unit))


def code_action(
    ls: NotebookServer, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    """What can be done about what is told at a place."""
    document = ls.documents.touch(params.text_document.uri)
    if document is None:
        return None
    link = ls.notebooks.links.get(document.path) if document.path else None
    offset = from_position(document.source, params.range.start, ls.unit)
    cells = ls.board.cells(document) if _offers_runs(ls, document) else ()
    mends = actions.mend_actions(document.uri, link.findings if link else (), params.context)
    edits = list(_edits(ls, document, params))
    has_menu = ls.profile.shows_refactorings
    return [
        *hazard_fixes.fixes(document, params.range, params.context, ls.unit),
        *marked_conflicts.marker_actions(document, params.range, params.context, ls.unit),
        *hazard_fixes.link_fixes(
            document, ls.links.found(document), params.range, params.context, ls.unit
        ),
        *mends,
        *run_actions(document.uri, cells, offset, params.context),
        *_runtime_offer(ls, document, offset, params.context),
        *(edits if has_menu else ()),
        *actions.notebook_actions(
            document.uri,
            params.context,
            {it.title for it in mends},
            holds_nothing=link is not None and link.consent.for_notebook,
        ),
        *_at_section(ls, document, params),
        *(() if has_menu else edits),
    ]


def _runtime_offer(
    ls: NotebookServer, document: Document, offset: int, context: types.CodeActionContext
) -> Iterator[types.CodeAction]:
    """In code whose session has no runtime to ask."""
    path = document.asked_path
    is_missing = _offers_runs(ls, document) and ls.session_finder.runtime(path).is_missing
    if is_missing and place_at(document.notebook, document.source, path, offset) is not None:
        yield from runtime_action(document.uri, context)


def _edits(
    ls: NotebookServer, document: Document, params: types.CodeActionParams
) -> Iterator[types.CodeAction]:
    # Loaded when an editor first asks what can be done.
    from livebook_ls.lsp.features.cell_editing.offers import edit_actions

    start = params.range.start
    return edit_actions(
        document,
        from_position(document.source, start, ls.unit),
        start,
        params.context,
        shows_refactorings=ls.profile.shows_refactorings,
    )


def _at_section(
    ls: NotebookServer, document: Document, params: types.CodeActionParams
) -> list[types.CodeAction]:
    if not actions.is_asked_for_all(params.context) or document.path is None:
        return []
    start = params.range.start
    offset = from_position(document.source, start, ls.unit)
    return open_section.section_actions(document.notebook, offset, document.uri, start)


def code_lens(ls: NotebookServer, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    """What can be done with the notebook, over its title, and with each cell, over its code."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or not ls.notebooks.settings.code_lens:
        return None
    title = to_range(document.source, document.title_span, ls.unit)
    cells = ls.board.cells(document) if _offers_runs(ls, document) else ()
    return [
        *actions.code_lenses(document.uri, title),
        *(run_lenses(document.uri, cells, document.source, title) if cells else ()),
    ]


def _offers_runs(ls: NotebookServer, document: Document) -> bool:
    return ls.notebooks.settings.run_cells and ls.runner.refusal(document.asked_path) is None


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_DOCUMENT_SYMBOL: (show_symbols, None),
    types.TEXT_DOCUMENT_FOLDING_RANGE: (show_folds, None),
    types.TEXT_DOCUMENT_SELECTION_RANGE: (show_selections, None),
    types.TEXT_DOCUMENT_INLAY_HINT: (show_hints, types.InlayHintOptions()),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        code_action,
        types.CodeActionOptions(
            code_action_kinds=[
                types.CodeActionKind.QuickFix,
                types.CodeActionKind.RefactorMove,
                types.CodeActionKind.RefactorRewrite,
            ]
        ),
    ),
    types.TEXT_DOCUMENT_CODE_LENS: (code_lens, types.CodeLensOptions()),
}
