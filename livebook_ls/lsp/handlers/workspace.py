"""What happens around the documents: files renamed or changed by others, settings changed."""

from __future__ import annotations

from typing import Any

from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import notebook_path
from livebook_ls.lsp.handlers import configuration
from livebook_ls.lsp.server import NotebookServer

_NOTEBOOKS = types.FileOperationFilter(
    scheme="file", pattern=types.FileOperationPattern(glob="**/*.livemd")
)


def did_change_watched_files(ls: NotebookServer, _: types.DidChangeWatchedFilesParams) -> None:
    ls.notebooks.notice_activity()


def did_rename_files(ls: NotebookServer, params: types.RenameFilesParams) -> None:
    for file in params.files:
        old, new = notebook_path(file.old_uri), notebook_path(file.new_uri)
        if old and new:
            ls.notebooks.did_rename(old, new)


def did_change_configuration(
    ls: NotebookServer, params: types.DidChangeConfigurationParams
) -> None:
    ls.in_background(configuration.change(ls, params.settings))


HANDLERS: dict[str, Any] = {
    types.WORKSPACE_DID_RENAME_FILES: did_rename_files,
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: did_change_configuration,
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: did_change_watched_files,
}
