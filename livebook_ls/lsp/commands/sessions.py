"""Commands about a notebook's session; each answers with the notebook's status."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial

from lsprotocol import types

from livebook_ls.lsp.client.messages import Button
from livebook_ls.lsp.client.status import describe
from livebook_ls.lsp.commands.arguments import (
    NO_NOTEBOOK,
    position,
    show,
    target,
    tell,
    tell_finding,
)
from livebook_ls.lsp.convert import from_position
from livebook_ls.lsp.documents.open_documents import notebook_path
from livebook_ls.lsp.features import open_section
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.prose_words import count_words
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.telling import findings

Report = dict[str, str | None]


async def open_session(ls: NotebookServer, *arguments: object) -> Report | None:
    """Open the notebook's session and show it in the browser."""
    return await act(ls, arguments, ls.notebooks.open, _show_session)


async def open_anyway(ls: NotebookServer, *arguments: object) -> Report | None:
    """Open it whatever that takes from the file, and show it in the browser."""
    return await act(ls, arguments, ls.notebooks.open_anyway, _show_session)


async def open_at_section(ls: NotebookServer, *arguments: object) -> Report | None:
    """The same, at the section of a `position`; at the top where there is none."""
    uri, cursor = target(ls, arguments), position(arguments)
    document = ls.documents.get(uri) if uri else None
    anchor = None
    if document is not None and cursor is not None:
        offset = from_position(document.source, cursor, ls.unit)
        anchor = open_section.anchor(document.notebook, offset)
    show_there = partial(_show_session, anchor=anchor)
    return await act(ls, arguments, ls.notebooks.open, show_there)


async def attach(ls: NotebookServer, *arguments: object) -> Report | None:
    """Open the notebook's session and show nothing: the answer has its address."""
    return await act(ls, arguments, ls.notebooks.open, None)


async def sync(ls: NotebookServer, *arguments: object) -> Report | None:
    """Sync the notebook's file to its session now."""
    return await act(ls, arguments, ls.notebooks.sync, None)


async def sync_anyway(ls: NotebookServer, *arguments: object) -> Report | None:
    """Sync the notebook as it was saved, once, although something will be lost."""
    return await act(ls, arguments, ls.notebooks.sync_anyway, None)


async def always_sync_anyway(ls: NotebookServer, *arguments: object) -> Report | None:
    """Hold nothing of this notebook back any more, but what would crash."""
    if not await ls.messages.agrees(findings.WOULD_HOLD_NOTHING, "Always Sync Anyway"):
        return None
    report = await act(ls, arguments, ls.notebooks.always_sync_anyway, None)
    if report is not None:
        undo = Button("Undo", partial(hold_back_again, ls, report["uri"]))
        tell(ls, types.MessageType.Info, findings.HOLDS_NOTHING, undo)
    return report


async def hold_back_again(ls: NotebookServer, *arguments: object) -> Report | None:
    """Hold back again what this notebook would lose."""
    report = await act(ls, arguments, ls.notebooks.hold_back_again, None)
    if report is not None:
        tell(ls, types.MessageType.Info, findings.HOLDS_AGAIN)
    return report


async def sync_in_two_steps(ls: NotebookServer, *arguments: object) -> Report | None:
    """Sync by way of a text that brings every cell, where one sync would lose some."""
    return await act(ls, arguments, ls.notebooks.sync_in_two_steps, None)


async def status(ls: NotebookServer, *arguments: object) -> dict[str, object] | None:
    """How the notebook stands, and how many words of prose it has where it is open."""
    uri = target(ls, arguments)
    path = notebook_path(uri) if uri else None
    link = ls.notebooks.links.get(path) if path else None
    if not ls.profile.shows_answers:
        tell(ls, types.MessageType.Info, link.sentence if link else NO_NOTEBOOK)
    if not uri or not link:
        return None
    shown = ls.documents.get(uri)
    return {**describe(uri, link), "words": count_words(shown.notebook) if shown else None}


async def act(
    server: NotebookServer,
    arguments: tuple[object, ...],
    operation: Callable[[str], Awaitable[NotebookLink]],
    then: Callable[[NotebookServer, NotebookLink], Awaitable[None]] | None,
) -> Report | None:
    """Do something with the notebook that is meant, tell how that went, and answer its status."""
    uri = target(server, arguments)
    path = notebook_path(uri) if uri else None
    if uri is not None and path is None and server.documents.get(uri):
        tell_finding(server, uri, findings.not_saved())
        return None
    if uri is None or path is None:
        tell(server, types.MessageType.Warning, NO_NOTEBOOK)
        return None
    with server.status.answering(uri):
        link = await operation(path)
    if link.state not in ARRIVED:
        if link.findings:
            tell_finding(server, uri, link.findings[0])
        else:
            tell(server, types.MessageType.Warning, link.sentence)
    elif then is not None:
        await then(server, link)
    return describe(uri, link)


async def _show_session(
    server: NotebookServer, link: NotebookLink, anchor: str | None = None
) -> None:
    if link.login and link.login.code not in server.told_logins:
        server.told_logins.add(link.login.code)
        tell(server, types.MessageType.Info, link.login.sentence)
    if link.url:
        url = f"{link.url}#{anchor}" if anchor else link.url
        await show(server, url, f"Open in your browser: {url}")
