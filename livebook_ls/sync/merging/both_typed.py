"""Two who typed into one text: what comes of both, sign by sign."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import NamedTuple

from livebook_ls.notebook.edits import common_ends, replacements
from livebook_ls.notebook.merging.conflict import ConflictKind, Take
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.notebook.model import Span

# Of more signs only lines are compared: sign by sign takes time with the square.
_FEW = 400


class TypedEdit(NamedTuple):
    """From where to where, and what stands there instead."""

    start: int
    end: int
    typed: str


def both_typed(before: str, first: str, then: str) -> str:
    """What comes of two who typed into one text; at one place, `first` goes first."""
    return _with(before, _both(before, first, then))


def typed_apart(before: str, first: str, then: str) -> str | None:
    """The same, where neither has changed what the other has; else None."""
    both = _both(before, first, then)
    is_apart = all(one.end <= other.start for one, other in pairwise(both))
    return _with(before, both) if is_apart else None


def typed_on(before: str, restored: str, session: str) -> str:
    """A `session`'s notebook, in which people have typed on since it was as `before`, with what was
    `restored` there meanwhile: of lines that both have changed, both.
    """
    apart = typed_apart(before, restored, session)
    if apart is not None:
        return apart
    conflicts = merge(before, session, restored).conflicts
    for it in reversed([it for it in conflicts if it.kind is ConflictKind.LINES]):
        # Who types a new line types its end first.
        both = both_typed(*(text.removesuffix("\n") for text in (it.base, it.theirs, it.ours)))
        session = _replaced(session, it.span, both, is_line=not it.ours)
        restored = _replaced(restored, it.theirs_span, both, is_line=not it.theirs)
    merged = merge(before, session, restored)
    with_something = (at for at, it in enumerate(merged.conflicts) if it.theirs)
    return merged.resolved(dict.fromkeys(with_something, Take.THEIRS)).text


def _both(before: str, first: str, then: str) -> list[TypedEdit]:
    """What both have typed, in the order of places."""
    ours, theirs = _edits(before, first), _edits(before, then)
    ours, theirs = _met(before, ours, theirs), _met(before, theirs, ours)
    ordered = [(it.start, at, it) for at, both in enumerate((ours, theirs)) for it in both]
    return [it for _, _, it in sorted(ordered)]


def _met(before: str, edits: Sequence[TypedEdit], others: Sequence[TypedEdit]) -> list[TypedEdit]:
    """The same, with new lines begun by their ends where the other has typed at just that place: at
    the end of a line, or at the beginning of the next, they come to the same text.
    """
    starts = {it.start for it in others}
    return [_begun_before(it) if _is_line(before, it, starts) else it for it in edits]


def _is_line(before: str, edit: TypedEdit, others: Collection[int]) -> bool:
    start, end, typed = edit
    is_line = start == end and typed.endswith("\n") and before[start - 1 : start] == "\n"
    return is_line and start - 1 in others and start not in others


def _begun_before(edit: TypedEdit) -> TypedEdit:
    return TypedEdit(edit.start - 1, edit.start - 1, f"\n{edit.typed[:-1]}")


def _edits(before: str, after: str) -> Sequence[TypedEdit]:
    """What makes `after` of `before`, in the order of places.

    What somebody has typed at one place is one edit: all that stands before and behind it is alike.
    """
    head, tail = common_ends(before, after)
    old, new = before[head : len(before) - tail], after[head : len(after) - tail]
    found: list[TypedEdit] = []
    for it in [TypedEdit(0, len(old), new)] if _is_short(old, new) else _by_lines(old, new):
        is_short = _is_short(old[it.start : it.end], it.typed)
        for start, end, typed in _by_signs(old, it) if is_short else (it,):
            found.append(TypedEdit(head + start, head + end, typed))
    return found


def _is_short(before: str, after: str) -> bool:
    return max(len(before), len(after)) <= _FEW


def _by_lines(before: str, after: str) -> Iterator[TypedEdit]:
    for it in replacements(before, after):
        yield TypedEdit(it.span.start, it.span.end, it.text)


def _by_signs(before: str, edit: TypedEdit) -> Iterator[TypedEdit]:
    start, end, typed = edit
    matcher = SequenceMatcher(None, before[start:end], typed, autojunk=False)
    for tag, old_start, old_end, new_start, new_end in matcher.get_opcodes():
        if tag != "equal":
            yield TypedEdit(start + old_start, start + old_end, typed[new_start:new_end])


def _replaced(text: str, span: Span, by: str, *, is_line: bool) -> str:
    return text[: span.start] + by + ("\n" if is_line else "") + text[span.end :]


def _with(before: str, ordered: Sequence[TypedEdit]) -> str:
    result, at = "", 0
    for it in ordered:
        result += before[at : it.start] + it.typed
        at = max(at, it.end)
    return result + before[at:]
