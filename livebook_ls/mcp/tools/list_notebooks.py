"""`list_notebooks`: what there is below the folder."""

from __future__ import annotations

import asyncio

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.mcp.desk import Desk
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import JsonValue
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.telling.command_words import in_terminal_words


class ListArguments(ToolArguments):
    """It takes nothing."""


_HAS_SESSION, _NO_SESSION, _UNKNOWN = "open in Livebook", "no session", "not known"


async def _list(desk: Desk, _: ListArguments, __: Caller) -> Answer:
    found, is_cut = await asyncio.to_thread(desk.folder.notebooks)
    answer: Answer = {}
    open_files = None
    try:
        open_files = await desk.open_files()
    except LivebookError as error:
        answer["livebook"] = in_terminal_words(error.sentence)
    told: list[JsonValue] = [
        {**described, "session": _session(desk, path, open_files)}
        for path, described in zip(
            found, await asyncio.to_thread(_described, desk, found), strict=True
        )
    ]
    answer["notebooks"] = told
    return answer | {"is_cut": True} if is_cut else answer


def _described(desk: Desk, found: list[str]) -> list[Answer]:
    return [{"notebook": desk.folder.shown(it), **_read(it)} for it in found]


def _read(path: str) -> Answer:
    try:
        text = notebook_file.read(path).text
    except OSError as error:
        return {"unreadable": error.strerror or "unreadable"}
    if text is None:
        return {"unreadable": "not UTF-8"}
    notebook = parse(text)
    cells = len(notebook.setup) + sum(len(it.cells) for it in notebook.sections)
    return {"title": notebook.name, "sections": len(notebook.sections), "cells": cells}


def _session(desk: Desk, path: str, open_files: frozenset[str] | None) -> str:
    """How the notebook stands: those that a call was about are followed since."""
    link = desk.notebooks.links.get(path)
    if link is not None:
        return link.state.value
    if open_files is None:
        return _UNKNOWN
    is_open = not open_files.isdisjoint(desk.notebooks.connection.names(path))
    return _HAS_SESSION if is_open else _NO_SESSION


LIST_NOTEBOOKS = Tool(
    name="list_notebooks",
    title="List notebooks",
    description=(
        "The Livebook notebooks (.livemd) below the working folder: path, title, number of cells "
        "and whether it is open in Livebook; of those that were read, how they stand there."
    ),
    arguments=ListArguments,
    call=_list,
    is_read_only=True,
    is_idempotent=True,
)
