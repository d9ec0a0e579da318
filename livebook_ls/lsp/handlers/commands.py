"""What a user can ask for by name; without a URI the document last touched is meant.

Each answers with the notebook's status, so that a client can show it, and failures are told in a
message: the user asked.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from lsprotocol import types

from livebook_ls.lsp.client.progress import progress
from livebook_ls.lsp.client.status import describe
from livebook_ls.lsp.convert import from_position, to_position
from livebook_ls.lsp.documents.open_documents import Document, notebook_path
from livebook_ls.lsp.features import actions, cell_navigation
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.started_livebook import Outcome

if TYPE_CHECKING:
    from livebook_ls.lsp.server import NotebookServer
    from livebook_ls.notebook.model import Notebook

# Neovim waits 2 s for the program that opens the browser.
_SHOW_DOCUMENT_S = 5.0
_NOTHING_TO_RESTORE = "Nothing of this notebook was kept that could be restored."
_STARTING = "Starting Livebook …"
_STOPPING = "Stopping Livebook …"
_NO_NOTEBOOK = "Open a .livemd notebook first."
Report = dict[str, str | None]
Command = Callable[..., Awaitable[object]]


async def open_session(ls: NotebookServer, *arguments: object) -> Report | None:
    """Open the notebook's session and show it in the browser."""
    return await _act(ls, arguments, ls.notebooks.open, _show_session)


async def attach(ls: NotebookServer, *arguments: object) -> Report | None:
    """Open the notebook's session and show nothing: the answer has its address."""
    return await _act(ls, arguments, ls.notebooks.open, None)


async def sync(ls: NotebookServer, *arguments: object) -> Report | None:
    """Sync the notebook's file to its session now."""
    return await _act(ls, arguments, ls.notebooks.sync, None)


async def sync_anyway(ls: NotebookServer, *arguments: object) -> Report | None:
    """Sync the notebook as it was saved, once, although something will be lost."""
    return await _act(ls, arguments, ls.notebooks.sync_anyway, None)


async def always_sync_anyway(ls: NotebookServer, *arguments: object) -> Report | None:
    """Hold nothing of this notebook back any more, but what would crash."""
    return await _act(ls, arguments, ls.notebooks.always_sync_anyway, None)


async def sync_in_two_steps(ls: NotebookServer, *arguments: object) -> Report | None:
    """Sync by way of a text that brings every cell, where one sync would lose some."""
    return await _act(ls, arguments, ls.notebooks.sync_in_two_steps, None)


async def format_(ls: NotebookServer, *arguments: object) -> bool:
    """Bring the buffer into Livebook's form, freshly stamped; saving stays the user's."""
    document = _document(ls, arguments)
    if document is None:
        return False
    version = document.version
    form = await ls.notebooks.canonical(document.path, document.text)
    if form.text is None:
        _tell(ls, types.MessageType.Warning, form.why_not.sentence if form.why_not else "")
        return False
    return document.version == version and await ls.rewrite(document, form.text)


async def restore(ls: NotebookServer, *arguments: object) -> bool:
    """Put what was saved last back into the buffer; saving stays the user's."""
    return await _restore(ls, arguments, ls.notebooks.restorable)


async def restore_browser_version(ls: NotebookServer, *arguments: object) -> bool:
    """Put what the last sync replaced in the session into the buffer; saving stays the user's."""
    return await _restore(ls, arguments, ls.notebooks.browser_version)


async def status(ls: NotebookServer, *arguments: object) -> Report | None:
    """How the notebook stands."""
    uri = _target(ls, arguments)
    path = notebook_path(uri) if uri else None
    link = ls.notebooks.links.get(path) if path else None
    return describe(uri, link) if uri and link else None


async def doctor(ls: NotebookServer, *arguments: object) -> list[dict[str, str]]:
    """What is in the way of Livebook: objects with `level`, `code`, `sentence` and `mend`."""
    # Loaded when asked for: no start should wait for it.
    from livebook_ls.doctor.checkup import check_up

    uri = _target(ls, arguments)
    path = notebook_path(uri) if uri else None
    found = await asyncio.to_thread(check_up, ls.notebooks.settings, ls.environ, path)
    return [it.as_json() for it in found]


async def next_cell(ls: NotebookServer, *arguments: object) -> types.Position | None:
    """Where the cell after a `position` begins; the cursor is the client's to move."""
    return _moved(ls, arguments, cell_navigation.next_cell)


async def previous_cell(ls: NotebookServer, *arguments: object) -> types.Position | None:
    """Where the cell before the one at a `position` begins."""
    return _moved(ls, arguments, cell_navigation.previous_cell)


async def open_settings(ls: NotebookServer, *_: object) -> None:
    """Show Livebook's settings page, where the dev endpoints are switched on."""
    url = await ls.notebooks.settings_url()
    if url:
        await _show(ls, url, f"Livebook's settings: {url}")


