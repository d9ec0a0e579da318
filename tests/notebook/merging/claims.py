"""What can be said of any merge, and how large its conflicts are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.notebook.merging.proof.belonging import is_together
from livebook_ls.notebook.merging.proof.completeness import (
    has_returned,
    keeps_words,
    says_something,
)
from livebook_ls.notebook.merging.proof.soundness import adds_hazards
from livebook_ls.notebook.pieces.cutting import PieceKind, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.merging.lines.markers import MarkedText
    from livebook_ls.notebook.merging.merge import Merged
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.pieces.cutting import Pieces


def returned_or_missing(sides: Sides, found: Pieces) -> str:
    """What is wrong with a text that is said to be a merge without conflicts; empty if nothing."""
    if adds_hazards(found, (sides.ours, sides.theirs)):
        return "is not sound"
    if not keeps_words(sides, found, None):
        return "lacks something"
    if has_returned(sides, found):
        return "has what was deleted, or something twice"
    if not is_together(sides, found):
        return "has half of a cell, its attributes at another, or a new one in another section"
    known = {it.source for side in (sides.ours, sides.theirs) for it in side.all}
    if any(it.kind is PieceKind.SMART and it.source not in known for it in found.all):
        return "has half a smart cell"
    return ""


def lost_by_choosing(sides: Sides, marked: MarkedText) -> str:
    """What is wrong with git's conflicts, taking a side everywhere; empty if nothing."""
    for take, text in ((Take.MINE, marked.ours), (Take.THEIRS, marked.theirs)):
        found = cut(text)
        if adds_hazards(found, (sides.ours, sides.theirs)):
            return "are no sound notebook, whichever side is taken"
        if not keeps_words(sides, found, take):
            return "lose what a side wrote, although that side is taken"
        if has_returned(sides, found, take):
            return "have what was deleted, or something twice, although it is not in the side taken"
        if not is_together(sides, found):
            return "leave half of a cell, or give its attributes to another"
    return ""


def size_of_conflicts(merged: Merged) -> int:
    """How many lines there are to decide about."""
    texts = [text for it in merged.conflicts for text in (it.ours, it.theirs)]
    return sum(says_something(line) for text in texts for line in text.split("\n"))


def size_of_marked(text: str) -> int:
    """How many lines stand between git's markers."""
    size, is_inside = 0, False
    for line in text.split("\n"):
        if line.startswith("<<<<<<< "):
            is_inside = True
        elif line.startswith(">>>>>>> "):
            is_inside = False
        elif is_inside and says_something(line):
            size += 1
    return size
