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
    """All suggestions without doubles, by label (for functions: with arity); the first one wins."""
    items: dict[str, Suggestion] = {}
    is_whole, replaced = True, None
    for it in answers:
        is_whole = is_whole and not it.is_late
        if it.answer is None:
            continue
        is_whole = is_whole and it.answer.is_whole
        replaced = replaced or it.answer.replaced
        for suggestion in it.answer.items:
            items.setdefault(suggestion.label, suggestion)
    if replaced is None:
        return None
    return Suggestions(tuple(items.values()), replaced, is_whole)