async def _restore(
    server: NotebookServer,
    arguments: tuple[object, ...],
    version: Callable[[str], str | None],
) -> bool:
    document = _document(server, arguments)
    if document is None:
        return False
    text = version(document.path)
    if text is None:
        _tell(server, types.MessageType.Info, _NOTHING_TO_RESTORE)
        return False
    return await server.rewrite(document, text)


def _moved(
    server: NotebookServer,
    arguments: tuple[object, ...],
    move: Callable[[Notebook, int], int | None],
) -> types.Position | None:
    document = _document(server, arguments)
    cursor = _position(arguments)
    if document is None or cursor is None:
        return None
    source, unit = document.source, server.unit
    offset = move(document.notebook, from_position(source, cursor, unit))
    return None if offset is None else to_position(source, offset, unit)


async def start(ls: NotebookServer, *_: object) -> bool:
    """Start Livebook as a process of its own; open notebooks attach by themselves."""
    async with progress(ls, _STARTING):
        outcome = await ls.notebooks.start_livebook()
    return _tell_outcome(ls, outcome)


async def stop(ls: NotebookServer, *_: object) -> bool:
    """Stop the Livebook that `start` started."""
    async with progress(ls, _STOPPING):
        outcome = await ls.notebooks.stop_livebook()
    return _tell_outcome(ls, outcome)


def _tell_outcome(server: NotebookServer, outcome: Outcome) -> bool:
    kind = types.MessageType.Info if outcome.is_done else types.MessageType.Warning
    _tell(server, kind, outcome.sentence)
    return outcome.is_done


async def _act(
    server: NotebookServer,
    arguments: tuple[object, ...],
    operation: Callable[[str], Awaitable[NotebookLink]],
    then: Callable[[NotebookServer, NotebookLink], Awaitable[None]] | None,
) -> Report | None:
    uri = _target(server, arguments)
    path = notebook_path(uri) if uri else None
    if uri is None or path is None:
        _tell(server, types.MessageType.Warning, _NO_NOTEBOOK)
        return None
    link = await operation(path)
    if link.state not in ARRIVED:
        _tell(server, types.MessageType.Warning, link.sentence)
    elif then is not None:
        await then(server, link)
    return describe(uri, link)


async def _show_session(server: NotebookServer, link: NotebookLink) -> None:
    if link.login and link.login.code not in server.told_logins:
        server.told_logins.add(link.login.code)
        _tell(server, types.MessageType.Info, link.login.sentence)
    if link.url:
        await _show(server, link.url, f"Open in your browser: {link.url}")


async def _show(server: NotebookServer, url: str, message: str) -> None:
    """Let the client show a page; where it can't, say where the page is."""
    if server.profile.shows_documents:
        params = types.ShowDocumentParams(uri=url, external=True, take_focus=True)
        try:
            answer = await asyncio.wait_for(
                server.window_show_document_async(params), _SHOW_DOCUMENT_S
            )
        except TimeoutError:
            return
        if answer.success:
            return
    _tell(server, types.MessageType.Info, message)


def _document(server: NotebookServer, arguments: tuple[object, ...]) -> Document | None:
    uri = _target(server, arguments)
    document = server.documents.get(uri) if uri else None
    if document is None:
        _tell(server, types.MessageType.Warning, _NO_NOTEBOOK)
    return document


def _target(server: NotebookServer, arguments: tuple[object, ...]) -> str | None:
    """The URI that a command was given, in any form that clients use, else the last one touched."""
    for argument in arguments:
        found = argument.get("uri") if isinstance(argument, dict) else argument
        if isinstance(found, str):
            return found
    document = server.documents.last_touched
    return document.uri if document else None


def _position(arguments: tuple[object, ...]) -> types.Position | None:
    """The position that a command was given, as in `TextDocumentPositionParams`."""
    for argument in arguments:
        found = argument.get("position") if isinstance(argument, dict) else None
        if isinstance(found, dict):
            return types.Position(line=int(found["line"]), character=int(found["character"]))
    return None


def _tell(server: NotebookServer, kind: types.MessageType, message: str) -> None:
    server.window_show_message(types.ShowMessageParams(type=kind, message=message))


COMMANDS: dict[str, Command] = {
    actions.OPEN: open_session,
    actions.SYNC: sync,
    actions.SYNC_ANYWAY: sync_anyway,
    actions.ALWAYS_SYNC_ANYWAY: always_sync_anyway,
    actions.TWO_STEPS: sync_in_two_steps,
    actions.FORMAT: format_,
    # Livebook stamps nothing but its own form.
    actions.RESTAMP: format_,
    actions.RESTORE: restore,
    actions.RESTORE_BROWSER: restore_browser_version,
    actions.STATUS: status,
    actions.DOCTOR: doctor,
    actions.SETTINGS: open_settings,
    actions.ATTACH: attach,
    actions.NEXT_CELL: next_cell,
    actions.PREVIOUS_CELL: previous_cell,
    actions.START: start,
    actions.STOP: stop,
}
