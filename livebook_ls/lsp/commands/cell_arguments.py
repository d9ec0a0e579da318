"""Which cell a command is for: by a handle that a button carried, or by where the cursor is.

{"uri": "file:///…", "cell": {"digest": "…", "place": 1, "of": 1}}      a lens, a code action
{"uri": "file:///…", "position": {"line": 0, "character": 0}}           a key
{"uri": "file:///…", "line": 1, "column": 1}                            a key; counted from one
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lsprotocol import types

from livebook_ls.lsp.convert import from_position
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.source import Unit
from livebook_ls.running import outcome
from livebook_ls.running.cell_handle import CellHandle, resolve
from livebook_ls.running.scope import runnable


@dataclass(frozen=True, slots=True)
class MeantCell:
    """A place in the cell that is meant; or the sentence that says why none is."""

    offset: int = 0
    sentence: str = ""


def meant_cell(shown: Document, arguments: tuple[object, ...], unit: Unit) -> MeantCell:
    """The cell that a command is for, in the text as it is now."""
    given = next((it for it in arguments if isinstance(it, Mapping)), {})
    if "cell" in given:
        handle = _handle(given["cell"])
        found = resolve(runnable(shown.notebook), handle) if handle else None
        if found is None:
            return MeantCell(sentence=outcome.CELL_CHANGED)
        return MeantCell(found.body_span.start)
    position = _position(given)
    if position is None:
        return MeantCell(sentence=outcome.WHICH_CELL)
    return MeantCell(from_position(shown.source, position, unit))


def _handle(value: object) -> CellHandle | None:
    match value:
        case {"digest": str(digest), "place": int(place), "of": int(of)}:
            return CellHandle(digest=digest, place=place, of=of)
    return None


def _position(given: Mapping[object, object]) -> types.Position | None:
    match given:
        case {"position": {"line": int(line), "character": int(character)}}:
            return types.Position(line=line, character=character)
        case {"line": int(line)} if line > 0:
            column = given.get("column")
            character = column - 1 if isinstance(column, int) and column > 0 else 0
            return types.Position(line=line - 1, character=character)
    return None
