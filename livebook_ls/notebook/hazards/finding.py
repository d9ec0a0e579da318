"""What Livebook would do to this text: crash, fail to save, wipe, drop or reformat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.canonical import canonical_document
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.hazards.at_a_glance import is_harmless
from livebook_ls.notebook.hazards.crashes import crash_hazards
from livebook_ls.notebook.hazards.dropped_content import (
    drop_hazards,
    link_hazards,
    text_drop_hazards,
)
from livebook_ls.notebook.hazards.headings import heading_hazards, indented_heading_hazards
from livebook_ls.notebook.hazards.outputs import output_hazards
from livebook_ls.notebook.hazards.second_reading import second_reading_hazards
from livebook_ls.notebook.hazards.unknown_attributes import (
    unknown_attributes,
    unknown_notebook_attributes,
)
from livebook_ls.notebook.hazards.unsavable import unsavable_hazards
from livebook_ls.notebook.hazards.wiped_cells import text_wipe_hazards, wipe_hazards
from livebook_ls.notebook.importing.composing import place
from livebook_ls.notebook.importing.fragments import (
    HTML_SECTION,
    HTML_TITLE,
    LINK_DEFINITION,
    Fragment,
)
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.importing.shifting import shifted_hazard
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.parser_version import ParserVersion, may_differ
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from livebook_ls.notebook.importing.assembly import Assembler
    from livebook_ls.notebook.importing.composing import Placed
    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook, Output
    from livebook_ls.notebook.source import Source


def find_hazards(document: BlockDocument, notebook: Notebook) -> tuple[Hazard, ...]:
    """What can be told from reading alone."""
    placed = place([Fragment(document)])
    return compose_hazards(document.source, notebook, placed, lambda: document)


def find_all_hazards(document: BlockDocument, notebook: Notebook) -> tuple[Hazard, ...]:
    """Everything, also what is only seen by writing the notebook as Livebook would."""
    grave = find_grave_hazards(document, notebook)
    return _sorted([*grave, *_reformatting(document, notebook)])


def find_grave_hazards(
    document: BlockDocument, notebook: Notebook, placed: list[Placed] | None = None
) -> tuple[Hazard, ...]:
    """Everything but that Livebook would write another form; `placed` made the notebook, where
    that is at hand.
    """
    placed = placed or place([Fragment(document)])
    seen = compose_hazards(document.source, notebook, placed, lambda: document)
    if any(hazard.severity is Severity.UNSAVABLE for hazard in seen):
        return seen
    return _sorted([*seen, *second_reading_hazards(document, notebook, placed, seen)])


def with_other_parser(
    source: Source,
    seen: tuple[Hazard, ...],
    find: Callable[[BlockDocument, Notebook], Iterable[Hazard]],
) -> tuple[Hazard, ...]:
    """What is `seen` by the released parser, and what `find` finds by the other one besides.

    Where nobody knows which of the two a Livebook has, it may do the worse.
    """
    if not may_differ(source.text):
        return seen
    document = read_document(source, ParserVersion.V1_4_46)
    other = find(document, build_notebook(document))
    is_reformatted = any(hazard.severity is Severity.REFORMAT for hazard in seen)
    known = {(hazard.code, hazard.span.start) for hazard in seen}
    more = [
        hazard
        for hazard in other
        if (hazard.code, hazard.span.start) not in known
        and not (is_reformatted and hazard.severity is Severity.REFORMAT)
    ]
    return _sorted([*seen, *more])


def compose_hazards(
    source: Source,
    notebook: Notebook,
    placed: list[Placed],
    document: Callable[[], BlockDocument],
) -> tuple[Hazard, ...]:
    """What the fragments of a notebook show, and what only the whole `document` does."""
    found = [
        *crash_hazards(source, notebook),
        *text_wipe_hazards(source),
        *text_drop_hazards(source, notebook),
        *unknown_notebook_attributes(source, notebook),
        *output_hazards(source, notebook, _outputs(notebook, placed)),
    ]
    titles = [(block, line + it.line) for it in placed for block, line in it.fragment.titles]
    signs = frozenset[str]().union(*(it.fragment.signs for it in placed))
    may_be_html = HTML_TITLE in signs or HTML_SECTION in signs
    found += heading_hazards(source, titles, document, may_be_html=may_be_html)
    if LINK_DEFINITION in signs:
        found += link_hazards(document())
    for fragment, parts, offset, _line in placed:
        found += _placed_hazards(fragment, parts, offset)
    if notebook.failures:
        found = [hazard for hazard in found if hazard.severity is not Severity.UNSAVABLE]
    return _sorted(found)


def _placed_hazards(fragment: Fragment, parts: Assembler, offset: int) -> tuple[Hazard, ...]:
    """A fragment's hazards where it stands; what stands above a key stays there."""
    if fragment.hazards is None:
        fragment.hazards = tuple(_own_hazards(fragment.document, parts))
        fragment.placed_hazards = (0, fragment.hazards)
    if not fragment.hazards or not offset:
        return fragment.hazards
    known_offset, hazards = fragment.placed_hazards
    if known_offset != offset:
        hazards = tuple([shifted_hazard(it, offset) for it in fragment.hazards])
        fragment.placed_hazards = (offset, hazards)
    return hazards


