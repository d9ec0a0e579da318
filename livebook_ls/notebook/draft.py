"""A text under an editor's hands: after a change only what it touches is read anew."""

from __future__ import annotations

from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import common_ends
from livebook_ls.notebook.hazards.finding import (
    compose_hazards,
    find_hazards,
    with_other_parser,
)
from livebook_ls.notebook.importing.composing import compose, place
from livebook_ls.notebook.importing.rereading import Reading, read, reread
from livebook_ls.notebook.markdown.lines import Scan
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.markdown.places import BlockDocument
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.hazard import Hazard
    from livebook_ls.notebook.importing.composing import Placed
    from livebook_ls.notebook.importing.fragments import Fragment
    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.model import Notebook


class Draft:
    """A source with what it says. Immutable: a change makes a new draft that shares the rest."""

    def __init__(
        self,
        source: Source,
        reading: Reading | None = None,
        parser: ParserVersion | None = None,
    ) -> None:
        self.source = source
        self._parser = parser
        self._reading = reading or read(source, parser or RELEASED)

    @property
    def fragments(self) -> list[Fragment]:
        """What it is made of."""
        return self._reading.fragments

    @cached_property
    def placed(self) -> list[Placed]:
        """Its fragments, and where each stands; most are the former draft's."""
        return place(self.fragments)

    @cached_property
    def notebook(self) -> Notebook:
        """The notebook that the text is."""
        return compose(self.source, self.placed)

    def read(self) -> None:
        """Have read what else is read when it is asked for."""
        _ = self.document, self.notebook.sections

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
        return self._draft(self.source.replaced(start, end, new), start, end)

    def updated(self, source: Source) -> Draft:
        """The draft of another source, sharing what the two have in common."""
        old, new = self.source.text, source.text
        if old == new:
            return self
        head, tail = common_ends(old, new)
        return self._draft(source, head, len(old) - tail)

    def _draft(self, source: Source, start: int, end: int) -> Draft:
        parser = self._parser or RELEASED
        return Draft(source, reread(self._reading, source, (start, end), parser), self._parser)
