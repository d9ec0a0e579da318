"""The three-way merge of notebooks: base, ours and theirs made one text, and what conflicts."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.cell_merge import CellMerge
from livebook_ls.notebook.merging.conflict import Alternative, Conflict, ConflictKind, Take
from livebook_ls.notebook.merging.lines.ends import spans_in, unified
from livebook_ls.notebook.merging.lines.markers import MARKER_SIZE, with_markers
from livebook_ls.notebook.merging.proof.completeness import says_something
from livebook_ls.notebook.merging.sides import Sides
from livebook_ls.notebook.merging.slots import merged_slots
from livebook_ls.notebook.merging.stamping import Stamped, stamped
from livebook_ls.notebook.merging.text_merge import TextMerge
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import cut

if TYPE_CHECKING:
    from livebook_ls.notebook.pieces.cutting import Piece, Pieces

_Resolve = Callable[[Mapping[int, Take], Collection[int]], Stamped]


@dataclass(frozen=True, slots=True, kw_only=True)
class Merged:
    """A merged notebook; `conflicts` are in its order, their spans in the texts as given."""

    conflicts: tuple[Conflict, ...]
    _resolve: _Resolve

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left to decide."""
        return not self.conflicts

    @property
    def text(self) -> str:
        """The text with ours wherever there is a conflict."""
        return self.resolved({}).text

    def resolved(self, takes: Mapping[int, Take]) -> Stamped:
        """The text with conflicts settled, by their positions; ours for those that are not.

        Where both can't be kept, `BOTH` means ours: ask `can_keep_both` first.
        """
        return self._resolve(takes, ())

    def marked(self, takes: Mapping[int, Take], marker_size: int = MARKER_SIZE) -> str:
        """The text with git's markers around what is not settled, for git alone.

        The two sides that the markers tell apart are sound notebooks each. Cells with markers in
        them have no outputs, which would be told apart as well.
        """
        every = range(len(self.conflicts))
        open_ = [at for at in every if at not in takes]
        ours = self._resolve(takes, open_)
        theirs = self._resolve({at: takes.get(at, Take.THEIRS) for at in every}, open_)
        stamp = max(ours.stamp, theirs.stamp)
        # As many blank lines as there are at the end are nobody's conflict.
        end = ours.body[len(ours.body.rstrip("\r\n")) :]
        their_body = theirs.body.rstrip("\r\n") + end
        return with_markers(ours.body + stamp, their_body + stamp, marker_size)

    def resolved_all(self, take: Take) -> Stamped:
        """The text with every conflict settled alike."""
        return self._resolve(dict.fromkeys(range(len(self.conflicts)), take), ())


def merge(base: str | None, ours: str, theirs: str) -> Merged:
    """Ours and theirs made one, given what both began as.

    Without a base (None or empty) every difference is a conflict. Never raises.
    """
    if ours == theirs or theirs == base:
        return _decided(ours)
    if ours == base:
        return _decided(theirs)
    texts = unified(base or "", ours, theirs)
    sides = Sides(cut(texts.base), cut(texts.ours), cut(texts.theirs))
    plan = _plan(sides)

    def resolve(takes: Mapping[int, Take], open_: Collection[int]) -> Stamped:
        ids = [id(plan.conflicts[it]) for it in open_]
        wanted = {id(it): takes.get(at, Take.MINE) for at, it in enumerate(plan.conflicts)}
        result = stamped(plan.text(lambda it: wanted[id(it)], ids), sides)
        body, stamp = (it.replace("\n", texts.line_end) for it in (result.body, result.stamp))
        return replace(result, body=body, stamp=stamp)

    spans = _places(ours, texts.ours, [it.span for it in plan.conflicts])
    their_spans = _places(theirs, texts.theirs, [it.theirs_span for it in plan.conflicts])
    return Merged(
        conflicts=tuple(
            replace(it, span=span, theirs_span=their_span)
            for it, span, their_span in zip(plan.conflicts, spans, their_spans, strict=True)
        ),
        _resolve=resolve,
    )


def _places(text: str, merged: str, spans: list[Span]) -> list[Span]:
    """The spans in the text as given, of those in the one that was merged."""
    return spans if merged == text else spans_in(text, spans)


def _decided(text: str) -> Merged:
    result = Stamped(body=text, stamp="", is_stale=False)
    return Merged(conflicts=(), _resolve=lambda *_: result)


def _plan(sides: Sides) -> CellMerge | TextMerge:
    """The smallest conflicts of which a sound notebook comes, whichever side is taken."""
    cells = CellMerge(sides, merged_slots(sides, by_lines=True))
    is_sound = cells.is_sound()
    if is_sound and not cells.conflicts:
        return cells
    lines = TextMerge(sides)
    if (not is_sound or _size(lines) < _size(cells)) and lines.is_sound():
        return lines
    if is_sound:
        return cells
    apart = CellMerge(sides, merged_slots(sides, by_lines=False))
    return apart if apart.is_sound() else CellMerge(sides, [_whole(sides)])


def _size(plan: CellMerge | TextMerge) -> int:
    """How many lines there are to decide about."""
    texts = [text for it in plan.conflicts for text in (it.ours, it.theirs)]
    return sum(says_something(line) for text in texts for line in text.split("\n"))


def _whole(sides: Sides) -> Alternative:
    """Everything of one side or of the other."""
    ours, theirs = sides.ours.all, sides.theirs.all
    return Alternative(
        conflict=Conflict(
            kind=ConflictKind.CELLS,
            ours=_text(sides.ours),
            theirs=_text(sides.theirs),
            base=_text(sides.base),
            span=_extent(ours),
            theirs_span=_extent(theirs),
            section="",
            can_keep_both=False,
        ),
        base=tuple(range(len(sides.base.all))),
        ours=tuple(range(len(ours))),
        theirs=tuple(range(len(theirs))),
    )


def _text(pieces: Pieces) -> str:
    return pieces.text.removesuffix(pieces.stamp)


def _extent(pieces: tuple[Piece, ...]) -> Span:
    return Span(pieces[0].span.start, pieces[-1].span.end) if pieces else Span(0, 0)
