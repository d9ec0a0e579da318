"""A notebook with its links, what links can lead to, and what searches know it by."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.elixir.module_names import defined_modules
from livebook_ls.notebook.links.address import Destination, read_address
from livebook_ls.notebook.links.finding import links_of
from livebook_ls.notebook.links.targets import LinkTarget, link_targets, target_of
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.outline import EntryKind, OutlineEntry, outline
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.links.inline import Link

_WITHIN_THE_WORKSPACE = frozenset({Destination.FILE, Destination.SECTION})
_ELIXIR = "elixir"


class SymbolPlace(NamedTuple):
    """Something in a notebook that is searched by its name; `container` is what it is in."""

    name: str
    kind: EntryKind
    line: int
    container: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NotebookSummary:
    """What is remembered of a notebook that is not open.

    `addresses` are those of links to sections and files, as they are written.
    """

    places: tuple[SymbolPlace, ...]
    addresses: frozenset[str]
    fragments: frozenset[str]


class LinkedNotebook:
    """A text and its links; each thing is worked out when it is first asked for."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft

    @property
    def source(self) -> Source:
        """The text by lines."""
        return self.draft.source

    @cached_property
    def links(self) -> tuple[Link, ...]:
        """The links, in the order of the text."""
        return tuple(
            link.moved(start)
            for start, fragment in zip(self._starts, self.draft.fragments, strict=True)
            for link in fragment.found(links_of)
        )

    @cached_property
    def targets(self) -> tuple[LinkTarget, ...]:
        """What fragments can lead to."""
        return link_targets(self.draft.fragments, self.draft.notebook)

    @cached_property
    def fragments(self) -> frozenset[str]:
        """The fragments that lead somewhere."""
        return frozenset(it.fragment for it in self.targets)

    @cached_property
    def leads_within(self) -> frozenset[str]:
        """The addresses of its links to sections and files, as they are written."""
        addresses = {it.address for part in self.draft.fragments for it in part.found(links_of)}
        return frozenset(
            it for it in addresses if read_address(it).leads_to in _WITHIN_THE_WORKSPACE
        )

    @cached_property
    def summary(self) -> NotebookSummary:
        """What is remembered of it."""
        return NotebookSummary(
            places=tuple(self._places()), addresses=self.leads_within, fragments=self.fragments
        )

    def link_at(self, offset: int) -> Link | None:
        """The innermost link at a character."""
        number = max(bisect_right(self._starts, offset) - 1, 0)
        start = self._starts[number]
        links = self.draft.fragments[number].found(links_of)
        around = [it for it in links if it.span.start <= offset - start < it.span.end]
        innermost = min(around, key=lambda it: it.span.end - it.span.start, default=None)
        return innermost.moved(start) if innermost else None

    def target(self, fragment: str) -> LinkTarget | None:
        """The heading that a fragment leads to."""
        return target_of(self.targets, fragment)

    def target_at(self, offset: int) -> LinkTarget | None:
        """The heading whose words are at a character."""
        return next((it for it in self.targets if it.span.start <= offset <= it.span.end), None)

    @cached_property
    def _starts(self) -> list[int]:
        """Where each fragment of the text begins."""
        lengths = (len(it.text) for it in self.draft.fragments[:-1])
        return list(accumulate(lengths, initial=0))

    def _places(self) -> Iterator[SymbolPlace]:
        notebook, source = self.draft.notebook, self.source
        yield from _entries(outline(notebook, source), source, "")
        cells = notebook.cells
        title = " ".join(notebook.name.split())
        for cell in cells:
            if cell.type is CellType.CODE and cell.language == _ELIXIR:
                code = source.text[cell.source_span.start : cell.source_span.end]
                for name, at in defined_modules(code):
                    line = source.line_at(cell.source_span.start + at)
                    yield SymbolPlace(name, EntryKind.MODULE, line, title)


def linked_notebook(text: str) -> LinkedNotebook:
    """The notebook that this text is."""
    return LinkedNotebook(Draft(Source(text)))


def _entries(
    entries: Sequence[OutlineEntry], source: Source, container: str
) -> Iterator[SymbolPlace]:
    for entry in entries:
        line = source.line_at(entry.name_span.start)
        yield SymbolPlace(entry.name, entry.kind, line, container)
        yield from _entries(entry.children, source, entry.name)
