"""Outputs put back into a text that was merged without them: each at the source that gave it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.writing import merged_blank
from livebook_ls.notebook.pieces.cutting import cut

if TYPE_CHECKING:
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.pieces.cutting import Pieces


def with_outputs(text: str, sides: Sides) -> str:
    """The text with the outputs of the sides, at cells that say the same as there."""
    base, ours, theirs = (_by_body(it) for it in (sides.base, sides.ours, sides.theirs))
    seen: Counter[str] = Counter()
    found = cut(text)
    parts = [found.head]
    for piece in found.all:
        # Of cells that say the same, the first one's are those of the first.
        at = seen[piece.body]
        seen[piece.body] += 1
        old, *both = (it[piece.body][at : at + 1] for it in (base, ours, theirs))
        outputs = [it for its in both for it in its]
        if len(outputs) == 2 and old:
            outputs = [merged_blank(old[0], *outputs)]
        parts += [piece.source, max(outputs, default="", key=lambda it: (len(it), it)), piece.after]
    return "".join(parts)


def _by_body(pieces: Pieces) -> defaultdict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for piece in pieces.all:
        found[piece.body].append(piece.outputs)
    return found
