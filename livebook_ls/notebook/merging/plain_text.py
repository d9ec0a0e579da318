"""A notebook's text as people write it: without outputs and stamp, for git to compare."""

from __future__ import annotations

from livebook_ls.notebook.pieces.cutting import cut


def without_outputs(text: str) -> str:
    """The text without outputs and stamp; all else is as it was."""
    pieces = cut(text)
    parts = [pieces.head]
    for piece in pieces.all:
        parts += [piece.source, piece.after]
    if not pieces.stamp:
        return "".join(parts)
    return "".join(parts).rstrip() + "\n"
