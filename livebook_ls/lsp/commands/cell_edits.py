"""Commands that edit cells and sections at the cursor: one undoable edit, and the cursor after it.

{"uri": "file:///…", "position": {"line": 0, "character": 0}}   a key; an action adds `version`
{"path": "/…", "line": 1, "column": 1}                          a key; counted from one
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from functools import partial

from lsprotocol import types

from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.commands.arguments import document, select, tell
from livebook_ls.lsp.commands.cell_arguments import meant_cell
from livebook_ls.lsp.convert import to_range
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.cell_editing.edits import CellEdit
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.notebook.editing.cell_text import LANGUAGES
from livebook_ls.notebook.editing.converting import change_language
from livebook_ls.notebook.editing.outcome import EditOutcome, Refusal
from livebook_ls.notebook.source import Source

_CHANGED = "The notebook has changed since this was offered. Ask for it once more."
_WHICH_LANGUAGE = "Which language shall the cell be in?"
_NO_LANGUAGE = f"Say which language the cell shall be in: {', '.join(LANGUAGES)}."


async def edit_cells(ls: NotebookServer, edit: CellEdit, *arguments: object) -> types.Range | None:
    """Edit the notebook at a place; what is selected afterwards, None where nothing was done."""
    return await _edit(ls, arguments, edit.edit)


async def change_cell_language(ls: NotebookServer, *arguments: object) -> types.Range | None:
    """Give the cell the `language` that the arguments or, asked for it, the user names."""
    language = _given(arguments).get("language") or await _chosen_language(ls)
    if not isinstance(language, str):
        return None
    return await _edit(ls, arguments, partial(change_language, language=language))


async def _edit(
    server: NotebookServer, arguments: tuple[object, ...], edit: Callable[[str, int], EditOutcome]
) -> types.Range | None:
    shown = document(server, arguments)
    if shown is None:
        return None
    version = _given(arguments).get("version")
    if version is not None and version != shown.version:
        tell(server, types.MessageType.Warning, _CHANGED)
        return None
    place = meant_cell(shown, arguments, server.unit)
    if place.sentence:
        tell(server, types.MessageType.Warning, place.sentence)
        return None
    source, version = shown.source, shown.version
    # A long notebook is read several times over, which no keystroke should wait for.
    outcome = await asyncio.to_thread(edit, source.text, place.offset)
    if isinstance(outcome, Refusal):
        tell(server, types.MessageType.Warning, outcome.sentence)
        return None
    if outcome.text != source.text and not await _applied(server, shown, version, outcome.text):
        tell(server, types.MessageType.Warning, _CHANGED)
        return None
    selected = to_range(Source(outcome.text), outcome.selection, server.unit)
    await select(server, shown.uri, selected)
    return selected


async def _applied(server: NotebookServer, shown: Document, version: int, text: str) -> bool:
    return shown.version == version and await server.rewrite(shown, text)


async def _chosen_language(server: NotebookServer) -> str | None:
    if not server.profile.asks:
        tell(server, types.MessageType.Warning, _NO_LANGUAGE)
        return None
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Info,
        message=_WHICH_LANGUAGE,
        actions=[types.MessageActionItem(title=it) for it in LANGUAGES],
    )
    chosen = await answered(server.window_show_message_request_async(params))
    return chosen.title if chosen else None


def _given(arguments: tuple[object, ...]) -> Mapping[str, object]:
    return next((it for it in arguments if isinstance(it, Mapping)), {})
