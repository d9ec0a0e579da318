"""What changed from one notebook to another, cell by cell, without outputs and stamps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.lines.ends import spans_in
from livebook_ls.notebook.merging.placing.order import START, Side
from livebook_ls.notebook.pieces.cutting import PieceKind, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Span
    from livebook_ls.notebook.pieces.cutting import Piece


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceState:
    """A title, heading or cell as one of the notebooks has it; `number` counts all from 1."""

    section: str
    text: str
    span: Span
    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceChange:
    """What became of a title, heading or cell: `before` is None if it came, `after` if it went.

    Where it has both, the text changed, or it was moved, or both.
    """

    kind: PieceKind
    before: PieceState | None
    after: PieceState | None
    is_moved: bool

    @property
    def is_edited(self) -> bool:
        """Whether it is in both notebooks and says something else."""
        if self.before is None or self.after is None:
            return False
        return self.before.text != self.after.text


def compare(old: str, new: str) -> tuple[PieceChange, ...]:
    """The changes in the order of the new notebook; what went stands where it was."""
    before, after = (cut(it.replace("\r\n", "\n")).all for it in (old, new))
    old_states, states = _states(old, before), _states(new, after)
    side = Side(before, after)
    gone = _gone(before, old_states, side)
    found = list(gone.get(START, ()))
    for at, piece in enumerate(after):
        it = side.of.get(at)
        if it is None:
            found.append(_change(piece, None, states[at]))
            continue
        if it in side.moved or _differ(before, it, side):
            found.append(_change(piece, old_states[it], states[at], is_moved=it in side.moved))
        found += gone.get(it, ())
    return tuple(found)


def _states(text: str, pieces: tuple[Piece, ...]) -> list[PieceState]:
    spans = spans_in(text, [it.span for it in pieces])
    return [
        PieceState(section=it.name, text=it.source, span=span, number=number)
        for number, (it, span) in enumerate(zip(pieces, spans, strict=True), 1)
    ]


def _gone(
    before: tuple[Piece, ...], states: list[PieceState], side: Side
) -> dict[int, list[PieceChange]]:
    """What the new notebook lacks, by the piece above it that it has."""
    found: dict[int, list[PieceChange]] = {}
    last = START
    for at, piece in enumerate(before):
        if at in side.at:
            last = at
        else:
            found.setdefault(last, []).append(_change(piece, states[at], None))
    return found


def _differ(before: tuple[Piece, ...], at: int, side: Side) -> bool:
    old, new = before[at], side.pieces[side.at[at]]
    if old.content != new.content:
        return True
    parent = None if new.parent is None else side.of.get(new.parent, START)
    return (old.parent, old.is_off_nameless) != (parent, new.is_off_nameless)


def _change(
    piece: Piece, before: PieceState | None, after: PieceState | None, *, is_moved: bool = False
) -> PieceChange:
    return PieceChange(kind=piece.kind, before=before, after=after, is_moved=is_moved)
