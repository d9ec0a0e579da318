"""A cell made one of another kind, of another language, or given another source."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.cell_text import (
    LANGUAGES,
    code_body,
    code_in_markdown,
    markdown_body,
    markdown_text,
)
from livebook_ls.notebook.editing.inserting import default_language
from livebook_ls.notebook.editing.outcome import Refusal
from livebook_ls.notebook.editing.places import any_cell_at, cell_at, cell_of
from livebook_ls.notebook.editing.plan import PlannedPiece, newline_of, planned
from livebook_ls.notebook.editing.proof import Selected, settled
from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.pieces.cutting import PieceKind, Pieces, cut
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome


def convert_to_markdown(text: str, offset: int) -> EditOutcome:
    """The code at `offset` as code shown in a text cell; its attributes and outputs go."""
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    kind = pieces.all[at].kind
    if kind is PieceKind.SMART:
        return refusals.SMART_TO_MARKDOWN
    if kind is PieceKind.MARKDOWN:
        return refusals.IS_MARKDOWN
    cell = cell_of(pieces, at)
    body = markdown_body(fenced(cell.source, cell.language or ""))
    return _replaced(pieces, at, PieceKind.MARKDOWN, body, 0)


def convert_to_code(text: str, offset: int) -> EditOutcome:
    """The text or smart cell at `offset` as code that can be run.

    A text cell that is one block of code gives that code, in its language if Livebook has it; any
    other gives its text as it is. A smart cell keeps its code.
    """
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    piece = pieces.all[at]
    language = default_language(pieces.draft.notebook)
    if piece.kind is PieceKind.CODE:
        return refusals.IS_CODE
    if piece.kind is PieceKind.SMART:
        source, language = cell_of(pieces, at).source, "elixir"
    else:
        shown = code_in_markdown(piece.body)
        source = markdown_text(piece.body) if shown is None else shown[0]
        if shown is not None and shown[1] in LANGUAGES:
            language = shown[1]
    return _replaced(pieces, at, PieceKind.CODE, code_body(source, language), 1)


def change_language(text: str, offset: int, language: str) -> EditOutcome:
    """The code cell at `offset` in another of Livebook's languages."""
    if language not in LANGUAGES:
        return refusals.unknown_language(language, LANGUAGES)
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    kind = pieces.all[at].kind
    if kind is not PieceKind.CODE:
        return refusals.SMART if kind is PieceKind.SMART else refusals.NO_CODE
    plan = planned(pieces)
    body = code_body(cell_of(pieces, at).source, language)
    if body is None:
        return refusals.UNWRITABLE
    plan[at] = replace(plan[at], body=body.replace("\n", newline_of(pieces)))
    start = len(plan[at].comment) + Source(plan[at].body).starts[1]
    return settled(pieces, plan, Selected(at, start))


def replace_source(text: str, offset: int, source: str) -> EditOutcome:
    """The cell at `offset` with another source; its kind, attributes and outputs stay.

    Livebook keeps what a cell gave until it is run again, and shows that it is outdated.
    """
    pieces = cut(text)
    at = any_cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    piece = pieces.all[at]
    if piece.kind is PieceKind.SMART:
        return refusals.SMART
    if piece.kind is PieceKind.MARKDOWN:
        body = markdown_body(source)
    else:
        body = code_body(source, cell_of(pieces, at).language or "")
    if body is None:
        return refusals.UNWRITABLE
    plan = planned(pieces)
    plan[at] = replace(plan[at], body=body.replace("\n", newline_of(pieces)))
    return settled(pieces, plan, Selected(at, len(plan[at].comment)))


def _replaced(
    pieces: Pieces, at: int, kind: PieceKind, body: str | None, cursor_line: int
) -> EditOutcome:
    """A cell of another kind in the place of one; nothing of the old one stays but its source."""
    if body is None:
        return refusals.UNWRITABLE
    plan = planned(pieces)
    plan[at] = PlannedPiece(kind=kind, body=body.replace("\n", newline_of(pieces)))
    return settled(pieces, plan, Selected(at, Source(plan[at].body).starts[cursor_line]))
