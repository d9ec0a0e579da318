"""A plan made a text, and believed only once Livebook reads it as it is meant."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.outcome import Edited
from livebook_ls.notebook.editing.plan import PlannedPiece, written_plan
from livebook_ls.notebook.inspection import inspect_unwritten
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import PieceKind, cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.editing.outcome import EditOutcome
    from livebook_ls.notebook.editing.plan import WrittenPlan
    from livebook_ls.notebook.pieces.cutting import Pieces

# Livebook raises on a stamp whose offset points into the middle of something.
_STAMP_FAILURES = frozenset(("stamp-cuts-character", "malformed-stamp", "bad-stamp-offset"))
_TYPED = "text"


class Selected(NamedTuple):
    """What is selected afterwards: from `start` to `end` in the plan's piece at `at`.

    Counted from the piece's start, or from that of its body, since a comment may have changed.
    """

    at: int
    start: int = 0
    end: int | None = None
    of_body: bool = False


def settled(before: Pieces, plan: Sequence[PlannedPiece], selected: Selected) -> EditOutcome:
    """The plan as text; refused where Livebook would read it otherwise or do new harm to it."""
    written = written_plan(before, plan)
    # An empty text cell at the cursor is none yet: what counts is what it is once one types there.
    tried = [
        replace(it, body=_TYPED) if it.kind is PieceKind.MARKDOWN and not it.body else it
        for it in written.pieces
    ]
    if not _reads_as(written_plan(before, tried)):
        return refusals.READS_OTHERWISE
    text = written.text + before.stamp
    harm = new_harm(before.text, text)
    if before.stamp and harm & _STAMP_FAILURES:
        text = written.text.rstrip() + written.text[-1:]
        harm = new_harm(before.text, text)
    if harm:
        return refusals.BROKEN
    return Edited(old=before.text, text=text, selection=_selection(written, selected))


def new_harm(old: str, text: str) -> frozenset[str]:
    """What Livebook would do to a text, by its codes, and not as often to the old one."""
    harm = _harm(text)
    # Most texts have none, and then the old one need not be looked at.
    return frozenset(harm - _harm(old)) if harm else frozenset()


def _selection(written: WrittenPlan, selected: Selected) -> Span:
    if not written.pieces:
        return Span(0, 0)
    piece, start = written.pieces[selected.at], written.starts[selected.at]
    start += len(piece.comment) if selected.of_body else 0
    most = written.starts[selected.at] + len(piece.text)
    begin = min(start + selected.start, most)
    return Span(begin, begin if selected.end is None else min(start + selected.end, most))


def _reads_as(written: WrittenPlan) -> bool:
    """Whether Livebook reads just the pieces that were planned, each with its parent."""
    found = cut(written.text)
    if len(found.all) != len(written.pieces):
        return False
    at = {it.origin: position for position, it in enumerate(written.pieces)}
    return all(
        piece.kind is read.kind
        and piece.text.rstrip() == read.text.rstrip()
        and read.parent == (None if piece.parent is None else at.get(piece.parent))
        for piece, read in zip(written.pieces, found.all, strict=True)
    )


def _harm(text: str) -> Counter[str]:
    found = inspect_unwritten(text.encode("utf-8", "surrogatepass"))
    codes = Counter(it.code for it in found.hazards)
    return codes + Counter(it.code for it in found.notebook.failures)
