"""Handlers about the workspace: its files and folders, its settings, names in all of it."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import notebook_path
from livebook_ls.lsp.features.symbols import SYMBOL_KINDS
from livebook_ls.lsp.handlers import configuration
from livebook_ls.lsp.server import NotebookServer

_NOTEBOOKS = types.FileOperationFilter(
    scheme="file", pattern=types.FileOperationPattern(glob="**/*.livemd")
)


def did_change_watched_files(ls: NotebookServer, params: types.DidChangeWatchedFilesParams) -> None:
    ls.notebooks.notice_activity()
    for change in params.changes:
        if path := notebook_path(change.uri):
            ls.workspace_notebooks.index.note(path)
    ls.links.look_at_all_soon()


def did_change_workspace_folders(
    ls: NotebookServer, _: types.DidChangeWorkspaceFoldersParams
) -> None:
    ls.use_folders()


def did_rename_files(ls: NotebookServer, params: types.RenameFilesParams) -> None:
    for file in params.files:
        old, new = notebook_path(file.old_uri), notebook_path(file.new_uri)
        if old and new:
            ls.notebooks.did_rename(old, new)
        for path in filter(None, (old, new)):
            ls.workspace_notebooks.index.note(path)
    ls.links.look_at_all_soon()


def did_change_configuration(
    ls: NotebookServer, params: types.DidChangeConfigurationParams
) -> None:
    ls.in_background(configuration.change(ls, params.settings))


async def workspace_symbol(
    ls: NotebookServer, params: types.WorkspaceSymbolParams
) -> list[types.SymbolInformation]:
    """Sections, cells and modules of all notebooks."""
    found = await ls.workspace_notebooks.search(params.query)
    uris = {path: ls.workspace_notebooks.uri(path) for path in {it.path for it in found}}
    return [
        types.SymbolInformation(
            name=place.name,
            kind=types.SymbolKind(SYMBOL_KINDS[place.kind]),
            # A line's beginning is the same in all units.
            location=types.Location(uris[path], _line(place.line)),
            container_name=place.container or None,
        )
        for path, place in found
    ]


def _line(line: int) -> types.Range:
    start = types.Position(line=line, character=0)
    return types.Range(start, start)


HANDLERS: dict[str, tuple[Any, Any]] = {
    types.WORKSPACE_DID_RENAME_FILES: (
        did_rename_files,
        types.FileOperationRegistrationOptions(filters=[_NOTEBOOKS]),
    ),
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: (did_change_configuration, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (did_change_watched_files, None),
    types.WORKSPACE_DID_CHANGE_WORKSPACE_FOLDERS: (did_change_workspace_folders, None),
    types.WORKSPACE_SYMBOL: (workspace_symbol, None),
}
