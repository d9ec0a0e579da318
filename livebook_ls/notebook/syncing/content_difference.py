"""What one notebook says that another, which should say the same in other form, does not.

Livebook's canonical form may change how a notebook is written, never what it says: cells with
their sources, metadata and outputs, and every word of the prose.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from livebook_ls.notebook.model import Cell, CellType, Notebook, Section, Span

_WORD = re.compile(r"\w+")
# Ordered lists are numbered anew, which is form.
_LIST_NUMBER = re.compile(r"^[ >\t]*\d{1,9}[.)](?=\s)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Gone:
    """Something of the first notebook, at `span`, that the second lacks; `what` is for people.

    Of a session a sync changes neither outputs nor the notebook's own metadata.
    `is_word` says that it is no more than a word of a Markdown cell.
    """

    what: str
    span: Span
    is_output: bool = False
    is_metadata: bool = False
    is_word: bool = False

    @property
    def is_synced(self) -> bool:
        """Whether it is something that a sync brings into a session."""
        return not (self.is_output or self.is_metadata)


def gone(before: Notebook, after: Notebook) -> tuple[Gone, ...]:
    """What `before` says and `after` does not, in the order of the file."""
    return tuple(_gone(before, after))


def without_stamp(text: str, notebook: Notebook) -> str:
    """The text before its stamp, which is the part that people write."""
    return text[: notebook.stamp.span.start].rstrip() + "\n" if notebook.stamp else text


def _gone(before: Notebook, after: Notebook) -> Iterator[Gone]:
    top = before.name_span or Span(0, 0)
    if before.name_span and _words(before.name) != _words(after.name):
        yield Gone("the title", top)
    if before.leading_comments != after.leading_comments:
        yield Gone("a comment before the title", Span(0, 0))
    if before.attrs != after.attrs:
        comment = before.metadata_comment
        place = comment.span if comment else top
        yield Gone("the notebook's metadata", place, is_metadata=True)
    if [(it.source, it.language) for it in before.setup] != [
        (it.source, it.language) for it in after.setup
    ]:
        yield Gone("the setup cell", before.setup[0].span if before.setup else top)
    for index, section in enumerate(before.sections):
        if index >= len(after.sections):
            yield Gone(f"the section “{section.name}”", section.span)
        else:
            yield from _gone_of_section(section, after.sections[index])
    if len(after.sections) > len(before.sections):
        yield Gone("the order of sections", top)


def _gone_of_section(before: Section, after: Section) -> Iterator[Gone]:
    place = before.name_span or Span(before.span.start, before.span.start)
    if _words(before.name) != _words(after.name):
        yield Gone(f"the section “{before.name}”", before.span)
        return
    if before.parent_index != after.parent_index:
        yield Gone(f"the parent of the section “{before.name}”", place)
    kinds = [cell.type for cell in before.cells], [cell.type for cell in after.cells]
    if kinds[0] != kinds[1]:
        yield from _gone_cells(before, after)
        return
    for one, other in zip(before.cells, after.cells, strict=True):
        yield from _gone_of_cell(one, other)


def _gone_cells(before: Section, after: Section) -> Iterator[Gone]:
    """Cells that are nowhere in the section any more; else only their order is another."""
    left = Counter(_content(cell) for cell in after.cells)
    found = False
    for cell in before.cells:
        content = _content(cell)
        if left[content]:
            left[content] -= 1
        else:
            found = True
            yield Gone("a cell", cell.body_span)
    if not found:
        yield Gone("the order of cells", before.name_span or before.span)


def _gone_of_cell(before: Cell, after: Cell) -> Iterator[Gone]:
    if before.type is CellType.MARKDOWN:
        missing = _words(before.source) - _words(after.source)
        if missing:
            word = next(iter(missing))
            yield Gone(f"“{word}”", _place_of(word, before), is_word=True)
        return
    if (before.source, before.language) != (after.source, after.language):
        yield Gone("a cell's code", before.body_span)
    if before.metadata != after.metadata:
        comment = before.metadata_comment
        yield Gone("a cell's metadata", comment.span if comment else before.body_span)
    if (before.kind, before.attrs) != (after.kind, after.attrs):
        yield Gone("a smart cell's attributes", before.span)
    if Counter(_shown_outputs(before)) - Counter(_shown_outputs(after)):
        yield Gone("outputs", before.outputs[0].span, is_output=True)


def _shown_outputs(cell: Cell) -> list[str]:
    """What a reader sees of the outputs; at each writing Livebook takes one line break away."""
    return [output.text.rstrip("\n") for output in cell.outputs]


def _content(cell: Cell) -> object:
    if cell.type is CellType.MARKDOWN:
        return frozenset(_words(cell.source).items())
    return cell.type, cell.language, cell.source


def _words(text: str) -> Counter[str]:
    return Counter(_WORD.findall(_LIST_NUMBER.sub("", text)))


def _place_of(word: str, cell: Cell) -> Span:
    found = re.search(rf"\b{re.escape(word)}\b", cell.source)
    if found is None:
        return cell.body_span
    start = cell.source_span.start + found.start()
    return Span(start, start + len(word))
