"""Whether a merged text is the notebook that it should be, and nothing worse than its sources."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import NAMELESS
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.merging.writing import Written
    from livebook_ls.notebook.pieces.cutting import Pieces


def reads_as(found: Pieces, pieces: Sequence[Written]) -> bool:
    """Whether Livebook reads just the pieces that were written."""
    if [_said(it) for it in found.all] != [_written(it) for it in pieces]:
        return False
    branches = sum(it.parent is not None or it.is_off_nameless for it in found.all)
    return branches == _branches(pieces)


def adds_hazards(found: Pieces, sources: Sequence[Pieces]) -> bool:
    """Whether a notebook has a hazard that none of its sources has."""
    known: Counter[str] = Counter()
    for source in sources:
        known += _hazards(source)
    return bool(_hazards(found) - known)


def _said(piece: Piece) -> tuple[PieceKind, str]:
    return piece.kind, piece.source.rstrip()


def _written(piece: Written) -> tuple[PieceKind, str]:
    return piece.kind, (piece.comment + piece.body).rstrip()


def _branches(pieces: Sequence[Written]) -> int:
    there = {it.identity for it in pieces if it.identity is not None} | {NAMELESS}
    return sum(it.parent in there for it in pieces if it.kind is PieceKind.SECTION)


def _hazards(pieces: Pieces) -> Counter[str]:
    found = Counter(it.code for it in pieces.draft.hazards)
    return found + Counter(it.code for it in pieces.draft.notebook.failures)
