"""Which cell or section a place in the text belongs to; the same for all that edits."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.plan import CELLS
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import PieceKind

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import Refusal
    from livebook_ls.notebook.model import Cell
    from livebook_ls.notebook.pieces.cutting import Piece, Pieces


def piece_at(pieces: Pieces, offset: int) -> int | None:
    """The position of the piece that a place is in: blank lines belong to the piece above them.

    None above the first piece. Text that is no part of any cell belongs to the piece below it.
    """
    found = None
    for at, piece in enumerate(pieces.all):
        if piece.span.start > offset:
            break
        found = at
    while found is not None and found + 1 < len(pieces.all):
        if pieces.all[found].kind is not PieceKind.LOOSE:
            break
        found += 1
    return found


def cell_at(pieces: Pieces, offset: int) -> int | Refusal:
    """The position of the cell that a place is in: any but a setup cell."""
    at = piece_at(pieces, offset)
    if at is None or pieces.all[at].kind not in (*CELLS, PieceKind.SETUP):
        return refusals.NO_CELL
    return refusals.SETUP if pieces.all[at].kind is PieceKind.SETUP else at


def any_cell_at(pieces: Pieces, offset: int) -> int | Refusal:
    """The position of the cell that a place is in, setup cells among them."""
    at = piece_at(pieces, offset)
    if at is None or pieces.all[at].kind not in (*CELLS, PieceKind.SETUP):
        return refusals.NO_CELL
    return at


def heading_at(pieces: Pieces, offset: int) -> int | Refusal:
    """The position of the heading of the section that a place is in."""
    at = piece_at(pieces, offset)
    heading = -1 if at is None else pieces.all[at].heading
    return refusals.NO_SECTION if heading < 0 else heading


def section_end(pieces: Pieces, heading: int) -> int:
    """The position behind the last piece of a section, or of what is above all sections at -1."""
    below = (
        at for at in range(heading + 1, len(pieces.all)) if pieces.all[at].kind is PieceKind.SECTION
    )
    return next(below, len(pieces.all))


def whole_span(piece: Piece) -> Span:
    """A cell with its comment and its outputs."""
    return Span(piece.span.start, piece.span.end + len(piece.outputs))


def cell_of(pieces: Pieces, at: int) -> Cell:
    """The cell that a piece is, as Livebook reads it."""
    notebook = pieces.draft.notebook
    cells = notebook.cells
    return next(it for it in cells if it.body_span.end == pieces.all[at].span.end)
