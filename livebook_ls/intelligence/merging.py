"""One list of suggestions out of several: the session's first, then what the text says besides."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from livebook_ls.intelligence.answers import Suggestion, Suggestions

_Answer = TypeVar("_Answer")


@dataclass(frozen=True, slots=True)
class InTime(Generic[_Answer]):
    """What somebody answered, or that it came too late."""

    answer: _Answer | None
    is_late: bool


def merged(answers: Iterable[InTime[Suggestions]]) -> Suggestions | None:
    """All suggestions without doubles, by label (for functions: with arity); the first one wins.

    Behind somebody who knows what is compiled, others only add what the text says: their own
    libraries may be of other versions.
    """
    items: dict[str, Suggestion] = {}
    is_whole, replaced = True, None
    for it in answers:
        is_whole = is_whole and not it.is_late
        if it.answer is None:
            continue
        is_whole = is_whole and it.answer.is_whole
        replaced = replaced or it.answer.replaced
        known = frozenset(items)
        for suggestion in it.answer.items:
            if not known or suggestion.is_from_text:
                items.setdefault(suggestion.label, suggestion)
    if replaced is None:
        return None
    return Suggestions(tuple(items.values()), replaced, is_whole)
