"""What the result of a merge consists of: pieces that stand, and choices between pieces."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import (
    Alternative,
    Conflict,
    ConflictKind,
    MergedPiece,
    PieceOrigin,
    SideName,
    Slot,
)
from livebook_ls.notebook.merging.piece_merge import merge_piece
from livebook_ls.notebook.merging.placing.line_order import first_by_lines
from livebook_ls.notebook.merging.placing.needed_headings import needed_headings
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.merging.conflict import PieceIdentity
    from livebook_ls.notebook.merging.placing.order import Stop
    from livebook_ls.notebook.merging.sides import Sides, Twins

_DELETIONS = (ConflictKind.DELETED_BY_US, ConflictKind.DELETED_BY_THEM)
_CELLS = frozenset((PieceKind.CODE, PieceKind.MARKDOWN))
_SINGLE = (PieceKind.TITLE, PieceKind.SETUP, PieceKind.PREFACE, PieceKind.SECTION)


def merged_slots(sides: Sides, *, by_lines: bool) -> list[Slot]:
    """The slots in order; where not `by_lines`, a piece that both sides changed is a choice."""
    return _Slots(sides, by_lines=by_lines).run()


class _Slots:
    def __init__(self, sides: Sides, *, by_lines: bool) -> None:
        self.sides = sides
        self.by_lines = by_lines
        self.needed = needed_headings(sides)
        self.slots: list[Slot] = []
        # How far either side has come: where it would have what it lacks.
        self.at = PieceOrigin(ours=-1, theirs=-1)

    def run(self) -> list[Slot]:
        for stop in self.sides.stops:
            if stop.base >= 0:
                self._add_of_base(stop.base)
            self._add_inserted(stop)
        return self.slots

    def _add_of_base(self, base: int) -> None:
        ours, theirs = self.sides.our_side.at.get(base), self.sides.their_side.at.get(base)
        origin = PieceOrigin(base=base, ours=ours, theirs=theirs)
        if ours is not None and theirs is not None:
            self._add_both(origin)
        elif ours is not None and self._is_wanted(base, self.sides.ours.all[ours], origin):
            self._add_choice(ConflictKind.DELETED_BY_THEM, (ours,), (), base)
        elif theirs is not None and self._is_wanted(base, self.sides.theirs.all[theirs], origin):
            self._add_choice(ConflictKind.DELETED_BY_US, (), (theirs,), base)

    def _is_wanted(self, base: int, piece: Piece, origin: PieceOrigin) -> bool:
        """Whether the side that has not deleted a piece has changed it, or needs it."""
        sides = self.sides
        parents = {
            sides.parent_in_base(origin),
            sides.parent_in_ours(origin)
            if origin.ours is not None
            else sides.parent_in_theirs(origin),
        }
        is_changed = sides.base.all[base].content != piece.content or len(parents) > 1
        return is_changed or base in self.needed

    def _add_both(self, origin: PieceOrigin) -> None:
        sides = self.sides
        if origin.ours is None or origin.theirs is None:
            raise ValueError
        self.at = origin
        ours, theirs = sides.ours.all[origin.ours], sides.theirs.all[origin.theirs]
        base = None if origin.base is None else sides.base.all[origin.base]
        content = merge_piece(base, ours, theirs)
        has_parent, parent = self._merged_parent(origin)
        is_changed_by_both = content is not None and (content.comment, content.lines) not in [
            (it.comment, tuple(it.body.split("\n"))) for it in (ours, theirs)
        ]
        if content is None or not has_parent or (is_changed_by_both and not self.by_lines):
            kind = ConflictKind.NAME if ours.kind is PieceKind.SECTION else ConflictKind.CELLS
            self._add_choice(kind, (origin.ours,), (origin.theirs,), origin.base)
            return
        self.slots.append(
            MergedPiece(
                kind=ours.kind,
                identity=sides.identity_of_ours(origin.ours),
                origin=origin,
                comment=content.comment,
                lines=content.lines,
                parent=parent,
            )
        )

    def _merged_parent(self, origin: PieceOrigin) -> tuple[bool, PieceIdentity | None]:
        """Whether the sides agree on the parent of a branch, and which it is."""
        sides = self.sides
        base = sides.parent_in_base(origin)
        ours, theirs = sides.parent_in_ours(origin), sides.parent_in_theirs(origin)
        if ours == theirs or theirs == base:
            return True, ours
        return ours == base, theirs

    def _add_inserted(self, stop: Stop) -> None:
        twins = self.sides.twins.get(stop.base)
        if twins is None or (not twins.pairs and self.sides.base.all):
            first = first_by_lines(self.sides, stop) if stop.ours and stop.theirs else None
            if first is None:
                self._add_unrelated(stop)
            else:
                self._add_one_by_one(stop, first)
        elif not twins.are_in_order:
            self._add_choice(ConflictKind.CELLS, stop.ours, stop.theirs, None)
        else:
            self._add_twins(stop, twins)

    def _add_one_by_one(self, stop: Stop, first: SideName) -> None:
        both = [(stop.ours, ()), ((), stop.theirs)]
        for ours, theirs in both if first is SideName.OURS else reversed(both):
            self._add_alone(ours, theirs)

    def _add_twins(self, stop: Stop, twins: Twins) -> None:
        """What both inserted and is alike; what only one has there, the other may have deleted."""
        ours, theirs = stop.ours, stop.theirs
        for one in sorted(twins.pairs):
            other = twins.pairs[one]
            at, their_at = ours.index(one), theirs.index(other)
            self._add_unlike(ours[:at], theirs[:their_at])
            self._add_both(PieceOrigin(ours=one, theirs=other))
            ours, theirs = ours[at + 1 :], theirs[their_at + 1 :]
        self._add_unlike(ours, theirs)

    def _add_unrelated(self, stop: Stop) -> None:
        """Cells go on with the section above, sections follow: those need no order among them."""
        ours, our_sections = _split(stop.ours, self.sides.ours.all)
        theirs, their_sections = _split(stop.theirs, self.sides.theirs.all)
        for one, other in ((ours, theirs), (our_sections, their_sections)):
            if (one and other) or not self.sides.base.all:
                self._add_unlike(one, other)
            else:
                self._add_alone(one, other)

    def _add_unlike(self, ours: tuple[int, ...], theirs: tuple[int, ...]) -> None:
        pieces = self.sides.ours.all, self.sides.theirs.all
        if len(ours) == len(theirs) == 1:
            kinds = {pieces[0][ours[0]].kind, pieces[1][theirs[0]].kind}
            if len(kinds) == 1 and kinds <= _CELLS:
                self._add_both(PieceOrigin(ours=ours[0], theirs=theirs[0]))
                return
        if ours or theirs:
            self._add_choice(ConflictKind.CELLS, ours, theirs, None)

    def _add_alone(self, ours: tuple[int, ...], theirs: tuple[int, ...]) -> None:
        sides = self.sides
        for at in ours:
            if self._goes_with_deleted(sides.ours.all[at].heading, SideName.OURS):
                self._add_choice(ConflictKind.DELETED_BY_THEM, (at,), (), None)
            else:
                self._add_as_is(sides.ours.all[at], PieceOrigin(ours=at))
        for at in theirs:
            if self._goes_with_deleted(sides.theirs.all[at].heading, SideName.THEIRS):
                self._add_choice(ConflictKind.DELETED_BY_US, (), (at,), None)
            else:
                self._add_as_is(sides.theirs.all[at], PieceOrigin(theirs=at))

    def _goes_with_deleted(self, heading: int, side: SideName) -> bool:
        """Whether the heading above is one that the other side deleted."""
        mine, other = self.sides.our_side, self.sides.their_side
        if side is SideName.THEIRS:
            mine, other = other, mine
        base = mine.of.get(heading)
        return base is not None and base not in other.at

    def _add_as_is(self, piece: Piece, origin: PieceOrigin) -> None:
        sides = self.sides
        if origin.ours is None:
            identity = sides.identity_of_theirs(origin.theirs or 0)
            parent = sides.parent_in_theirs(origin)
        else:
            identity = sides.identity_of_ours(origin.ours)
            parent = sides.parent_in_ours(origin)
        self.slots.append(
            MergedPiece(
                kind=piece.kind,
                identity=identity,
                origin=origin,
                comment=piece.comment,
                lines=tuple(piece.body.split("\n")),
                parent=parent,
            )
        )

    def _add_choice(
        self,
        kind: ConflictKind,
        ours: tuple[int, ...],
        theirs: tuple[int, ...],
        base: int | None,
    ) -> None:
        olds: tuple[int, ...] = () if base is None else (base,)
        last = self.slots[-1] if self.slots else None
        if isinstance(last, Alternative) and last.conflict.kind is kind and kind in _DELETIONS:
            # What is left of a section that one side deleted is one question.
            olds, ours, theirs = last.base + olds, last.ours + ours, last.theirs + theirs
            self.slots.pop()
        conflict = self._conflict(kind, ours, theirs, olds)
        self.slots.append(Alternative(conflict=conflict, base=olds, ours=ours, theirs=theirs))

    def _conflict(
        self,
        kind: ConflictKind,
        ours: tuple[int, ...],
        theirs: tuple[int, ...],
        base: tuple[int, ...],
    ) -> Conflict:
        sides = self.sides
        one = [sides.ours.all[it] for it in ours]
        other = [sides.theirs.all[it] for it in theirs]
        return Conflict(
            kind=kind,
            ours=_source(one),
            theirs=_source(other),
            base=_source([sides.base.all[it] for it in base]),
            span=_span(one, sides.ours.all, self.at.ours),
            theirs_span=_span(other, sides.theirs.all, self.at.theirs),
            section=(one or other)[0].name,
            can_keep_both=bool(one and other)
            and not any(it.kind in _SINGLE for it in (*one, *other)),
        )


def _split(
    positions: tuple[int, ...], pieces: Sequence[Piece]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The cells before the first heading, and the rest."""
    kinds = [pieces[it].kind for it in positions]
    at = kinds.index(PieceKind.SECTION) if PieceKind.SECTION in kinds else len(kinds)
    return positions[:at], positions[at:]


def _source(pieces: list[Piece]) -> str:
    return "\n\n".join(it.source for it in pieces) + ("\n" if pieces else "")


def _span(pieces: list[Piece], all_pieces: tuple[Piece, ...], last: int | None) -> Span:
    """Where the pieces stand, or what comes behind the last that is known to stand."""
    if pieces:
        return Span(pieces[0].span.start, pieces[-1].span.end)
    at = all_pieces[last].span.end if last is not None and last >= 0 else 0
    return Span(at, at)
