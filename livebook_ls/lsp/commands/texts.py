"""Commands that change the buffer: Livebook's form, and versions put back; the user saves."""

from __future__ import annotations

from collections.abc import Callable

from lsprotocol import types

from livebook_ls.lsp.commands.arguments import document, tell, tell_finding
from livebook_ls.lsp.server import NotebookServer

_NOTHING_TO_RESTORE = "Nothing of this notebook was kept that could be restored."


async def format_(ls: NotebookServer, *arguments: object) -> bool:
    """Bring the buffer into Livebook's form, freshly stamped; saving stays the user's."""
    shown = document(ls, arguments)
    if shown is None:
        return False
    version = shown.version
    form = await ls.notebooks.canonical(shown.path, shown.text)
    if form.text is None:
        if form.why_not:
            tell_finding(ls, shown.uri, form.why_not)
        return False
    return shown.version == version and await ls.rewrite(shown, form.text)


async def restore(ls: NotebookServer, *arguments: object) -> bool:
    """Put what was saved last back into the buffer; saving stays the user's."""
    return await _restore(ls, arguments, ls.notebooks.restorable)


async def restore_browser_version(ls: NotebookServer, *arguments: object) -> bool:
    """Put what the last sync replaced in the session into the buffer; saving stays the user's."""
    return await _restore(ls, arguments, ls.notebooks.browser_version)


async def _restore(
    server: NotebookServer,
    arguments: tuple[object, ...],
    version: Callable[[str], str | None],
) -> bool:
    shown = document(server, arguments)
    if shown is None:
        return False
    text = version(shown.path) if shown.path else None
    if text is None:
        tell(server, types.MessageType.Info, _NOTHING_TO_RESTORE)
        return False
    return await server.rewrite(shown, text)
