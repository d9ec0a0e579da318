"""A cell made two at the cursor, and two made one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.cell_text import code_body, markdown_body, markdown_text
from livebook_ls.notebook.editing.outcome import Refusal
from livebook_ls.notebook.editing.places import cell_at, cell_of
from livebook_ls.notebook.editing.plan import PlannedPiece, newline_of, planned
from livebook_ls.notebook.editing.proof import Selected, settled
from livebook_ls.notebook.pieces.cutting import BREAK, PieceKind, Pieces, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome


def split_cell(text: str, offset: int) -> EditOutcome:
    """The cell at `offset` as two; what it gave and its attributes stay with the first.

    At a line's end or start the line break goes, so that joining the two gives the text back; at
    the start or the end of the cell one of the two is empty.
    """
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    if pieces.all[at].kind is PieceKind.SMART:
        return refusals.SMART
    if pieces.all[at].kind is PieceKind.MARKDOWN:
        return _split_markdown(pieces, at, offset)
    return _split_code(pieces, at, offset)


def join_with_next(text: str, offset: int) -> EditOutcome:
    """The cell at `offset` and the one below it as one, with what both gave."""
    pieces = cut(text)
    at = cell_at(pieces, offset)
    if isinstance(at, Refusal):
        return at
    if at + 1 == len(pieces.all) or pieces.all[at + 1].kind is PieceKind.SECTION:
        return refusals.NO_NEXT
    kinds = pieces.all[at].kind, pieces.all[at + 1].kind
    if PieceKind.SMART in kinds:
        return refusals.SMART
    if kinds == (PieceKind.MARKDOWN, PieceKind.MARKDOWN):
        return _join_markdown(pieces, at)
    if kinds == (PieceKind.CODE, PieceKind.CODE):
        return _join_code(pieces, at)
    return refusals.OTHER_KIND


def _split_code(pieces: Pieces, at: int, offset: int) -> EditOutcome:
    cell = cell_of(pieces, at)
    if not cell.source_span.start <= offset <= cell.source_span.end:
        return refusals.NOT_IN_TEXT
    # The file's lines may be indented more than the cell's: the cut is at the cell's own column.
    source = pieces.draft.source
    line = source.line_at(offset) - source.line_at(cell.source_span.start)
    lines = cell.source.split("\n")
    here = source.lines[source.line_at(offset)]
    column = offset - source.starts[source.line_at(offset)] - (len(here) - len(lines[line]))
    first = "\n".join([*lines[:line], lines[line][: max(0, column)]])
    second = "\n".join([lines[line][max(0, column) :], *lines[line + 1 :]])
    first, second = _without_break(first, second)
    bodies = [code_body(it, cell.language or "") for it in (first, second)]
    return _split(pieces, at, bodies)


def _split_markdown(pieces: Pieces, at: int, offset: int) -> EditOutcome:
    piece = pieces.all[at]
    body_start = piece.span.end - len(piece.body)
    if not body_start <= offset <= piece.span.end:
        return refusals.NOT_IN_TEXT
    first, second = piece.body[: offset - body_start], piece.body[offset - body_start :]
    if first and not first.endswith(("\n", "\r")):
        second = second.lstrip(" \t")
    below = markdown_body(second)
    # The break between the two is enough for the cursor to be in a cell that is still empty.
    outcome = _split(pieces, at, [markdown_body(first), "" if below == BREAK else below])
    return refusals.ONE_BLOCK if isinstance(outcome, Refusal) else outcome


def _without_break(first: str, second: str) -> tuple[str, str]:
    """The two without the line break between them, which the cells' own end stands for."""
    if first.endswith("\n"):
        return first[:-1], second
    return first, second.removeprefix("\n")


def _split(pieces: Pieces, at: int, bodies: list[str | None]) -> EditOutcome:
    first, second = bodies
    if first is None or second is None:
        return refusals.UNWRITABLE
    newline = newline_of(pieces)
    plan = planned(pieces)
    kind = plan[at].kind
    below = PlannedPiece(kind=kind, body=second.replace("\n", newline))
    plan[at : at + 1] = [replace(plan[at], body=first.replace("\n", newline)), below]
    start = below.body.index(newline) + len(newline) if kind is PieceKind.CODE else 0
    return settled(pieces, plan, Selected(at + 1, start))


def _join_code(pieces: Pieces, at: int) -> EditOutcome:
    first, second = cell_of(pieces, at), cell_of(pieces, at + 1)
    if first.language != second.language:
        return refusals.OTHER_KIND
    halves = [it.source for it in (first, second) if it.source]
    body = code_body("\n".join(halves), first.language or "")
    if body is None:
        return refusals.UNWRITABLE
    # Behind the fence's own line, and the first half's lines where there is one.
    seam = body.index("\n") + 1 + (len(first.source) + 1 if len(halves) > 1 else 0)
    return _join(pieces, at, body, seam)


def _join_markdown(pieces: Pieces, at: int) -> EditOutcome:
    first, second = (markdown_text(it.body) for it in pieces.all[at : at + 2])
    body = markdown_body("\n\n".join(filter(None, (first, second))))
    if body is None:
        return refusals.UNWRITABLE
    return _join(pieces, at, body, len(body) - len(second))


def _join(pieces: Pieces, at: int, body: str, seam: int) -> EditOutcome:
    newline = newline_of(pieces)
    plan = planned(pieces)
    first, second = plan[at : at + 2]
    seam += body.count("\n", 0, seam) * (len(newline) - 1)
    joined = replace(
        first,
        body=body.replace("\n", newline),
        outputs=first.outputs + second.outputs,
    )
    plan[at : at + 2] = [joined]
    return settled(pieces, plan, Selected(at, len(joined.comment) + seam))
