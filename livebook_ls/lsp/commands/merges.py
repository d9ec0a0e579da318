"""Commands about a save and the browser's edits: which side is taken, and theirs shown beside."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from lsprotocol import types

from livebook_ls.lsp.commands.arguments import document, show_file, tell
from livebook_ls.lsp.commands.sessions import Report, act
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.merging.conflict import Take

_NOTHING_TO_SHOW = "Nothing was edited in the browser that your text doesn't have."


async def merge(ls: NotebookServer, *arguments: object) -> Report | None:
    """Merge the save that waits for that word."""
    return await act(ls, arguments, ls.notebooks.merge, None)


async def take_mine(ls: NotebookServer, *arguments: object) -> Report | None:
    """Settle a conflict by what was saved; without one all that are left."""
    return await _take(ls, arguments, Take.MINE)


async def take_browsers(ls: NotebookServer, *arguments: object) -> Report | None:
    """Settle a conflict by what the session has; without one all that are left."""
    return await _take(ls, arguments, Take.THEIRS)


async def take_both(ls: NotebookServer, *arguments: object) -> Report | None:
    """Settle a conflict by both, one after the other; without one all that are left."""
    return await _take(ls, arguments, Take.BOTH)


async def show_browser_version(ls: NotebookServer, *arguments: object) -> bool:
    """Show what the browser has beside the notebook; whether there is anything."""
    shown = document(ls, arguments)
    text = ls.notebooks.browser_version(shown.path) if shown and shown.path else None
    if shown is None or text is None:
        tell(ls, types.MessageType.Info, _NOTHING_TO_SHOW)
        return False
    if not ls.comparisons.show(shown.uri, text):
        path = await asyncio.to_thread(ls.output_files.write, _file_name(shown), text)
        await show_file(ls, path)
    return True


async def _take(server: NotebookServer, arguments: tuple[object, ...], take: Take) -> Report | None:
    named = [it["conflict"] for it in arguments if isinstance(it, dict) and "conflict" in it]
    conflict = named[0] if named and isinstance(named[0], str) else None
    settle = partial(server.notebooks.take, take=take, conflict=conflict)
    return await act(server, arguments, settle, None)


def _file_name(shown: Document) -> str:
    return f"{Path(shown.asked_path).stem}-in-the-browser.txt"
