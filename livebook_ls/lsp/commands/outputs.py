"""The command that shows all that a cell gave: in the client's own view, else as a file."""

from __future__ import annotations

import asyncio
import base64
import re
from pathlib import Path

from lsprotocol import types

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.outputs import ImageOutput, StyledSpan
from livebook_ls.lsp.commands.arguments import document, show_file, tell
from livebook_ls.lsp.commands.cell_arguments import meant_cell
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.lsp.features.cell_outputs import OutputText, output_text
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.running import outcome
from livebook_ls.running.scope import cell_at

METHOD = "livebook/output"
_UNSAFE = re.compile(r"[^\w.-]+")


async def show_output(ls: NotebookServer, *arguments: object) -> bool:
    """Show all that the cell that is meant gave; whether there was a cell."""
    shown = document(ls, arguments)
    if shown is None:
        return False
    meant = meant_cell(shown, arguments, ls.unit)
    meant_one = cell_at(shown.notebook, meant.offset) if not meant.sentence else None
    if meant_one is None:
        tell(ls, types.MessageType.Warning, meant.sentence or outcome.NO_CELL)
        return False
    number = next(it.number for it in ls.board.cells(shown) if it.view.cell == meant_one)
    await _look(ls, shown, number)
    cell = next((it for it in ls.board.cells(shown) if it.number == number), None)
    if cell is None:
        return False
    link = ls.notebooks.links.get(shown.asked_path)
    text = output_text(cell, link.url if link else None)
    if ls.profile.takes_outputs:
        ls.protocol.notify(METHOD, _report(shown, cell, text))
    else:
        name = f"{_UNSAFE.sub('-', Path(shown.asked_path).stem)}-cell-{cell.number}-output.txt"
        path = await asyncio.to_thread(ls.output_files.write, name, text.text)
        await show_file(ls, path)
    return True


async def output_folds(ls: NotebookServer, *arguments: object) -> list[int] | None:
    """The lines on which outputs in the file begin; folding them is the client's."""
    shown = document(ls, arguments)
    if shown is None:
        return None
    notebook, source = shown.notebook, shown.source
    cells = notebook.cells
    return [source.line_at(it.span.start) for cell in cells for it in cell.outputs]


async def _look(server: NotebookServer, shown: Document, number: int) -> None:
    """Read the outputs where they were not looked at since they came."""
    cell = server.board.cells(shown)[number - 1]
    if cell.view.live is not None and not cell.view.are_outputs_whole:
        try:
            await server.runner.look(shown.asked_path)
        except LivebookError as error:
            tell(server, types.MessageType.Warning, error.sentence)


def _report(shown: Document, cell: ShownCell, text: OutputText) -> dict[str, object]:
    """The body of `livebook/output`; characters are counted as the text's code points."""
    return {
        "uri": shown.uri,
        "number": cell.number,
        "words": cell.words,
        "text": text.text,
        "styles": [_style(it) for it in text.styles],
        "images": [_image(*it) for it in text.images],
    }


def _style(span: StyledSpan) -> dict[str, object]:
    style = span.style
    look = {
        "foreground": style.foreground,
        "background": style.background,
        "bold": style.is_bold,
        "faint": style.is_faint,
        "italic": style.is_italic,
        "underlined": style.is_underlined,
        "struck": style.is_struck,
    }
    return {"start": span.start, "end": span.end} | {k: v for k, v in look.items() if v}


def _image(start: int, image: ImageOutput) -> dict[str, object]:
    data = base64.b64encode(image.content).decode("ascii")
    return {"start": start, "mediaType": image.media_type, "data": data}
