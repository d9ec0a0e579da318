"""Notebooks and their outputs as resources: what a client can show or attach without a tool."""

from __future__ import annotations

import base64
import json
import os
from collections.abc import Iterable, Iterator
from urllib.parse import quote, unquote_to_bytes

import mcp_types as types

from livebook_ls.livebook.live.outputs import CellOutput, ImageOutput, LayoutOutput
from livebook_ls.mcp import telling
from livebook_ls.mcp.desk import Desk, OpenNotebook
from livebook_ls.mcp.telling import Room
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.source import Source

_NOTEBOOK = "livebook-ls://notebook/"
_OUTPUTS = "livebook-ls://outputs/"
_MOST_CHARS = 200_000
_MOST_IMAGE_BYTES = 1_000_000
_MOST_IMAGES = 20


def templates() -> list[types.ResourceTemplate]:
    """How the address of each is made."""
    return [
        types.ResourceTemplate(
            name="notebook",
            title="A notebook's text",
            uri_template=f"{_NOTEBOOK}{{+path}}",
            mime_type="text/markdown",
        ),
        types.ResourceTemplate(
            name="outputs",
            title="How a notebook's cells stand, and what they gave",
            description="Outputs as JSON, and images behind it.",
            uri_template=f"{_OUTPUTS}{{+path}}",
            mime_type="application/json",
        ),
    ]


def resources(desk: Desk) -> list[types.Resource]:
    """Each notebook, and the outputs of those that have a session."""
    found, _ = desk.folder.notebooks()
    return [it for path in found for it in _of_notebook(desk, path)]


def _of_notebook(desk: Desk, path: str) -> Iterator[types.Resource]:
    shown = desk.folder.shown(path)
    # A name may be any bytes, of which an address has all and a message only the text.
    address, name = quote(os.fsencode(shown)), telling.on_the_wire(shown)
    yield types.Resource(uri=_NOTEBOOK + address, name=name, mime_type="text/markdown")
    link = desk.notebooks.links.get(path)
    if link is not None and link.has_session:
        yield types.Resource(
            uri=_OUTPUTS + address, name=f"{name}: outputs", mime_type="application/json"
        )


async def contents(
    desk: Desk, uri: str
) -> list[types.TextResourceContents | types.BlobResourceContents]:
    """What is behind an address; raises ToolRefusal."""
    if uri.startswith(_NOTEBOOK):
        opened = await desk.opened(_path(uri, _NOTEBOOK))
        return [_text(uri, "text/markdown", opened.text.text)]
    if uri.startswith(_OUTPUTS):
        return await _outputs(desk, uri, await desk.opened(_path(uri, _OUTPUTS)))
    raise ToolRefusal("no-such-resource", f"There is no resource {uri}.")


def _path(uri: str, kind: str) -> str:
    return os.fsdecode(unquote_to_bytes(uri.removeprefix(kind)))


async def _outputs(
    desk: Desk, uri: str, opened: OpenNotebook
) -> list[types.TextResourceContents | types.BlobResourceContents]:
    told: telling.Told = {"session": telling.session(opened.link)}
    if sentence := await desk.watch(opened):
        told["outputs_unknown"] = sentence
    views = desk.runner.views_or_unknown(opened.path, opened.text.pieces.draft.notebook)
    handles = {it.cell.span.start: it.handle for it in opened.text.parts() if it.cell}
    room, source = Room(_MOST_CHARS), Source(opened.text.text)
    cells: list[JsonValue] = []
    images: list[types.BlobResourceContents] = []
    for view in views:
        handle = handles[view.cell.span.start]
        cells.append(telling.cell_result(handle, view, source, room))
        for number, image in enumerate(_images(view.outputs or ()), 1):
            if len(image.content) <= _MOST_IMAGE_BYTES and len(images) < _MOST_IMAGES:
                blob = base64.b64encode(image.content).decode("ascii")
                place = f"{uri}#{handle}-{number}"
                images.append(
                    types.BlobResourceContents(uri=place, mime_type=image.media_type, blob=blob)
                )
    text = json.dumps({**told, "cells": cells}, ensure_ascii=False)
    return [_text(uri, "application/json", text), *images]


def _images(outputs: Iterable[CellOutput]) -> Iterator[ImageOutput]:
    for output in outputs:
        if isinstance(output, LayoutOutput):
            yield from _images(output.outputs)
        elif isinstance(output, ImageOutput) and output.content:
            yield output


def _text(uri: str, mime_type: str, text: str) -> types.TextResourceContents:
    return types.TextResourceContents(uri=uri, mime_type=mime_type, text=text)
