"""Handlers around a save: the quiet form before it, and the same as formatting."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.lsp.convert import to_text_edits
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.edits import replacements
from livebook_ls.notebook.source import Source

_LATE_CHANGES_S = 0.05
Edits = list[types.TextEdit] | None


async def will_save_wait_until(
    ls: NotebookServer, params: types.WillSaveTextDocumentParams
) -> Edits:
    """Bring the buffer into Livebook's form while it is saved; in any doubt, nothing."""
    document = ls.documents.get(params.text_document.uri)
    if document is None or document.path is None:
        return None
    ls.notebooks.will_save(document.path)
    # A save by a timer comes while somebody types: moving text under the cursor would disturb.
    if params.reason is types.TextDocumentSaveReason.AfterDelay:
        return None
    return await _quiet_edits(ls, document, document.path)


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
    form = await ls.notebooks.canonical(document.path, source.text)
    return _edits(ls, document, source, form.text)


async def _quiet_edits(ls: NotebookServer, document: Document, path: str) -> Edits:
    source = document.source
    form = await ls.notebooks.quiet_form(path, source.text)
    return _edits(ls, document, source, form)


def _edits(ls: NotebookServer, document: Document, source: Source, form: str | None) -> Edits:
    """Edits from `source` to `form`; none where the buffer has moved on meanwhile."""
    if form is None or document.source is not source:
        return None
    return to_text_edits(source, replacements(source.text, form), ls.unit)


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_WILL_SAVE_WAIT_UNTIL: (will_save_wait_until, None),
    types.TEXT_DOCUMENT_FORMATTING: (formatting, None),
}
