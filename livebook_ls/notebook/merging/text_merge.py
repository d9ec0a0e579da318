"""A notebook merged as mere lines: the second opinion where merging its cells leaves conflicts.

People also cut cells in two, or move a fence; lines then say more than cells do. What comes of it
counts only where it is a sound notebook in which nothing is lost, torn apart or said twice.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind, Take
from livebook_ls.notebook.merging.lines.merge import Clash, merge_lines
from livebook_ls.notebook.merging.outputs import with_outputs
from livebook_ls.notebook.merging.proof.belonging import is_together
from livebook_ls.notebook.merging.proof.completeness import has_returned, keeps_words
from livebook_ls.notebook.merging.proof.soundness import adds_hazards
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind, Pieces, cut

if TYPE_CHECKING:
    from collections.abc import Collection

    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.merging.writing import Taking


class TextMerge:
    """The lines of a merge of whole texts, with the conflicts among them."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        base, ours, theirs = (_Lines.of(it) for it in (sides.base, sides.ours, sides.theirs))
        self.lines = [
            _conflict(it, ours, theirs, sides) if isinstance(it, Clash) else it
            for it in merge_lines(base.lines, ours.lines, theirs.lines)
        ]
        self.conflicts = [it for it in self.lines if isinstance(it, Conflict)]

    def text(self, take: Taking, open_: Collection[int] = ()) -> str:
        """The text once every conflict is settled, without outputs where some are `open_`.

        Both can't be kept.
        """
        text = self._source(take)
        return text if open_ else with_outputs(text, self._sides)

    def _source(self, take: Taking) -> str:
        found: list[str] = []
        for line in self.lines:
            if isinstance(line, Conflict):
                chosen = line.theirs if take(line) is Take.THEIRS else line.ours
                found += chosen.split("\n")[:-1]
            else:
                found.append(line)
        return "\n".join(found)

    def is_sound(self) -> bool:
        """Whether a sound notebook comes of it, whichever side is taken."""
        texts = (self._sides.base, self._sides.ours, self._sides.theirs)
        if any(it.unread_in_outputs for text in texts for it in text.all):
            return False  # Outputs are left out of the lines, with what people wrote among them.
        takes = (Take.MINE, Take.THEIRS) if self.conflicts else (None,)
        return all(self._is_sound(it) for it in takes)

    def _is_sound(self, take: Take | None) -> bool:
        found = cut(self._source(lambda _: take or Take.MINE))
        sides = self._sides
        ours, theirs = sides.ours, sides.theirs
        return (
            not adds_hazards(found, (ours, theirs))
            and keeps_words(sides, found, take)
            and not has_returned(sides, found, take)
            and is_together(sides, found)
            and _smart(found) <= _smart(ours) | _smart(theirs)
            and _branches(found) <= _branches(ours) | _branches(theirs)
        )


@dataclass(frozen=True, slots=True)
class _Lines:
    """A text's lines without outputs and stamp, and where in the text each begins."""

    lines: list[str]
    starts: list[int]

    @classmethod
    def of(cls, pieces: Pieces) -> _Lines:
        text = [pieces.head]
        # Where what stands between outputs begins, here and in the text.
        begins, places = [0], [0]
        for piece in pieces.all:
            for part, place in (
                (piece.source, piece.span.start),
                (piece.after, piece.span.end + len(piece.outputs)),
            ):
                begins.append(begins[-1] + len(text[-1]))
                places.append(place)
                text.append(part)
        lines = [*"".join(text).rstrip("\n").split("\n"), ""]
        starts = [0, *accumulate(len(it) + 1 for it in lines)]
        at = [bisect_right(begins, it) - 1 for it in starts]
        return cls(lines, [places[i] + it - begins[i] for i, it in zip(at, starts, strict=True)])

    def span(self, first: int, count: int) -> Span:
        """So many lines, without the last one's break."""
        last = first + count - 1
        start = self.starts[first]
        return Span(start, self.starts[last] + len(self.lines[last]) if count else start)


def _conflict(clash: Clash, ours: _Lines, theirs: _Lines, sides: Sides) -> Conflict:
    span = ours.span(clash.ours_start, len(clash.ours))
    return Conflict(
        kind=ConflictKind.LINES,
        ours="".join(f"{line}\n" for line in clash.ours),
        theirs="".join(f"{line}\n" for line in clash.theirs),
        base="".join(f"{line}\n" for line in clash.base),
        span=span,
        theirs_span=theirs.span(clash.theirs_start, len(clash.theirs)),
        section=_section_at(sides.ours, span.start),
        can_keep_both=False,
    )


def _section_at(pieces: Pieces, at: int) -> str:
    names = [it.name for it in pieces.all if it.kind is PieceKind.SECTION and it.span.start <= at]
    return names[-1] if names else ""


def _smart(pieces: Pieces) -> set[str]:
    return {it.source for it in pieces.all if it.kind is PieceKind.SMART}


def _branches(pieces: Pieces) -> set[tuple[str, str, bool]]:
    """Sections with the section that each branches off, and whether that is the one without a
    heading.
    """
    return {
        (it.name, _parent_name(pieces, it), it.is_off_nameless)
        for it in pieces.all
        if it.kind is PieceKind.SECTION
    }


def _parent_name(pieces: Pieces, piece: Piece) -> str:
    return "" if piece.parent is None else pieces.all[piece.parent].name
