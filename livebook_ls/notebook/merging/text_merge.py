"""A notebook merged as mere lines: the second opinion where merging its cells leaves conflicts.

People also cut cells in two, or move a fence; lines then say more than cells do. What comes of it
counts only where it is a sound notebook in which nothing is lost, torn apart or said twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind, Take
from livebook_ls.notebook.merging.lines.merge import Clash, merge_lines
from livebook_ls.notebook.merging.proof.completeness import has_returned, keeps_words
from livebook_ls.notebook.merging.proof.soundness import adds_hazards
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind, Pieces, cut

if TYPE_CHECKING:
    from livebook_ls.notebook.merging.sides import Sides
    from livebook_ls.notebook.merging.writing import Taking


class TextMerge:
    """The lines of a merge of whole texts, with the conflicts among them."""

    def __init__(self, sides: Sides) -> None:
        self._sides = sides
        base, ours, theirs = (_lines(it) for it in (sides.base, sides.ours, sides.theirs))
        starts, their_starts = _starts(ours), _starts(theirs)
        self.lines = [
            _conflict(it, starts, their_starts, sides) if isinstance(it, Clash) else it
            for it in merge_lines(base, ours, theirs)
        ]
        self.conflicts = [it for it in self.lines if isinstance(it, Conflict)]

    def text(self, take: Taking) -> str:
        """The text once every conflict is settled; both can't be kept."""
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
        takes = (Take.MINE, Take.THEIRS) if self.conflicts else (None,)
        return all(self._is_sound(it) for it in takes)

    def _is_sound(self, take: Take | None) -> bool:
        found = cut(self.text(lambda _: take or Take.MINE))
        sides = self._sides
        ours, theirs = sides.ours, sides.theirs
        return (
            not adds_hazards(found, (ours, theirs))
            and keeps_words(sides, found, take)
            and not has_returned(sides, found)
            and _smart(found) <= _smart(ours) | _smart(theirs)
            and _branches(found) <= _branches(ours) | _branches(theirs)
        )


def _lines(pieces: Pieces) -> list[str]:
    return [*pieces.text.removesuffix(pieces.stamp).rstrip("\n").split("\n"), ""]


def _starts(lines: list[str]) -> list[int]:
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _conflict(clash: Clash, starts: list[int], their_starts: list[int], sides: Sides) -> Conflict:
    span = _span(starts, clash.ours_start, len(clash.ours))
    return Conflict(
        kind=ConflictKind.LINES,
        ours="".join(f"{line}\n" for line in clash.ours),
        theirs="".join(f"{line}\n" for line in clash.theirs),
        base="".join(f"{line}\n" for line in clash.base),
        span=span,
        theirs_span=_span(their_starts, clash.theirs_start, len(clash.theirs)),
        section=_section_at(sides.ours, span.start),
        can_keep_both=False,
    )


def _span(starts: list[int], first: int, count: int) -> Span:
    return Span(starts[first], max(starts[first], starts[first + count] - 1))


def _section_at(pieces: Pieces, at: int) -> str:
    names = [it.name for it in pieces.all if it.kind is PieceKind.SECTION and it.span.start <= at]
    return names[-1] if names else ""


def _smart(pieces: Pieces) -> set[str]:
    return {it.source for it in pieces.all if it.kind is PieceKind.SMART}


def _branches(pieces: Pieces) -> set[tuple[str, str]]:
    """Sections with the section that each branches off."""
    return {
        (it.name, _parent_name(pieces, it)) for it in pieces.all if it.kind is PieceKind.SECTION
    }


def _parent_name(pieces: Pieces, piece: Piece) -> str:
    return "" if piece.parent is None else pieces.all[piece.parent].name
