"""The three-way merge of notebooks: base, ours and theirs made one text, and what conflicts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.merging.conflict import Alternative, Conflict, ConflictKind, Take
from livebook_ls.notebook.merging.line_ends import span_in, unified
from livebook_ls.notebook.merging.pieces import cut
from livebook_ls.notebook.merging.sides import Sides
from livebook_ls.notebook.merging.slots import merged_slots
from livebook_ls.notebook.merging.soundness import is_sound
from livebook_ls.notebook.merging.stamping import Stamped, stamped
from livebook_ls.notebook.merging.writing import written, written_text
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.merging.conflict import Slot
    from livebook_ls.notebook.merging.pieces import Piece, Pieces

_Resolve = Callable[[Mapping[int, Take]], Stamped]


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
        return self._resolve(takes)

    def resolved_all(self, take: Take) -> Stamped:
        """The text with every conflict settled alike."""
        return self._resolve(dict.fromkeys(range(len(self.conflicts)), take))


def merge(base: str | None, ours: str, theirs: str) -> Merged:
    """Ours and theirs made one, given what both began as.

    Without a base (None or empty) every difference is a conflict. Never raises.
    """
    if ours == theirs or theirs == base:
        return _decided(ours, ours, theirs)
    if ours == base:
        return _decided(theirs, ours, theirs)
    texts = unified(base or "", ours, theirs)
    sides = Sides(cut(texts.base), cut(texts.ours), cut(texts.theirs))
    slots = _sound_slots(sides)
    found = [conflict for slot in slots for conflict in slot.conflicts]

    def resolve(takes: Mapping[int, Take]) -> Stamped:
        by_conflict = {id(it): takes.get(at, Take.MINE) for at, it in enumerate(found)}
        pieces = written(sides, slots, lambda it: by_conflict[id(it)])
        result = stamped(written_text(sides, pieces), sides)
        return replace(result, text=result.text.replace("\n", texts.line_end))

    return Merged(
        conflicts=tuple(
            replace(
                it, span=span_in(ours, it.span), theirs_span=span_in(theirs, it.theirs_span)
            )
            for it in found
        ),
        _resolve=resolve,
    )


def _decided(text: str, ours: str, theirs: str) -> Merged:
    result = Stamped(text=text, is_stale=False)
    return Merged(conflicts=(), _resolve=lambda _: result)


def _sound_slots(sides: Sides) -> list[Slot]:
    """The smallest conflicts of which a sound notebook comes, whichever side is taken."""
    for by_lines in (True, False):
        slots = merged_slots(sides, by_lines=by_lines)
        if _are_sound(sides, slots):
            return slots
    return [_whole(sides)]


def _are_sound(sides: Sides, slots: list[Slot]) -> bool:
    has_conflicts = any(slot.conflicts for slot in slots)
    for take in (Take.MINE, Take.THEIRS) if has_conflicts else (Take.MINE,):
        pieces = written(sides, slots, lambda _, take=take: take)  # type: ignore[misc]
        text = written_text(sides, pieces)
        if not is_sound(text, pieces, (sides.ours, sides.theirs)):
            return False
    return True


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
