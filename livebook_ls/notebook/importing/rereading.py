"""The fragments of a text after a change: what the change does not reach stays.

A fence that lacks its other half turns all below it, and turns it back once it has that: then the
fragments of an earlier reading are right again, as far down as nothing else has changed.
"""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.edits import common_tail
from livebook_ls.notebook.importing.composing import title_count
from livebook_ls.notebook.importing.fragments import (
    Fragment,
    read_fragments,
    reread_fragments,
    section_level,
)
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from livebook_ls.notebook.markdown.parser_version import ParserVersion

# In fragments, of about 120 lines each.
_FAR = 16
# Of both states between which a fence turns the text.
_MOST_READINGS = 2


class Reading(NamedTuple):
    """A text as it was read, and `earlier` readings that a change may bring back."""

    text: str
    fragments: list[Fragment]
    earlier: tuple[Reading, ...] = ()

    @property
    def offsets(self) -> list[int]:
        """Where the fragments begin, and the end of the text."""
        return list(accumulate([it.length for it in self.fragments], initial=0))


class _Rest(NamedTuple):
    """The fragments of a reading from one of them on."""

    fragments: list[Fragment]
    first: int


def read(source: Source, parser: ParserVersion) -> Reading:
    """A text that was not read before."""
    return Reading(source.text, read_fragments(source, parser))


def reread(
    reading: Reading, source: Source, changed: tuple[int, int], parser: ParserVersion
) -> Reading:
    """The text that a reading has become by a change of its characters between these two."""
    text = source.text
    known = _changed(reading, text, changed, parser)
    fragments = read_fragments(source, parser) if known is None else known
    shared = len(set(map(id, reading.fragments[-_FAR:])) & set(map(id, fragments[-_FAR:])))
    if shared or len(reading.fragments) <= _FAR:
        return Reading(text, fragments, reading.earlier)
    earlier = (reading._replace(earlier=()), *reading.earlier)
    return Reading(text, fragments, earlier[:_MOST_READINGS])


def _changed(
    reading: Reading, text: str, changed: tuple[int, int], parser: ParserVersion
) -> list[Fragment] | None:
    """The fragments after a change; None where the whole must be read again."""
    fragments, offsets = reading.fragments, reading.offsets
    start, end = changed
    growth = len(text) - len(reading.text)
    # A change of a fragment's first line can join it to the one above.
    first = max(0, bisect_right(offsets, max(0, start - 1), 0, len(fragments)) - 2)
    last = bisect_right(offsets, end, 0, len(fragments)) - 1
    begin = offsets[first]
    titles = title_count(fragments)
    rests: dict[int, _Rest] = {}
    reach = 1
    while True:
        beyond = min(last + 1 + reach, len(fragments))
        is_end = beyond == len(fragments)
        if first == 0 and is_end:
            return None
        for index in range(last + 1, beyond):
            rests[offsets[index] + growth - begin] = _Rest(fragments, index)
        part = text[begin : offsets[beyond] + growth]
        found = _reread(part, titles, rests, parser, is_start=first == 0)
        known = _up_to_rest(found, rests, is_end=is_end)
        if known is not None:
            whole = [*fragments[:first], *known]
            return whole if _fits(whole, titles) else None
        if reach == 1:
            rests |= _earlier_rests(reading.earlier, text, begin, titles)
        # What has not come to rest by then is seldom anything but a fence that lacks its other
        # half, which turns all below: to go on by the half would read that twice.
        reach = reach * 4 if reach < _FAR else len(fragments)


def _earlier_rests(
    earlier: Iterable[Reading], text: str, begin: int, titles: int
) -> dict[int, _Rest]:
    """What of earlier readings the text ends with, by its place behind `begin`."""
    rests: dict[int, _Rest] = {}
    for reading in earlier:
        # With several titles other headings begin sections.
        if (title_count(reading.fragments) > 1) != (titles > 1):
            continue
        size = len(reading.text)
        same_from = size - common_tail(reading.text, text, min(size, len(text)))
        below = len(text) - size - begin
        for index, offset in enumerate(reading.offsets[:-1]):
            if index and offset >= same_from:
                rests.setdefault(offset + below, _Rest(reading.fragments, index))
    return rests


def _reread(
    text: str, titles: int, wanted: Container[int], parser: ParserVersion, *, is_start: bool
) -> list[Fragment]:
    if is_start and titles <= 1:
        return read_fragments(Source(text), parser, wanted)
    return reread_fragments(Source(text), parser, section_level(titles), wanted)


def _up_to_rest(
    found: list[Fragment], rests: dict[int, _Rest], *, is_end: bool
) -> list[Fragment] | None:
    """The new fragments up to the first known one that can stand there, and those from it on."""
    offset = 0
    for index, fragment in enumerate(found):
        rest = rests.get(offset)
        if rest is not None:
            return [*found[:index], *rest.fragments[rest.first :]]
        offset += fragment.length
    return found if is_end else None


def _fits(fragments: list[Fragment], titles: int) -> bool:
    """Whether headings still mean what they meant."""
    now = title_count(fragments)
    if now > 1 and titles > 1:
        return True
    # A single one at the top has no say in what is below.
    return max(now, titles) <= 1 and now == len(fragments[0].titles)
