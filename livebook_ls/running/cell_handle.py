"""How a button or a menu says which cell it is for: by what the cell says, never by its line. Pure.

Between the moment in which a button is drawn and the one in which it is pressed, anything may have
been typed. A handle leads to the very cell that it was made of, or to none.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livebook_ls.notebook.matching.session_cells import digest
from livebook_ls.notebook.model import Cell


@dataclass(frozen=True, slots=True, kw_only=True)
class CellHandle:
    """The `place`th of the `of` cells with code whose text has this digest, counted from one."""

    digest: str
    place: int
    of: int


def handles(cells: Sequence[Cell]) -> tuple[CellHandle, ...]:
    """The handle of each cell, in order."""
    digests = [digest(it.source) for it in cells]
    seen: dict[str, int] = {}
    places = []
    for it in digests:
        seen[it] = seen.get(it, 0) + 1
        places.append(seen[it])
    return tuple(
        CellHandle(digest=it, place=place, of=seen[it])
        for it, place in zip(digests, places, strict=True)
    )


def resolve(cells: Sequence[Cell], handle: CellHandle) -> Cell | None:
    """The cell that `handle` was made of; None where it has changed or can't be told from others.

    Of cells with the same text the number must be what it was, else one of them has gone or come.
    """
    same = [it for it in cells if digest(it.source) == handle.digest]
    if len(same) != handle.of or not 1 <= handle.place <= len(same):
        return None
    return same[handle.place - 1]
