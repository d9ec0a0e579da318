"""What somebody wrote over Livebook's form, joined with what that form had just overwritten.

Whoever reads the file in that moment goes on from a text that lacks another's last save, without
having taken anything from it. Only what was added can be given back so: of two changes of one line
nobody knows which is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import SequenceMatcher

from livebook_ls.notebook.edits import common_ends


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
    end = after_end = 0
    for start, after_start, count in _same(before, after):
        if start == end and after_start > after_end:
            yield start, after[after_end:after_start]
        end, after_end = start + count, after_start + count


def _places(before: list[str], after: list[str]) -> dict[int, int]:
    """Where each place between lines is in another text, as far as a line beside it is there."""
    places: dict[int, int] = {}
    for start, after_start, count in _same(before, after):
        for at in range(count):
            places.setdefault(start + at, after_start + at)
            # What was added behind a line comes before what others added there.
            places[start + at + 1] = after_start + at + 1
    return places


def _same(before: list[str], after: list[str]) -> Iterator[tuple[int, int, int]]:
    """The lines that both have: where they begin in either, and how many; none at the very end.

    Whoever writes often has written again before whole texts are compared.
    """
    head, tail = common_ends(before, after)
    end, after_end = len(before) - tail, len(after) - tail
    matcher = SequenceMatcher(None, before[head:end], after[head:after_end], autojunk=False)
    yield 0, 0, head
    for start, after_start, count in matcher.get_matching_blocks():
        yield head + start, head + after_start, count
    yield end, after_end, tail
