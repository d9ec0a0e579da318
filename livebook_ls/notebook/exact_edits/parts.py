"""A notebook's text as parts that are put in, taken out and moved; what nobody touches stays as is.

Line ends are line feeds in here; `text` gives new parts those that the notebook has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from livebook_ls.notebook.editing.plan import PlannedPiece, newline_of, written_plan
from livebook_ls.notebook.exact_edits import refusal
from livebook_ls.notebook.exact_edits.cell_text import with_line_feeds
from livebook_ls.notebook.exact_edits.handles import HandledText
from livebook_ls.notebook.exact_edits.said import Said, said
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind

CELLS = frozenset({PieceKind.SETUP, PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART})
_IN_SECTIONS = frozenset({PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART})
_NAMELESS = frozenset({PieceKind.PREFACE, PieceKind.LOOSE})


@dataclass(slots=True, kw_only=True, eq=False)
class NotebookPart:
    """A part: its text by comment, body and outputs, and what the importer must read of it.

    `piece` is what it was in the text before, and `origin` the place of that; None where it is
    new. A section's `parent` is the section that it branches off.
    """

    kind: PieceKind
    handle: str
    comment: str
    body: str
    outputs: str
    says: Said | None
    piece: Piece | None = None
    origin: int | None = None
    parent: NotebookPart | None = None
    is_touched: bool = False

    @property
    def is_cell(self) -> bool:
        """Whether it is a cell."""
        return self.kind in CELLS


@dataclass(slots=True)
class Parts:
    """All parts in order, under an edit's hands."""

    before: HandledText
    all: list[NotebookPart] = field(default_factory=list)

    @classmethod
    def of(cls, before: HandledText) -> Parts:
        """The parts of a text."""
        parts = cls(before)
        saying = iter(said(before.pieces.draft.notebook))
        pairs = zip(before.pieces.all, before.handles, strict=True)
        for origin, (piece, handle) in enumerate(pairs):
            parts.all.append(
                NotebookPart(
                    kind=piece.kind,
                    handle=handle,
                    comment=piece.comment,
                    body=piece.body,
                    outputs=piece.outputs,
                    says=None if piece.kind in _NAMELESS else next(saying),
                    piece=piece,
                    origin=origin,
                )
            )
        for part in parts.all:
            if part.piece is not None and part.piece.parent is not None:
                part.parent = parts.all[part.piece.parent]
        return parts

    def cell(self, handle: str) -> NotebookPart:
        """The cell of that handle; raises EditRefusal."""
        return self._found(handle, is_cell=True)

    def section(self, handle: str) -> NotebookPart:
        """The section of that handle; raises EditRefusal."""
        return self._found(handle, is_cell=False)

    def at(self, part: NotebookPart) -> int:
        """Where a part stands."""
        return next(at for at, it in enumerate(self.all) if it is part)

    def end_of(self, section: NotebookPart) -> int:
        """Behind the last part of a section."""
        first = self.at(section) + 1
        below = (at for at in range(first, len(self.all)) if self._begins_section(at))
        return next(below, len(self.all))

    def sections(self) -> Iterator[NotebookPart]:
        """The sections with a heading."""
        return (it for it in self.all if it.kind is PieceKind.SECTION)

    def kind_first(self, kind: PieceKind) -> NotebookPart | None:
        """The first part of a kind."""
        return next((it for it in self.all if it.kind is kind), None)

    def has_nameless_section(self) -> bool:
        """Whether cells stand before any heading, which Livebook makes a section of."""
        kinds = (it.kind for it in self.all)
        first = next((it for it in kinds if it in (PieceKind.SECTION, *_IN_SECTIONS)), None)
        return first in _IN_SECTIONS

    def text(self) -> str:
        """The text that the parts are now."""
        pieces = self.before.pieces
        line_end = newline_of(pieces)
        plan = [_planned(it, line_end) for it in self.all]
        text = written_plan(pieces, plan).text
        if pieces.all and not pieces.all[-1].after:
            # A file that ends within a line goes on doing so.
            text = text.removesuffix(line_end)
        return text + pieces.stamp

    def _found(self, handle: str, *, is_cell: bool) -> NotebookPart:
        part = next((it for it in self.all if handle and it.handle == handle), None)
        if part is None:
            raise refusal.no_such_part(handle)
        if part.is_cell is not is_cell or (not is_cell and part.kind is not PieceKind.SECTION):
            wanted = "a cell" if is_cell else "a section"
            raise refusal.not_for(handle, f"“{handle}” is not {wanted}. Name {wanted} here.")
        return part

    def _begins_section(self, at: int) -> bool:
        return self.all[at].kind is PieceKind.SECTION


def _planned(part: NotebookPart, line_end: str) -> PlannedPiece:
    """A part as it is to be written: what is new in it with the line ends of the notebook."""

    def written(now: str, before: str | None) -> str:
        return now if now == before else with_line_feeds(now).replace("\n", line_end)

    old = part.piece
    return PlannedPiece(
        kind=part.kind,
        comment=written(part.comment, old.comment if old else None),
        body=written(part.body, old.body if old else None),
        outputs=written(part.outputs, old.outputs if old else None),
        origin=part.origin,
        parent=part.parent.origin if part.parent else None,
    )
