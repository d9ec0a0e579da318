"""A cell as a whole: selected, duplicated, deleted, moved."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.inserting import Beside, insertion_place
from livebook_ls.notebook.editing.outcome import Edited, Refusal
from livebook_ls.notebook.editing.places import any_cell_at, cell_at, cell_of, whole_span
from livebook_ls.notebook.editing.plan import CELLS, planned
from livebook_ls.notebook.editing.proof import Selected, settled
from livebook_ls.notebook.pieces.cutting import PieceKind, Pieces, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome


def select_cell(text: str, offset: int) -> EditOutcome:
    """The cell at `offset` selected, with its comment and its outputs; the text stays."""
    pieces = cut(text)
    at = any_cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    return Edited(old=text, text=text, selection=whole_span(pieces.all[at]))


def duplicate_cell(text: str, offset: int) -> EditOutcome:
    """The cell at `offset` once more below itself; what it gave stays with the first."""
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    plan = planned(pieces)
    plan.insert(at + 1, replace(plan[at], outputs="", origin=None))
    return settled(pieces, plan, Selected(at + 1, _inside(pieces, at, offset)))


def delete_cell(text: str, offset: int) -> EditOutcome:
    """The notebook without the cell at `offset` and what it gave."""
    pieces = cut(text)
    at = any_cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    plan = planned(pieces)
    del plan[at]
    return settled(pieces, plan, _neighbour(pieces, at, len(plan)))


def move_cell_up(text: str, offset: int) -> EditOutcome:
    """The cell at `offset` above the one before it, or at the end of the section above."""
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    to = _solid(pieces, at, -1)
    if to is None or pieces.all[to].kind not in (*CELLS, PieceKind.SECTION):
        return refusals.FIRST_CELL
    if pieces.all[to].kind is PieceKind.SECTION:
        above = _solid(pieces, to, -1)
        if above is None or pieces.all[above].kind not in (*CELLS, PieceKind.SECTION):
            return refusals.FIRST_CELL
    while to and pieces.all[to - 1].kind is PieceKind.LOOSE:
        to -= 1
    return _moved(pieces, at, to, offset)


def move_cell_down(text: str, offset: int) -> EditOutcome:
    """The cell at `offset` below the one after it, or at the start of the section below."""
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    to = _solid(pieces, at, 1)
    return refusals.LAST_CELL if to is None else _moved(pieces, at, to + 1, offset)


def move_cell(text: str, offset: int, to: int, side: Beside) -> EditOutcome:
    """The cell at `offset` beside the cell, or the heading, at the place `to`."""
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    place = insertion_place(pieces, to, side)
    return place if isinstance(place, Refusal) else _moved(pieces, at, place, offset)


def _moved(pieces: Pieces, at: int, to: int, offset: int) -> EditOutcome:
    """The piece at `at` in front of the one that is at `to` now."""
    plan = planned(pieces)
    piece = plan.pop(at)
    to -= to > at
    plan.insert(to, piece)
    return settled(pieces, plan, Selected(to, _inside(pieces, at, offset)))


def _solid(pieces: Pieces, at: int, step: int) -> int | None:
    """The next piece up or down that is no loose text."""
    at += step
    while 0 <= at < len(pieces.all) and pieces.all[at].kind is PieceKind.LOOSE:
        at += step
    return at if 0 <= at < len(pieces.all) else None


def _inside(pieces: Pieces, at: int, offset: int) -> int:
    """How far behind the start of a piece a place is."""
    return max(0, offset - pieces.all[at].span.start)


def _neighbour(pieces: Pieces, gone: int, count: int) -> Selected:
    """The start of what stands in the place of a piece that is gone: below it, else above."""
    below = gone + 1 < len(pieces.all) and pieces.all[gone + 1].kind in CELLS
    at = gone + 1 if below else gone - 1
    if not 0 <= at < len(pieces.all):
        return Selected(max(0, min(gone, count - 1)))
    piece = pieces.all[at]
    start = 0
    if piece.kind in (*CELLS, PieceKind.SETUP):
        start = cell_of(pieces, at).source_span.start - piece.span.start
    return Selected(at - below, start)
