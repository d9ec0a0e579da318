"""Cells to which a sync gives a text so different that Livebook takes long to compare both.

It does so character by character (`text/delta.ex`, `diff`), in time and memory by the square of
what differs: 3,000 characters take 4 s and half a gigabyte, 6,000 four times as much of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest

from livebook_ls.notebook.edits import differing, replacements
from livebook_ls.notebook.exporting.export import exported_text
from livebook_ls.notebook.markdown.tree import UnwritableError
from livebook_ls.notebook.model import Cell, CellType, Span
from livebook_ls.notebook.syncing.data_sync import CellItem, ChangeKind, items, steps
from livebook_ls.notebook.syncing.session_content import ReadCells, held_setup

# As `held_setup` has it.
_EMPTY_SETUP = Cell(
    type=CellType.CODE,
    span=Span(0, 0),
    body_span=Span(0, 0),
    source_span=Span(0, 0),
    source="",
    language="elixir",
    metadata={},
)


@dataclass(frozen=True, slots=True)
class LongUpdate:
    """A cell's text in the session and in the file, which differ by so many characters that are
    put in or taken out, or by a few less. `place` counts the session's setup cells, or the cells of
    all its sections.
    """

    before: str
    after: str
    place: int
    is_setup: bool
    edits: int


def long_updates(held: ReadCells, read: ReadCells, most: int) -> tuple[LongUpdate, ...]:
    """The cells of a session that a sync updates by more than `most` characters, in their order."""
    measured = (
        replace(it, edits=edits_between(it.before, it.after, most)) for it in _updates(held, read)
    )
    return tuple(it for it in measured if it.edits > most)


def updated_text(held: ReadCells, updates: Sequence[LongUpdate]) -> str | None:
    """What Livebook writes of a session that was `held` and has got these; None where it can't."""
    after = {(it.is_setup, it.place): it.after for it in updates}
    setup = tuple(
        replace(cell, source=after.get((True, at), cell.source))
        for at, cell in enumerate(held.notebook.setup or (_EMPTY_SETUP,))
    )
    sources = [after.get((False, at), cell.source) for at, cell in enumerate(held.cells)]
    coming = iter(sources)
    sections = tuple(
        section.with_cells(tuple(replace(it, source=next(coming)) for it in section.cells))
        for section in held.notebook.sections
    )
    cells = zip(held.cells, sources, strict=True)
    prose = [source for cell, source in cells if cell.type is CellType.MARKDOWN]
    try:
        return exported_text(replace(held.notebook, setup=setup, sections=sections), prose)
    except UnwritableError:
        return None


def edits_between(before: str, after: str, most: int) -> int:
    """How many characters are put in and taken out at the most, to make one text of the other;
    looked at closely only where it may be more than `most`.
    """
    if (at_most := differing(before, after)) <= most:
        return at_most
    return sum(
        differing(one, other)
        for it in replacements(before, after)
        for one, other in zip_longest(
            before[it.span.start : it.span.end].splitlines(keepends=True),
            it.text.splitlines(keepends=True),
            fillvalue="",
        )
    )


def _updates(held: ReadCells, read: ReadCells) -> Iterator[LongUpdate]:
    """The cells of which Livebook compares the texts before and after, as yet unmeasured."""
    setup = zip(held_setup(held.notebook), held_setup(read.notebook), strict=False)
    for place, (one, other) in enumerate(setup):
        if one.language == other.language and one.source != other.source:
            yield LongUpdate(one.source, other.source, place, is_setup=True, edits=0)
    old = items(held, 0)
    places = {it.id: at for at, it in enumerate(it for it in old if isinstance(it, CellItem))}
    changes, _ = steps(old, items(read, len(old)))
    for step in changes:
        if step.change is ChangeKind.UPDATE and isinstance(step.before, CellItem):
            before, after = step.before.cell, step.after
            # A smart cell's text is its own.
            if isinstance(after, CellItem) and before.type is not CellType.SMART:
                place = places[step.before.id]
                yield LongUpdate(before.source, after.cell.source, place, is_setup=False, edits=0)
