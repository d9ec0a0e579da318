"""Commands that move the cursor: where it goes is said, moving it is the client's."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types

from livebook_ls.lsp.commands.arguments import document, position, tell
from livebook_ls.lsp.convert import from_position, to_position
from livebook_ls.lsp.features import cell_navigation
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.model import Notebook

_NO_CURSOR = (
    "This editor doesn't say where its cursor is, and moves it by itself: use its own outline."
)


async def next_cell(ls: NotebookServer, *arguments: object) -> types.Position | None:
    """Where the cell after a `position` begins; the cursor is the client's to move."""
    return _moved(ls, arguments, cell_navigation.next_cell)


async def previous_cell(ls: NotebookServer, *arguments: object) -> types.Position | None:
    """Where the cell before the one at a `position` begins."""
    return _moved(ls, arguments, cell_navigation.previous_cell)


def _moved(
    server: NotebookServer,
    arguments: tuple[object, ...],
    move: Callable[[Notebook, int], int | None],
) -> types.Position | None:
    shown = document(server, arguments)
    cursor = position(arguments)
    if shown is None:
        return None
    if cursor is None or not server.profile.shows_answers:
        tell(server, types.MessageType.Warning, _NO_CURSOR)
        return None
    source, unit = shown.source, server.unit
    offset = move(shown.notebook, from_position(source, cursor, unit))
    return None if offset is None else to_position(source, offset, unit)
