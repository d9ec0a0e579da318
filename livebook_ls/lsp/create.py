"""A whole server: its state, and the table of who answers which message.

Plain `def` handlers run in message order and are where state changes; `async def` handlers overlap.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from livebook_ls.lsp.connection.capabilities import COMMANDS
from livebook_ls.lsp.handlers import (
    coding,
    lifecycle,
    reading,
    saving,
    text_synchronization,
    workspace,
)
from livebook_ls.lsp.server import NotebookServer


def create_server(environ: Mapping[str, str]) -> NotebookServer:
    """A server with all its handlers; Livebook is looked for by `environ` where nothing is set."""
    server = NotebookServer(environ)
    for room in (lifecycle, text_synchronization, workspace, saving, reading, coding):
        for method, handler in room.HANDLERS.items():
            server.feature(method)(handler)
    for name in COMMANDS:
        server.command(name)(_with_server(server, name))
    return server


def _with_server(server: NotebookServer, name: str) -> Callable[..., Awaitable[object]]:
    # pygls reads a command's annotations to convert its arguments; ours take what comes.
    async def run(*arguments: object) -> object:
        # Loaded when the first is wanted: an editor may wait for anything else.
        from livebook_ls.lsp.commands import table

        return await table.COMMANDS[name](server, *arguments)

    return run
