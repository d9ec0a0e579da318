"""Handlers about names that change: of sections, titles and files, with the links to them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from lsprotocol import types

from livebook_ls.livebook import paths
from livebook_ls.lsp.convert import from_position, to_range, to_text_edits
from livebook_ls.lsp.links.following import leads_to
from livebook_ls.lsp.links.workspace_notebooks import PlacedNotebook
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.linked_notebook import linked_notebook
from livebook_ls.notebook.links.mending import fragment_edits, path_edits, renamed_fragments

_NO_NAME = "A section needs a name, on one line."
_NO_HEADING = "Put the cursor on the name of a section or on the title to rename it."


def prepare_rename(
    ls: NotebookServer, params: types.PrepareRenameParams
) -> types.PrepareRenamePlaceholder | None:
    """The heading at the cursor, which can be renamed; nothing else can."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = from_position(document.source, params.position, ls.unit)
    target = document.reading.linked.target_at(offset)
    if target is None:
        return None
    return types.PrepareRenamePlaceholder(
        range=to_range(document.source, target.span, ls.unit), placeholder=target.name
    )


async def rename(ls: NotebookServer, params: types.RenameParams) -> types.WorkspaceEdit | None:
    """Another name for a section or the title, and for the links to it in all notebooks."""
    document = ls.documents.get(params.text_document.uri)
    if document is None:
        return None
    offset = from_position(document.source, params.position, ls.unit)
    own = document.reading.linked
    target = own.target_at(offset)
    if target is None:
        _refuse(ls, _NO_HEADING)
        return None
    name = params.new_name.strip()
    changed = document.source.replaced(target.span.start, target.span.end, name)
    fragments = renamed_fragments(own.targets, linked_notebook(changed.text).targets)
    if not name or len(changed.lines) != len(document.source.lines) or fragments is None:
        _refuse(ls, _NO_NAME)
        return None
    edits = {document.uri: [Replacement(target.span, name)]}
    path = document.asked_path
    here = PlacedNotebook(path, document.uri, own)
    others = await ls.workspace_notebooks.linking_to(lambda it: it == path) if fragments else []
    for it in (here, *(it for it in others if it.path != path)):
        leads = leads_to(it, path)
        edits.setdefault(it.uri, []).extend(fragment_edits(it.notebook.links, leads, fragments))
    sources = {it.uri: it for it in (here, *others)}
    return types.WorkspaceEdit(
        changes={
            uri: to_text_edits(sources[uri].notebook.source, _in_order(its), ls.unit)
            for uri, its in edits.items()
            if its
        }
    )


async def will_rename_files(
    ls: NotebookServer, params: types.RenameFilesParams
) -> types.WorkspaceEdit | None:
    """Links that follow files and folders to their new places."""
    moves = [
        (paths.expanded(old), paths.expanded(new))
        for it in params.files
        if (old := paths.from_uri(it.old_uri)) and (new := paths.from_uri(it.new_uri))
    ]
    moved = _moved_by(moves)
    found = {
        it.path: it
        for it in await ls.workspace_notebooks.linking_to(lambda path: moved(path) != path)
    }
    for path in await asyncio.to_thread(ls.workspace_notebooks.index.all_notebooks):
        if moved(path) != path and path not in found:
            read = await ls.workspace_notebooks.read(path)
            found |= {path: read} if read else {}
    changes = {
        it.uri: to_text_edits(it.notebook.source, edits, ls.unit)
        for it in found.values()
        if (edits := list(path_edits(it.notebook.links, it.path, moved(it.path), moved)))
    }
    return types.WorkspaceEdit(changes=changes) if changes else None


def _moved_by(moves: list[tuple[str, str]]) -> Callable[[str], str]:
    def moved(path: str) -> str:
        for old, new in moves:
            if path == old or path.startswith(f"{old}/"):
                return new + path[len(old) :]
        return path

    return moved


def _in_order(edits: list[Replacement]) -> list[Replacement]:
    return sorted(edits, key=lambda it: it.span)


def _refuse(ls: NotebookServer, sentence: str) -> None:
    ls.messages.tell(types.MessageType.Warning, sentence)


_FILES = types.FileOperationFilter(scheme="file", pattern=types.FileOperationPattern(glob="**/*"))

HANDLERS: dict[str, tuple[Any, Any]] = {
    types.TEXT_DOCUMENT_PREPARE_RENAME: (prepare_rename, None),
    types.TEXT_DOCUMENT_RENAME: (rename, types.RenameOptions(prepare_provider=True)),
    types.WORKSPACE_WILL_RENAME_FILES: (
        will_rename_files,
        types.FileOperationRegistrationOptions(filters=[_FILES]),
    ),
}
