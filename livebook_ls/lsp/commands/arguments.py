"""What a command was given, in any form that clients use, and how it answers its user."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from lsprotocol import types

from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.client.messages import Button
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features import actions
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.sync.telling.findings import Finding

# Neovim waits 2 s for the program that opens the browser.
_SHOW_DOCUMENT_S = 5.0
NO_NOTEBOOK = "Open a .livemd notebook first."


def target(server: NotebookServer, arguments: tuple[object, ...]) -> str | None:
    """The URI that a command was given, in any form that clients use, else the last one touched."""
    for argument in arguments:
        found = argument.get("uri") if isinstance(argument, dict) else argument
        if isinstance(found, str):
            return found
        path = argument.get("path") if isinstance(argument, dict) else None
        # A key in Helix can name the file, but not as its URI.
        if isinstance(path, str) and (shown := server.documents.at_path(path)):
            return shown.uri
    touched = server.documents.last_touched
    return touched.uri if touched else None


def document(server: NotebookServer, arguments: tuple[object, ...]) -> Document | None:
    """The open notebook that a command is about; told where there is none."""
    uri = target(server, arguments)
    found = server.documents.get(uri) if uri else None
    if found is None:
        tell(server, types.MessageType.Warning, NO_NOTEBOOK)
    return found


def position(arguments: tuple[object, ...]) -> types.Position | None:
    """The position that a command was given, as in `TextDocumentPositionParams`."""
    for argument in arguments:
        found = argument.get("position") if isinstance(argument, dict) else None
        if isinstance(found, dict):
            return types.Position(line=int(found["line"]), character=int(found["character"]))
    return None


def tell(server: NotebookServer, kind: types.MessageType, message: str, *buttons: Button) -> None:
    """Tell the user, who asked."""
    server.messages.tell(kind, message, *buttons)


def tell_finding(server: NotebookServer, uri: str, finding: Finding) -> None:
    """Tell the user, who asked, with what can be done about it as buttons."""
    commands = server.protocol.fm.commands
    buttons = (
        Button(title, partial(commands[command], uri))
        for title, command in map(actions.of_mend, finding.mends)
    )
    tell(server, types.MessageType.Warning, finding.sentence, *buttons)


async def show(server: NotebookServer, url: str, message: str) -> None:
    """Let the client show a page; where it can't, say where the page is."""
    if not await _shows(server, types.ShowDocumentParams(uri=url, external=True, take_focus=True)):
        tell(server, types.MessageType.Info, message)


async def show_file(server: NotebookServer, path: Path) -> None:
    """Let the client show a file as it shows any; where it can't, say where the file is."""
    if not await _shows(server, types.ShowDocumentParams(uri=path.as_uri(), take_focus=True)):
        tell(server, types.MessageType.Info, f"It is in {path}")


async def select(server: NotebookServer, uri: str, selected: types.Range) -> None:
    """Let the client move its cursor; those that can't keep it where their edit has left it."""
    if server.profile.shows_documents:
        params = types.ShowDocumentParams(uri=uri, take_focus=True, selection=selected)
        await answered(server.window_show_document_async(params))


async def _shows(server: NotebookServer, params: types.ShowDocumentParams) -> bool:
    """Whether the client shows it, or may be about to."""
    if not server.profile.shows_documents:
        return False
    try:
        shown = answered(server.window_show_document_async(params))
        answer = await asyncio.wait_for(shown, _SHOW_DOCUMENT_S)
    except TimeoutError:
        return True
    return answer is not None and answer.success
