"""What somebody wrote over Livebook's form, joined with what that form had just overwritten.

Whoever reads the file in that moment goes on from a text that lacks another's last save, without
having taken anything from it. Only what was added can be given back so: of two changes of one line
nobody knows which is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher


def joined(form: str, overwritten: str, newest: str) -> str | None:
    """`newest` with what `overwritten` has more than Livebook's `form`, which both go on from; None
    where it has all of that, or where that can't be told.
    """
    before, lost, text = (it.splitlines(keepends=True) for it in (form, overwritten, newest))
    places = _places(before, text)
    result = list(text)
    for at, added in reversed(list(_additions(before, lost))):
        place = places.get(at)
        if place is None:
            return None
        if text[place : place + len(added)] != added:
            result[place:place] = added
    both = "".join(result)
    return both if both != newest else None


def _additions(before: list[str], after: list[str]) -> Iterator[tuple[int, list[str]]]:
    """What was added before which line, the number of lines standing for the end."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, _, after_start, after_end in matcher.get_opcodes():
        if kind == "insert":
            yield start, after[after_start:after_end]


def _places(before: list[str], after: list[str]) -> dict[int, int]:
    """Where each place between lines is in another text, as far as a line beside it is there."""
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    places: dict[int, int] = {}
    for start, after_start, count in matcher.get_matching_blocks():
        for at in range(count):
            places.setdefault(start + at, after_start + at)
            # What was added behind a line comes before what others added there.
            places[start + at + 1] = after_start + at + 1
    return places
