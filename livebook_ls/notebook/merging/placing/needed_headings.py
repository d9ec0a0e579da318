"""Headings that one side deleted while the other still needs them for what it did below."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import PieceIdentity, PieceOrigin, SideName

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from livebook_ls.notebook.merging.placing.order import Side
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.pieces.cutting import Piece


def needed_headings(sides: Sides) -> frozenset[int]:
    """The base's headings that one side deleted and the other has put or changed cells under.

    Without its heading, such a cell would come to stand in the section above.
    """
    base = sides.base.all
    return frozenset(
        _needed(base, sides.our_side, sides.their_side, sides.parent_in_ours)
        | _needed(base, sides.their_side, sides.our_side, sides.parent_in_theirs)
    )


def _needed(
    base: Sequence[Piece],
    side: Side,
    other: Side,
    parent: Callable[[PieceOrigin], PieceIdentity | None],
) -> set[int]:
    found = set()
    for position, piece in enumerate(side.pieces):
        heading = side.of.get(piece.heading)
        if heading is not None and heading not in other.at and piece.heading != position:
            at = side.of.get(position)
            if at is None or at in side.moved or _has_changed(base[at], piece, heading):
                found.add(heading)
        if piece.parent is not None:
            found |= _needed_parent(position, side, other, parent)
    return found


def _has_changed(old: Piece, new: Piece, heading: int) -> bool:
    """Whether a cell was edited, or came from another section."""
    return old.content != new.content or old.heading != heading


def _needed_parent(
    position: int,
    side: Side,
    other: Side,
    parent: Callable[[PieceOrigin], PieceIdentity | None],
) -> set[int]:
    """The parent of a branch that is new, or that the other side has kept."""
    at = side.of.get(position)
    origin = PieceOrigin(base=at, ours=position, theirs=position)
    identity = parent(origin)
    if identity is None or identity.side is not SideName.BASE or identity.position in other.at:
        return set()
    return {identity.position} if at is None or at in other.at else set()
