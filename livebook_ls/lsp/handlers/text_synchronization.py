"""Documents as they open, change, are saved and close; state changes here, in message order."""

from __future__ import annotations

from functools import partial
from typing import Any

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer

# Until then a save is on its way, which all that is shown of the text would hold up.
_AFTER_SAVE_S = 0.02
# So many characters are read within a millisecond.
_SHORT = 20_000


def did_open(ls: NotebookServer, params: types.DidOpenTextDocumentParams) -> None:
    document = ls.documents.get(params.text_document.uri)
    if document is not None:
        ls.structure.look_now(document)
        ls.code.look_soon(document)
        ls.links.look_soon(document)
        if document.path is not None:
            link = ls.notebooks.did_open(document.path, document.text)
            link.buffer.draft_of = document.draft_of
            ls.show_session(document, link)
            ls.file_changes.buffer_changed(document)
        ls.notebooks.notice_activity()


def did_change(ls: NotebookServer, params: types.DidChangeTextDocumentParams) -> None:
    if document := ls.documents.get(params.text_document.uri):
        clock.later(0.0, partial(_look_ahead, ls, document))
        ls.structure.look_soon(document)
        ls.code.look_soon(document)
        ls.links.look_soon(document)
        ls.board.look_soon(document)
        ls.file_changes.buffer_changed(document)
        ls.notebooks.notice_activity()


def did_save(ls: NotebookServer, params: types.DidSaveTextDocumentParams) -> None:
    document = ls.documents.save(params)
    if document is not None:
        # The save goes first: what is shown of the text can wait until it is on its way.
        if document.path is not None:
            ls.file_changes.forget(document.uri)
            ls.notebooks.did_save(document.path, document.saved_text)
            ls.workspace_notebooks.index.note(document.path)
        ls.structure.look_soon(document, _AFTER_SAVE_S)
        clock.later(_AFTER_SAVE_S, partial(_look_after_save, ls, document))


def did_close(ls: NotebookServer, params: types.DidCloseTextDocumentParams) -> None:
    document = ls.documents.close(params.text_document.uri)
    if document is None:
        return
    ls.structure.forget(document.uri)
    ls.code.forget(document.uri)
    ls.links.forget(document.uri)
    ls.board.forget(document.uri)
    if document.path is not None:
        ls.joining.forget(document.path)
    ls.file_changes.close(document.uri)
    ls.diagnostics.clear(document.uri)
    ls.status.forget(document.uri)
    if document.path is not None and ls.documents.at_path(document.path) is None:
        ls.notebooks.did_close(document.path)


def _look_after_save(ls: NotebookServer, document: Document) -> None:
    ls.board.look_soon(document)
    # The others may link to what it has now, or has no longer.
    ls.links.look_at_all_soon()


def _look_ahead(ls: NotebookServer, document: Document) -> None:
    """Read a short text before it is looked at, and judge it: a save may come right behind, which
    needs that, as where an editor has just taken over the form in which it is to save.
    """
    if len(document.text) > _SHORT:
        return
    document.reading.draft.read()
    if document.path is not None and (link := ls.notebooks.links.get(document.path)):
        link.buffer.expect(document.text, link.held)


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_DID_OPEN: (did_open, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (did_change, None),
    types.TEXT_DOCUMENT_DID_SAVE: (did_save, types.SaveOptions(include_text=True)),
    types.TEXT_DOCUMENT_DID_CLOSE: (did_close, None),
}
