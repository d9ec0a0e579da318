"""Whether what belongs together is still together in a merged text: cells, attributes, sections.

Lines know nothing of cells: merged as such, they can leave half of one, or give a neighbour what
was said of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livebook_ls.notebook.merging.placing.order import Side
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.pieces.cutting import Piece, Pieces


def is_together(sides: Sides, found: Pieces) -> bool:
    """Whether no cell is torn, no attribute on another cell, and no new cell in another section."""
    both = ((sides.our_side, sides.their_side), (sides.their_side, sides.our_side))
    return not (
        any(_is_torn(sides, found, *it) or _has_strayed(sides, found, *it) for it in both)
        or _has_foreign_attribute(sides, found)
    )


def _is_torn(sides: Sides, found: Pieces, side: Side, other: Side) -> bool:
    """Whether of a cell that one side changed and the other deleted only new lines are there."""
    base = sides.base.all
    bodies = {it.body for it in found.all}
    lines = {line for it in found.all for line in it.body.split("\n")}
    known = {line for it in (*base, *other.pieces) for line in it.body.split("\n")}
    changed = (
        side.pieces[place].body
        for at, place in side.at.items()
        if at not in other.at and side.pieces[place].body != base[at].body
    )
    return any(it not in bodies and lines & {*it.split("\n")} - known for it in changed)


def _has_strayed(sides: Sides, found: Pieces, side: Side, other: Side) -> bool:
    """Whether a new cell is in another section than its own, which the other side deleted."""
    places = {(it.body, it.name) for it in found.all}
    bodies = {it.body for it in found.all}
    known = {it.body for it in (*sides.base.all, *other.pieces)}
    return any(
        piece.body in bodies and piece.body not in known and (piece.body, piece.name) not in places
        for piece in _new_below_deleted(side, other)
    )


def _new_below_deleted(side: Side, other: Side) -> Iterator[Piece]:
    for at, piece in enumerate(side.pieces):
        heading = side.of.get(piece.heading)
        if at not in side.of and heading is not None and heading not in other.at:
            yield piece


def _has_foreign_attribute(sides: Sides, found: Pieces) -> bool:
    """Whether a cell has an attribute that it has on neither side."""
    known = {it for versions in _versions(sides) for it in _attributes(versions)}
    bodies = {it.body for side in (sides.ours, sides.theirs) for it in side.all}
    return any(
        it not in known
        for piece in found.all
        if piece.body in bodies
        for it in _attributes([piece])
    )


def _versions(sides: Sides) -> Iterator[list[Piece]]:
    """Every piece as one side or both have it."""
    mine, other = sides.our_side, sides.their_side
    for at in range(len(sides.base.all)):
        yield [it.pieces[it.at[at]] for it in (mine, other) if at in it.at]
    for side in (mine, other):
        yield from ([it] for at, it in enumerate(side.pieces) if at not in side.of)


def _attributes(versions: Sequence[Piece]) -> Iterator[tuple[str, str, str]]:
    """What is said of a piece, with what it says itself, in any mixture of its versions."""
    for piece in versions:
        items = piece.value.items() if isinstance(piece.value, dict) else ()
        for key, value in items:
            yield from ((it.body, key, to_json(value)) for it in versions)
