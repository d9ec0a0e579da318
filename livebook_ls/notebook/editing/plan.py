"""A notebook as it shall be: its pieces in another order, new ones among them, written as text."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING

from livebook_ls.notebook.pieces.branch_comments import with_parent, without_parent
from livebook_ls.notebook.pieces.cutting import BREAK, PARENT, PieceKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livebook_ls.notebook.pieces.cutting import Piece, Pieces

CELLS = (PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPiece:
    """A piece as it shall be; `origin` is its position in the text as it is, None for a new one.

    `parent` is the origin of the section that a branch branches from.
    """

    kind: PieceKind
    body: str
    comment: str = ""
    outputs: str = ""
    origin: int | None = None
    parent: int | None = None

    @property
    def text(self) -> str:
        """All of it."""
        return self.comment + self.body + self.outputs


def planned(pieces: Pieces) -> list[PlannedPiece]:
    """The pieces as they are."""
    return [
        PlannedPiece(
            kind=it.kind,
            comment=it.comment,
            body=it.body,
            outputs=it.outputs,
            origin=origin,
            parent=it.parent,
        )
        for origin, it in enumerate(pieces.all)
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenPlan:
    """A plan as text, without the stamp; `starts` has where each piece begins in it."""

    pieces: tuple[PlannedPiece, ...]
    text: str
    starts: tuple[int, ...]


def written_plan(before: Pieces, plan: Sequence[PlannedPiece]) -> WrittenPlan:
    """The plan as text, in Livebook's form wherever pieces have other neighbours than before."""
    newline = newline_of(before)
    pieces = list(_with_indexes(before, plan, newline))
    parts, starts, at = [before.head], [], len(before.head)
    for piece, following in pairwise([*pieces, None]):
        if piece is None:
            break
        starts.append(at)
        parts += (piece.text, _after(before, piece, following, newline))
        at += len(parts[-2]) + len(parts[-1])
    return WrittenPlan(pieces=tuple(pieces), text="".join(parts), starts=tuple(starts))


def newline_of(pieces: Pieces) -> str:
    """The line break of a text that has no other."""
    return pieces.draft.source.newline_at(0)


def _after(
    before: Pieces, piece: PlannedPiece, following: PlannedPiece | None, newline: str
) -> str:
    if following is None:
        return before.all[-1].after or newline if before.all else newline
    if piece.origin is not None and following.origin == piece.origin + 1:
        return before.all[piece.origin].after
    are_markdown = piece.kind is following.kind is PieceKind.MARKDOWN
    # An empty text cell that is written at all is a break itself.
    is_broken = are_markdown and not following.body.startswith(BREAK)
    gap = newline * 2
    return gap + BREAK + gap if is_broken else gap


def _with_indexes(
    before: Pieces, plan: Sequence[PlannedPiece], newline: str
) -> Iterator[PlannedPiece]:
    """The pieces with the comments of branches saying where their parents now stand."""
    positions = section_positions(plan)
    for piece in plan:
        if piece.kind is not PieceKind.SECTION:
            yield piece
            continue
        old = None if piece.origin is None else before.all[piece.origin]
        index = None if piece.parent is None else positions.get(piece.parent)
        if index is not None and index != _said_parent(old, piece, before):
            yield replace(piece, comment=with_parent(piece.comment, index, newline))
        elif index is None and old is not None and old.parent is not None:
            yield replace(piece, comment=without_parent(piece.comment))
        else:
            yield piece


def section_positions(plan: Sequence[PlannedPiece]) -> dict[int, int]:
    """Which section each of the old ones is, counted as Livebook does."""
    kinds = [it.kind for it in plan if it.kind in (*CELLS, PieceKind.SECTION)]
    # Cells before any heading are a section of their own.
    count = int(bool(kinds) and kinds[0] in CELLS)
    found: dict[int, int] = {}
    for piece in plan:
        if piece.kind is PieceKind.SECTION:
            if piece.origin is not None:
                found[piece.origin] = count
            count += 1
    return found


def _said_parent(old: Piece | None, piece: PlannedPiece, before: Pieces) -> int | None:
    """The index in the comment as it stands, where it may stay; negative ones are written anew."""
    if old is None or old.parent is None or f'"{PARENT}"' not in piece.comment:
        return None
    is_negative = f'"{PARENT}":-' in piece.comment.replace(" ", "")
    return None if is_negative else section_positions(planned(before))[old.parent]
