"""A whole server: its state, and the table of who answers which message.

Plain `def` handlers run in message order and are where state changes; `async def` handlers overlap.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from livebook_ls.lsp.commands.table import COMMANDS, Command
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
            server.feature(method, options)(handler)
    for name, command in COMMANDS.items():
        server.command(name)(_with_server(server, command))
    return server


def _with_server(server: NotebookServer, command: Command) -> Callable[..., Awaitable[object]]:
    # pygls reads a command's annotations to convert its arguments; ours take what comes.
    async def run(*arguments: object) -> object:
        return await command(server, *arguments)

    return run
