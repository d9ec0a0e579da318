"""Handlers around a save: the quiet form before it, and the same as formatting."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.intelligence.cell_forms import with_forms
from livebook_ls.intelligence.code_cells import code_cells
from livebook_ls.lsp.convert import from_position, to_text_edits
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.edits import replacements
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source

_LATE_CHANGES_S = 0.05
_FORM_S = 5.0
# Emacs waits half a second for all that is done before a save.
_FORM_AT_SAVE_S = 0.2
Edits = list[types.TextEdit] | None


async def will_save_wait_until(
    ls: NotebookServer, params: types.WillSaveTextDocumentParams
) -> Edits:
    """Bring the buffer into Livebook's form while it is saved; in any doubt, nothing."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or document.path is None:
        return None
    is_by_timer = params.reason is types.TextDocumentSaveReason.AfterDelay
    ls.notebooks.will_save(document.path, is_by_timer=is_by_timer)
    # It comes while somebody types: moving text under the cursor would disturb.
    if is_by_timer:
        return None
    return await _quiet_edits(ls, document, document.path)


async def range_formatting(
    ls: NotebookServer, params: types.DocumentRangeFormattingParams
) -> Edits:
    """The code of the cells that a range touches, in its languages' forms."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    source = document.source
    start = from_position(source, params.range.start, ls.unit)
    end = from_position(source, params.range.end, ls.unit)
    text = await _with_formed_cells(ls, document, _FORM_S, Span(start, end))
    return _edits(ls, document, source, text)


async def formatting(ls: NotebookServer, params: types.DocumentFormattingParams) -> Edits:
    """The same when asked for.

    Where the client doesn't wait before saves, formatting on save is the editor's own setting, so
    that ours is obeyed there.
    """
    uri = params.text_document.uri
    if not ls.profile.keeps_message_order:
        # What was typed last may come after the question; edits to an older text would garble it.
        await clock.sleep(_LATE_CHANGES_S)
    document = ls.documents.get(uri)
    if document is None:
        return None
    if not ls.profile.waits_before_saves and document.path is not None:
        ls.notebooks.will_save(document.path)
        return await _quiet_edits(ls, document, document.path)
    source = document.source
    text = await _with_formed_cells(ls, document, _FORM_S)
    form = await ls.notebooks.canonical(document.path, text)
    # Where Livebook makes no form, that of the cells is worth having all the same.
    return _edits(ls, document, source, form.text or text)


async def _quiet_edits(ls: NotebookServer, document: Document, path: str) -> Edits:
    source = document.source
    text = source.text
    until_s = clock.monotonic_s() + ls.profile.save_patience_s
    if ls.notebooks.settings.format_cells_on_save:
        text = await _with_formed_cells(ls, document, _FORM_AT_SAVE_S)
    form = await ls.notebooks.quiet_form(path, text, until_s - clock.monotonic_s())
    return _edits(ls, document, source, form or text)


async def _with_formed_cells(
    ls: NotebookServer, document: Document, within_s: float, span: Span | None = None
) -> str:
    """The document's text with the code of its cells, or of those in `span`, in its form.

    The text as it is where nobody can tell the form, or another notebook would come of it.
    """
    source, notebook = document.source, document.notebook
    cells = [
        it
        for it in code_cells(notebook, source)
        if it.is_written
        and (span is None or (it.span.start <= span.end and span.start <= it.span.end))
    ]
    forms = await ls.intelligence.format(document.asked_path, cells, within_s)
    return with_forms(notebook, source.text, forms) or source.text


def _edits(ls: NotebookServer, document: Document, source: Source, form: str | None) -> Edits:
    """Edits from `source` to `form`; none where the buffer has moved on meanwhile, or is just
    changed by another edit of ours.
    """
    if form is None or document.source is not source or document.is_edited_unheard:
        return None
    return to_text_edits(source, replacements(source.text, form), ls.unit)


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_WILL_SAVE_WAIT_UNTIL: (will_save_wait_until, None),
    types.TEXT_DOCUMENT_FORMATTING: (formatting, None),
    types.TEXT_DOCUMENT_RANGE_FORMATTING: (range_formatting, None),
}
