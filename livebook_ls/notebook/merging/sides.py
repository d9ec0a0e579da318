"""The three texts of a merge side by side: which piece of one is which of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livebook_ls.notebook.matching.pairing import pair
from livebook_ls.notebook.merging.conflict import (
    NAMELESS,
    PieceIdentity,
    PieceOrigin,
    SideName,
)
from livebook_ls.notebook.merging.placing.order import Side, Stop, merged_order

if TYPE_CHECKING:
    from collections.abc import Callable

    from livebook_ls.notebook.pieces.cutting import Piece, Pieces


@dataclass(frozen=True, slots=True)
class Twins:
    """What both sides inserted in one place, with the pairs that are the same or alike."""

    ours: tuple[int, ...]
    theirs: tuple[int, ...]
    pairs: dict[int, int]

    @property
    def are_in_order(self) -> bool:
        """Whether the pairs stand in the same order on both sides."""
        places = [self.pairs[it] for it in sorted(self.pairs)]
        return places == sorted(places)


@dataclass(slots=True)
class Sides:
    """Base, ours and theirs, and the order in which their pieces stand in the result."""

    base: Pieces
    ours: Pieces
    theirs: Pieces
    our_side: Side = field(init=False)
    their_side: Side = field(init=False)
    stops: list[Stop] = field(init=False)
    twins: dict[int, Twins] = field(init=False)
    _twin_of_theirs: dict[int, int] = field(init=False)

    def __post_init__(self) -> None:
        self.our_side = Side(self.base.all, self.ours.all)
        self.their_side = Side(self.base.all, self.theirs.all)
        self.stops = merged_order(len(self.base.all), self.our_side, self.their_side)
        self.twins = {
            stop.base: self._twins_at(stop) for stop in self.stops if stop.ours and stop.theirs
        }
        self._twin_of_theirs = {
            other: one for twins in self.twins.values() for one, other in twins.pairs.items()
        }

    def identity_of_ours(self, position: int) -> PieceIdentity:
        """What stands there in ours."""
        base = self.our_side.of.get(position)
        return (
            PieceIdentity(SideName.OURS, position)
            if base is None
            else PieceIdentity(SideName.BASE, base)
        )

    def identity_of_theirs(self, position: int) -> PieceIdentity:
        """What stands there in theirs."""
        base = self.their_side.of.get(position)
        if base is not None:
            return PieceIdentity(SideName.BASE, base)
        twin = self._twin_of_theirs.get(position)
        if twin is not None:
            return PieceIdentity(SideName.OURS, twin)
        return PieceIdentity(SideName.THEIRS, position)

    def parent_in_base(self, origin: PieceOrigin) -> PieceIdentity | None:
        """The section that this one branches off in the base."""
        at = origin.base
        return _parent(self.base, at, lambda it: PieceIdentity(SideName.BASE, it))

    def parent_in_ours(self, origin: PieceOrigin) -> PieceIdentity | None:
        """The section that this one branches off in ours."""
        return _parent(self.ours, origin.ours, self.identity_of_ours)

    def parent_in_theirs(self, origin: PieceOrigin) -> PieceIdentity | None:
        """The section that this one branches off in theirs."""
        return _parent(self.theirs, origin.theirs, self.identity_of_theirs)

    def _twins_at(self, stop: Stop) -> Twins:
        pairs = _pairs_either_way(
            [self.ours.all[it] for it in stop.ours], [self.theirs.all[it] for it in stop.theirs]
        )
        return Twins(
            stop.ours,
            stop.theirs,
            {stop.ours[one]: stop.theirs[other] for one, other in pairs.items()},
        )


def _parent(
    side: Pieces, at: int | None, identity: Callable[[int], PieceIdentity]
) -> PieceIdentity | None:
    """The section that the piece there branches off."""
    if at is None:
        return None
    piece = side.all[at]
    if piece.is_off_nameless:
        return NAMELESS
    return None if piece.parent is None else identity(piece.parent)


def _pairs_either_way(ours: list[Piece], theirs: list[Piece]) -> dict[int, int]:
    """The pairs, the same whichever side is called ours."""
    one, other = [it.part for it in ours], [it.part for it in theirs]
    if [it.key for it in one] <= [it.key for it in other]:
        return pair(one, other)
    return {at: place for place, at in pair(other, one).items()}