def _own_hazards(document: BlockDocument, parts: Assembler) -> list[Hazard]:
    found: list[Hazard] = []
    line = 0
    for block in document.blocks:
        kind, size, gap, _label, _level, _notes = block
        looks = LOOKS.get(kind)
        if looks is not None and not is_harmless(document, block, line):
            for look in looks:
                found += look(document, block, line)
        line += size + gap
    found += unknown_attributes(document.source, parts.recipes, parts.section_recipes)
    return found


def _outputs(notebook: Notebook, placed: list[Placed]) -> Iterator[tuple[Output, Span, bool]]:
    """The outputs with their places, and whether a setup cell has them."""
    setup = {cell.span.start for cell in notebook.setup}
    for fragment, parts, offset, _line in placed:
        if fragment.outputs is None:
            fragment.outputs = tuple(_own_outputs(parts))
        for cell_start, output in fragment.outputs:
            yield output, output.span.moved(offset), cell_start + offset in setup


def _own_outputs(parts: Assembler) -> Iterator[tuple[int, Output]]:
    """The outputs of a fragment, with where their cells begin."""
    for recipe in parts.recipes:
        if recipe.outputs:
            start = recipe.make().span.start
            for output in recipe.outputs:
                yield start, output


def _reformatting(document: BlockDocument, notebook: Notebook) -> list[Hazard]:
    written = None if notebook.failures else canonical_document(document)
    if written is None:
        return []
    source = document.source
    text = source.text
    if notebook.stamp is not None:
        text = text[: notebook.stamp.span.start].rstrip("\n") + "\n"
    if written == text:
        return []
    span = _first_difference(source, text, written)
    message = "Livebook would write this notebook in its own form, beginning here."
    return [Hazard("not-canonical", Severity.REFORMAT, span, message)]


def _first_difference(source: Source, text: str, written: str) -> Span:
    shorter = min(len(text), len(written))
    low, high = 0, shorter
    while low < high:
        middle = (low + high + 1) // 2
        if text[:middle] == written[:middle]:
            low = middle
        else:
            high = middle - 1
    line = source.line_at(low)
    return Span(source.starts[line], source.line_end(line))


def _sorted(hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    order = {severity: rank for rank, severity in enumerate(Severity)}
    return tuple(sorted(hazards, key=lambda it: (it.span.start, order[it.severity], it.code)))


# Blocks are many, and most need not be asked most of it.
LOOKS: Mapping[BlockKind, Sequence[Callable[[BlockDocument, Block, int], Iterable[Hazard]]]] = {
    BlockKind.PARAGRAPH: (wipe_hazards, drop_hazards, indented_heading_hazards),
    BlockKind.FENCED: (wipe_hazards,),
    BlockKind.COMMENT: (unsavable_hazards, wipe_hazards, drop_hazards),
    BlockKind.LIST: (wipe_hazards, drop_hazards),
    BlockKind.QUOTE: (drop_hazards,),
    BlockKind.TABLE: (drop_hazards,),
    BlockKind.ATTRIBUTES: (drop_hazards,),
    BlockKind.HTML: (unsavable_hazards, wipe_hazards, drop_hazards),
    BlockKind.HTML_HEADING: (wipe_hazards, drop_hazards),
}
