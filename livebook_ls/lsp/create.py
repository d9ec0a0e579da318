"""A whole server: its state, and the table of who answers which message.

Plain `def` handlers run in message order and are where state changes; `async def` handlers overlap.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any

from livebook_ls.lsp.connection.capabilities import COMMANDS
from livebook_ls.lsp.handlers import (
    coding,
    lifecycle,
    linking,
    reading,
    renaming,
    saving,
    text_synchronization,
    workspace,
)
from livebook_ls.lsp.server import NotebookServer


def create_server(environ: Mapping[str, str]) -> NotebookServer:
    """A server with all its handlers; Livebook is looked for by `environ` where nothing is set."""
    server = NotebookServer(environ)
    for method, handler, _ in handlers():
        # What they promise is in the table that `initialize` is answered from.
        server.feature(method)(handler)
    for name in COMMANDS:
        server.command(name)(_with_server(server, name))
    return server


def handlers() -> Iterator[tuple[str, Any, Any]]:
    """Every method that is answered, by whom, and what LSP calls its options; None where none."""
    rooms = (
        lifecycle,
        text_synchronization,
        workspace,
        saving,
        reading,
        coding,
        linking,
        renaming,
    )
    for room in rooms:
        for method, (handler, options) in room.HANDLERS.items():
            yield method, handler, options


def _with_server(server: NotebookServer, name: str) -> Callable[..., Awaitable[object]]:
    # pygls reads a command's annotations to convert its arguments; ours take what comes.
    async def run(*arguments: object) -> object:
        # Loaded when the first is wanted: an editor may wait for anything else.
        from livebook_ls.lsp.commands import table

        return await table.COMMANDS[name](server, *arguments)

    return run
