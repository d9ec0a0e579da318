"""Sections put in, branched off, moved as a whole and deleted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.outcome import Refusal
from livebook_ls.notebook.editing.places import heading_at, piece_at, section_end
from livebook_ls.notebook.editing.plan import CELLS, PlannedPiece, planned
from livebook_ls.notebook.editing.proof import Selected, settled
from livebook_ls.notebook.importing.composing import DEFAULT_SECTION
from livebook_ls.notebook.pieces.cutting import PieceKind, Pieces, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome

_BRANCH = "Branch"
_SIGNS = "## "


def insert_section(text: str, offset: int) -> EditOutcome:
    """A new section whose name is selected: below the cell at `offset`, taking the cells below it.

    On a heading it comes behind that section, and above the first section on the title.
    """
    pieces = cut(text)
    at = piece_at(pieces, offset)
    if at is not None and pieces.all[at].kind in CELLS:
        place = at + 1
    elif at is not None and pieces.all[at].kind is PieceKind.SECTION:
        place = section_end(pieces, at)
    else:
        place = _first_place(pieces)
    return _with_heading(pieces, place, DEFAULT_SECTION, None)


def branch_off(text: str, offset: int) -> EditOutcome:
    """A new section that branches from the one at `offset`, behind it and its other branches.

    A branch has none of its own: its sibling is made.
    """
    pieces = cut(text)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return heading
    own = pieces.all[heading].parent
    parent = heading if own is None else own
    return _with_heading(pieces, block_end(pieces, heading), _BRANCH, parent)


def move_section_up(text: str, offset: int) -> EditOutcome:
    """The section at `offset`, with the branches right behind it, above what is before it."""
    pieces = cut(text)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return heading
    above = [it for it in _blocks(pieces, heading) if it < heading]
    if not above:
        return _first_refusal(pieces, heading)
    return _swapped(pieces, above[-1], heading, block_end(pieces, heading), offset)


def move_section_down(text: str, offset: int) -> EditOutcome:
    """The section at `offset`, with the branches right behind it, below what is behind it."""
    pieces = cut(text)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return heading
    end = block_end(pieces, heading)
    if end == len(pieces.all):
        return refusals.LAST_SECTION
    return _swapped(pieces, heading, end, block_end(pieces, end), offset)


def delete_section(text: str, offset: int) -> EditOutcome:
    """The notebook without the section at `offset` and its cells."""
    pieces = cut(text)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return heading
    if any(it.parent == heading for it in pieces.all):
        return refusals.HAS_BRANCHES
    plan = planned(pieces)
    del plan[heading : section_end(pieces, heading)]
    return settled(pieces, plan, Selected(max(0, min(heading, len(plan) - 1))))


def block_end(pieces: Pieces, heading: int) -> int:
    """The position behind a section and the branches that follow it directly."""
    end = section_end(pieces, heading)
    while end < len(pieces.all) and pieces.all[end].parent == heading:
        end = section_end(pieces, end)
    return end


def _blocks(pieces: Pieces, heading: int) -> list[int]:
    """The headings of what moves as a whole: sections with their branches, and single branches.

    The branches of the block in which `heading` is stand by themselves, since one of them moves.
    """
    found = []
    at = section_end(pieces, -1)
    while at < len(pieces.all):
        found.append(at)
        end = block_end(pieces, at)
        at = section_end(pieces, at) if at < heading < end else end
    return found


def _first_refusal(pieces: Pieces, heading: int) -> Refusal:
    return refusals.FIRST_SECTION if pieces.all[heading].parent is None else refusals.ABOVE_PARENT


def _swapped(pieces: Pieces, start: int, middle: int, end: int, offset: int) -> EditOutcome:
    """What stands from `start` and from `middle` in the other order, unless a branch forbids it."""
    plan = planned(pieces)
    plan[start:end] = plan[middle:end] + plan[start:middle]
    if _is_above_parent(plan):
        return refusals.ABOVE_PARENT
    at = piece_at(pieces, offset) or 0
    to = next(position for position, it in enumerate(plan) if it.origin == at)
    return settled(pieces, plan, Selected(to, offset - pieces.all[at].span.start))


def _is_above_parent(plan: list[PlannedPiece]) -> bool:
    """Whether a branch stands above its parent, which ends a session."""
    at = {it.origin: position for position, it in enumerate(plan)}
    return any(
        it.parent is not None and at.get(it.parent, -1) > position
        for position, it in enumerate(plan)
    )


def _with_heading(pieces: Pieces, place: int, name: str, parent: int | None) -> EditOutcome:
    plan = planned(pieces)
    body = _SIGNS + name
    plan.insert(place, PlannedPiece(kind=PieceKind.SECTION, body=body, parent=parent))
    return settled(pieces, plan, Selected(place, len(_SIGNS), len(body), of_body=True))


def _first_place(pieces: Pieces) -> int:
    """Where the first section begins: behind title and setup cell, before all other cells."""
    above = (at for at, it in enumerate(pieces.all) if it.kind in (*CELLS, PieceKind.SECTION))
    return next(above, len(pieces.all))
