"""Short names for cells and sections that stay theirs while the notebook changes around them.

A handle is made of what a part says when it is first seen, so that every process gives the same;
from then on it follows the part by content (`matching.pairing`), edited or moved; a section of a
name that others have, by its cells.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from livebook_ls.notebook.exact_edits.cell_text import with_line_feeds
from livebook_ls.notebook.exact_edits.said import Said, said_with_cells
from livebook_ls.notebook.exact_edits.section_handles import with_sections_by_cells
from livebook_ls.notebook.matching.pairing import pair
from livebook_ls.notebook.model import Cell
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind, Pieces, cut

SETUP = "setup"
TITLE = "title"
_LENGTH = 4
_NAMELESS = frozenset({PieceKind.PREFACE, PieceKind.LOOSE})


@dataclass(frozen=True, slots=True, kw_only=True)
class HandledPart:
    """A title, section or cell by its handle: as it is written, and as the importer reads it."""

    handle: str
    piece: Piece
    says: Said
    cell: Cell | None


@dataclass(frozen=True, slots=True)
class HandledText:
    """A text by its pieces, and the handle of each; empty for text that is no part of anything."""

    pieces: Pieces
    handles: tuple[str, ...]

    @property
    def text(self) -> str:
        """The text."""
        return self.pieces.text

    def piece(self, handle: str) -> Piece | None:
        """The piece of that handle."""
        found = (
            it for it, name in zip(self.pieces.all, self.handles, strict=True) if name == handle
        )
        return next(found, None) if handle else None

    def parts(self) -> list[HandledPart]:
        """All named parts, in order."""
        found = said_with_cells(self.pieces.draft.notebook)
        pairs = zip(self.handles, self.pieces.all, strict=True)
        named = [(handle, piece) for handle, piece in pairs if handle]
        return [
            HandledPart(handle=handle, piece=piece, says=says, cell=cell)
            for (handle, piece), (says, cell) in zip(named, found, strict=True)
        ]

    def sections(self) -> dict[str, frozenset[str]]:
        """The cells of each section, all by their handles."""
        found: dict[str, set[str]] = {}
        for piece, handle in zip(self.pieces.all, self.handles, strict=True):
            if piece.kind is PieceKind.SECTION:
                found[handle] = set()
            elif handle and piece.heading >= 0:
                found[self.handles[piece.heading]].add(handle)
        return {section: frozenset(cells) for section, cells in found.items()}

    def digests(self) -> dict[str, str]:
        """What each handle's part says, in short."""
        pairs = zip(self.handles, self.pieces.all, strict=True)
        return {handle: digest_of_piece(piece) for handle, piece in pairs if handle}


def handled(text: str) -> HandledText:
    """A text that is seen for the first time."""
    pieces = cut(text)
    return HandledText(pieces, _named(pieces, {}))


def followed(before: HandledText, text: str) -> HandledText:
    """The text that came after another one: what is still there is called what it was."""
    if before.text == text:
        return before
    pieces = cut(text)
    old, new = ([it.part for it in some.all] for some in (before.pieces, pieces))
    pairs = with_sections_by_cells(pair(old, new), before.pieces.all, pieces.all)
    return HandledText(pieces, _named(pieces, {at: before.handles[it] for it, at in pairs.items()}))


def renamed(text: str, handles: Sequence[str]) -> HandledText:
    """A text of ours, whose named pieces are called so, in order; empty ones get a new name."""
    pieces = cut(text)
    named = [at for at, piece in enumerate(pieces.all) if piece.kind not in _NAMELESS]
    return HandledText(pieces, _named(pieces, dict(zip(named, handles, strict=True))))


def digest_of_piece(piece: Piece) -> str:
    """What tells a piece's content from any other; outputs and a branch's parent don't count."""
    content = with_line_feeds("\n".join((piece.kind.value, *piece.content)))
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()


def _named(pieces: Pieces, known: dict[int, str]) -> tuple[str, ...]:
    taken = set(known.values())
    names = []
    for at, piece in enumerate(pieces.all):
        name = known.get(at) or _new_name(piece, taken)
        taken.add(name)
        names.append(name)
    return tuple(names)


def _new_name(piece: Piece, taken: set[str]) -> str:
    if piece.kind in _NAMELESS:
        return ""
    name = _plain_name(piece)
    number = 2
    free = name
    while free in taken:
        free = f"{name}-{number}"
        number += 1
    return free


def _plain_name(piece: Piece) -> str:
    if piece.kind is PieceKind.TITLE:
        return TITLE
    if piece.kind is PieceKind.SETUP:
        return SETUP if piece.name == "elixir" else f"{SETUP}-{piece.name}"
    hashed = bytes.fromhex(digest_of_piece(piece))
    letter = "s" if piece.kind is PieceKind.SECTION else "c"
    return letter + base64.b32encode(hashed)[:_LENGTH].decode("ascii").lower()
