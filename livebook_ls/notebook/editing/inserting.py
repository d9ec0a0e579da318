"""Cells put into a notebook: beside a cell, at the start or the end of a section."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.cell_text import LANGUAGES, code_body, markdown_body
from livebook_ls.notebook.editing.outcome import Refusal
from livebook_ls.notebook.editing.places import piece_at, section_end
from livebook_ls.notebook.editing.plan import CELLS, PlannedPiece, newline_of, planned
from livebook_ls.notebook.editing.proof import Selected, settled
from livebook_ls.notebook.importing.composing import DEFAULT_SECTION
from livebook_ls.notebook.pieces.cutting import PieceKind, Pieces, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome
    from livebook_ls.notebook.model import Notebook


class Beside(Enum):
    """Where a new cell goes, seen from the one at the cursor."""

    ABOVE = "above"
    BELOW = "below"


def default_language(notebook: Notebook) -> str:
    """The language that Livebook gives new code cells of this notebook."""
    language = notebook.attrs.get("default_language")
    return language if isinstance(language, str) else "elixir"


def insert_code_cell(
    text: str, offset: int, side: Beside, source: str = "", language: str | None = None
) -> EditOutcome:
    """A code cell beside the one at `offset`; without a language in the notebook's own."""
    pieces = cut(text)
    language = language or default_language(pieces.draft.notebook)
    if language not in LANGUAGES:
        return refusals.unknown_language(language, LANGUAGES)
    body = code_body(source, language)
    if body is None:
        return refusals.UNWRITABLE
    new = PlannedPiece(kind=PieceKind.CODE, body=body)
    return _inserted(pieces, offset, side, new, body.index("\n") + 1)


def insert_markdown_cell(text: str, offset: int, side: Beside) -> EditOutcome:
    """An empty line for a text cell beside the cell at `offset`, apart from other text."""
    pieces = cut(text)
    return _inserted(pieces, offset, side, PlannedPiece(kind=PieceKind.MARKDOWN, body=""), 0)


def insert_markdown_source(text: str, offset: int, side: Beside, source: str) -> EditOutcome:
    """A text cell with this source beside the cell at `offset`."""
    body = markdown_body(source)
    if body is None:
        return refusals.UNWRITABLE
    new = PlannedPiece(kind=PieceKind.MARKDOWN, body=body)
    return _inserted(cut(text), offset, side, new, 0)


def insertion_place(pieces: Pieces, offset: int, side: Beside) -> int | Refusal:
    """The position in front of which a new cell goes.

    On a heading, above is the end of the section above, and below is the start of its own; setup
    cell and title lead to the first section.
    """
    at = piece_at(pieces, offset)
    kind = None if at is None else pieces.all[at].kind
    if at is not None and kind in CELLS:
        return at if side is Beside.ABOVE else at + 1
    if at is not None and kind is PieceKind.SECTION:
        if side is Beside.BELOW:
            return at + 1
        above = pieces.all[at - 1].kind if at else None
        return at if above in (*CELLS, PieceKind.SECTION) else refusals.FIRST_SECTION
    top = section_end(pieces, -1)
    has_cells = any(it.kind in CELLS for it in pieces.all[:top])
    if has_cells:
        return next(i for i, it in enumerate(pieces.all) if it.kind in CELLS)
    return top + 1 if top < len(pieces.all) else top


def _inserted(
    pieces: Pieces, offset: int, side: Beside, new: PlannedPiece, cursor: int
) -> EditOutcome:
    place = insertion_place(pieces, offset, side)
    if isinstance(place, Refusal):
        return place
    plan = planned(pieces)
    newline = newline_of(pieces)
    body = new.body.replace("\n", newline)
    cursor += new.body.count("\n", 0, cursor) * (len(newline) - 1)
    added = [PlannedPiece(kind=new.kind, body=body)]
    if not any(it.kind in (*CELLS, PieceKind.SECTION) for it in pieces.all):
        # Livebook would take the first code without a section for the setup cell.
        heading = PlannedPiece(kind=PieceKind.SECTION, body=f"## {DEFAULT_SECTION}")
        added.insert(0, heading)
    plan[place:place] = added
    return settled(pieces, plan, Selected(place + len(added) - 1, cursor))
