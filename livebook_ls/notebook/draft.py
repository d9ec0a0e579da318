"""A text under an editor's hands: after a change only what it touches is read anew."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import common_ends
from livebook_ls.notebook.hazards.finding import (
    compose_hazards,
    find_hazards,
    with_other_parser,
)
from livebook_ls.notebook.importing.composing import compose, place, title_count
from livebook_ls.notebook.importing.fragments import (
    Fragment,
    read_fragments,
    reread_fragments,
    section_level,
)
from livebook_ls.notebook.markdown.lines import Scan
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.markdown.places import BlockDocument
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Container

    from livebook_ls.notebook.hazard import Hazard
    from livebook_ls.notebook.importing.composing import Placed
    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.model import Notebook

# In fragments, of about 80 lines each.
_FAR = 16


class Draft:
    """A source with what it says. Immutable: a change makes a new draft that shares the rest."""

    def __init__(
        self,
        source: Source,
        fragments: list[Fragment] | None = None,
        parser: ParserVersion | None = None,
    ) -> None:
        self.source = source
        self._parser = parser
        if fragments is None:
            fragments = read_fragments(source.text, parser or RELEASED)
        self.fragments = fragments

    @cached_property
    def placed(self) -> list[Placed]:
        """What it is made of, and where each piece stands; most are the former draft's."""
        return place(self.fragments)

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook that the text is."""
        return compose(self.source, self.placed)

    @cached_property
    def hazards(self) -> tuple[Hazard, ...]:
        """What Livebook would do to the text, as far as it is seen without writing."""
        seen = compose_hazards(self.source, self.notebook, self.placed, lambda: self.document)
        if self._parser is not None or not any(it.may_differ for it in self.fragments):
            return seen
        return with_other_parser(self.source, seen, find_hazards)

    @cached_property
    def code_cell_count(self) -> int:
        """How many of the notebook's cells have code; none is made for it."""
        cells = (cell for it in self.placed for cell in it.parts.recipes)
        return sum(cell.type is not CellType.MARKDOWN for cell in cells)

    @cached_property
    def document(self) -> BlockDocument:
        """The blocks of the whole text."""
        documents = [fragment.document for fragment in self.fragments]
        last = documents[-1]
        blocks: list[Block] = []
        for document in documents[:-1]:
            # The empty line behind the last line break is the first of the next fragment.
            below = document.blocks[-1]
            blocks += document.blocks[:-1]
            blocks.append(below._replace(gap=below.gap - 1))
        blocks += last.blocks
        parts = [it.scan.part(0, len(it.scan.lines) - 1) for it in documents[:-1]]
        parts.append(last.scan)
        lines = list(chain.from_iterable(part.lines for part in parts))
        scan = Scan(lines, "".join(part.kinds for part in parts), last.scan.parser)
        return BlockDocument(self.source, scan, blocks)

    def replaced(self, start: int, end: int, new: str) -> Draft:
        """The draft after the characters from `start` to `end` gave way to `new`."""
        start = max(0, min(start, len(self.source.text)))
        end = max(start, min(end, len(self.source.text)))
        source = self.source.replaced(start, end, new)
        return self._draft(source, start, end, len(new) - (end - start))

    def updated(self, source: Source) -> Draft:
        """The draft of another source, sharing what the two have in common."""
        old, new = self.source.text, source.text
        if old == new:
            return self
        head, tail = common_ends(old, new)
        end = len(old) - tail
        return self._draft(source, head, end, len(new) - len(old))

    def _draft(self, source: Source, start: int, end: int, growth: int) -> Draft:
        return Draft(source, self._changed(source, start, end, growth), self._parser)

    def _changed(self, source: Source, start: int, end: int, growth: int) -> list[Fragment] | None:
        """The fragments after a change; None where the whole must be read again."""
        fragments = self.fragments
        offsets = [it.offset for it in self.placed]
        offsets.append(len(self.source.text))
        # A change of a fragment's first line can join it to the one above.
        first = max(0, bisect_right(offsets, max(0, start - 1), 0, len(fragments)) - 2)
        last = bisect_right(offsets, end, 0, len(fragments)) - 1
        titles = title_count(fragments)
        reach = 1
        while True:
            beyond = min(last + 1 + reach, len(fragments))
            is_end = beyond == len(fragments)
            if first == 0 and is_end:
                return None
            text = source.text[offsets[first] : offsets[beyond] + growth]
            wanted = {
                offsets[index] + growth - offsets[first]: index for index in range(last + 1, beyond)
            }
            read = self._reread(text, titles, wanted, is_start=first == 0)
            kept = _resynchronised(read, wanted, is_end=is_end, count=len(fragments))
            if kept is not None:
                middle, after = kept
                changed = [*fragments[:first], *middle, *fragments[after:]]
                return changed if _fits(changed, titles) else None
            # What has not come to rest by then is seldom anything but a fence that lacks its other
            # half, which turns all below: to go on by the half would read that twice.
            reach = reach * 4 if reach < _FAR else len(fragments)

    def _reread(
        self, text: str, titles: int, wanted: Container[int], *, is_start: bool
    ) -> list[Fragment]:
        parser = self._parser or RELEASED
        if is_start and titles <= 1:
            return read_fragments(text, parser, wanted)
        return reread_fragments(text, parser, section_level(titles), wanted)


def _resynchronised(
    read: list[Fragment], wanted: dict[int, int], *, is_end: bool, count: int
) -> tuple[list[Fragment], int] | None:
    """The new fragments up to the first old one that can stay, and the number of that one."""
    offset = 0
    for index, fragment in enumerate(read):
        if offset in wanted:
            return read[:index], wanted[offset]
        offset += len(fragment.text)
    return (read, count) if is_end else None


def _fits(fragments: list[Fragment], titles: int) -> bool:
    """Whether headings still mean what they meant."""
    now = title_count(fragments)
    if now == titles or (now > 1 and titles > 1):
        return True
    # A single one at the top has no say in what is below.
    return max(now, titles) == 1 and now == len(fragments[0].titles)
