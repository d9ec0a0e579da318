"""Text to `Notebook`, as Livebook's importer reads it (`import.ex`).

Warnings come word for word in Livebook's order, without those that need a stamp's key or the
hubs of the machine. What would make Livebook raise is listed, and reading goes on behind it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.annotations import Annotation, Role
from livebook_ls.notebook.assembly import Assembler
from livebook_ls.notebook.blocks import FAULT_TAG, Note, NoteKind
from livebook_ls.notebook.elixir import downcase_first
from livebook_ls.notebook.lines import scan
from livebook_ls.notebook.metadata import notebook_attributes
from livebook_ls.notebook.model import (
    Cell,
    CellType,
    Failure,
    ImportWarning,
    Metadata,
    Notebook,
    Section,
    Span,
    Stamp,
)
from livebook_ls.notebook.nested import split_document
from livebook_ls.notebook.places import Document, label_span, line_span
from livebook_ls.notebook.rewriting import rewrite
from livebook_ls.notebook.sections import resolve_parents
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.stamps import stamp_failure

if TYPE_CHECKING:
    from collections.abc import Iterator

DEFAULT_NAME = "Untitled notebook"
DEFAULT_SECTION = "Section"


def parse(text: str) -> Notebook:
    """The notebook that this text is."""
    return build_notebook(read_document(Source(text)))


def parse_source(source: Source) -> Notebook:
    """The notebook that this source is."""
    return build_notebook(read_document(source))


def read_document(source: Source) -> Document:
    """The source, split into blocks."""
    lines = source.lines
    if "\0" in source.text:
        lines = [line.replace("\0", "\ufffd") for line in lines]
    scanned = scan(lines)
    return Document(source, scanned, split_document(scanned))


def build_notebook(document: Document) -> Notebook:
    """The notebook that a document's blocks make."""
    notes = _sorted_notes(document)
    rewriting = rewrite(document)
    parts = Assembler(document, rewriting.nodes, rewriting.shift)
    parts.run()
    attributes = notebook_attributes(parts.metadata)
    setup, sections = _settled(parts)
    branching = resolve_parents(sections)
    stamp = _stamp(parts.stamp)
    failures = [
        *_faults(document, notes),
        *parts.failures,
        *map(_leftover_failure, parts.leftovers),
        *attributes.failures,
        *branching.failures,
    ]
    if stamp is not None and attributes.values.get("hub_id") is None:
        failures += stamp_failure(stamp, document.source)
    title = parts.title
    return Notebook(
        name=DEFAULT_NAME if title is None else title[0].label,
        name_span=None if title is None else label_span(document.source, title),
        leading_comments=parts.leading_comments,
        metadata_comment=parts.metadata,
        attrs=attributes.values,
        setup=setup,
        sections=branching.sections,
        warnings=(
            *_note_warnings(document, notes),
            *rewriting.warnings,
            *map(_input_warning, reversed(parts.inputs)),
            *parts.warnings,
            *attributes.warnings,
            *branching.warnings,
            *_image_warnings(document.source, branching.sections),
        ),
        stamp=stamp,
        failures=tuple(failures),
    )


def _sorted_notes(document: Document) -> list[Note]:
    """The notes with the lines of the document, in the order of these; the same is said once."""
    notes: set[Note] = set()
    line = 0
    for block in document.blocks:
        if block.notes:
            notes.update(Note(kind, line + below, text) for kind, below, text in block.notes)
        line += block.size + block.gap
    return sorted(notes, key=lambda note: (note.line, note.kind, note.text))


def _note_warnings(document: Document, notes: list[Note]) -> Iterator[ImportWarning]:
    for kind, line, text in notes:
        if kind != NoteKind.FAULT:
            message = f"line {line + 1} - {downcase_first(text)}"
            yield ImportWarning(message, line_span(document.source, line))


def _faults(document: Document, notes: list[Note]) -> Iterator[Failure]:
    for kind, line, text in notes:
        if kind == NoteKind.FAULT:
            span = line_span(document.source, line)
            if text == FAULT_TAG:
                message = "the HTML tag's closing > stands inside a quoted attribute"
                yield Failure("broken-tag", message, span)
            else:
                message = "Livebook can't write the block above with these attributes"
                yield Failure("fatal-attributes", message, span)


def _settled(parts: Assembler) -> tuple[tuple[Cell, ...], list[Section]]:
    """The cells before any section: the setup cells, or a section of their own."""
    cells = tuple(parts.first_cells)
    languages = [cell.language if cell.type is CellType.CODE else None for cell in cells]
    is_setup = languages in (["elixir"], ["elixir", "pyproject.toml"])
    if not cells or (is_setup and parts.title is not None):
        return cells, parts.sections
    start = cells[0].span.start
    following = parts.sections[0].span.start if parts.sections else cells[-1].span.end
    first = Section(
        name=DEFAULT_SECTION,
        span=Span(start, max(start, following)),
        name_span=None,
        parent_index=None,
        metadata_comment=None,
        cells=cells,
    )
    return (), [first, *parts.sections]


def _stamp(metadata: Metadata | None) -> Stamp | None:
    if metadata is None or not isinstance(metadata.value, dict):
        return None
    value = metadata.value
    return Stamp(span=metadata.span, value=value.get("stamp"), offset=value.get("offset"))


def _leftover_failure(leftover: Annotation) -> Failure:
    role, metadata = leftover
    message = {
        Role.SMART: "no Elixir code block follows this smart cell's comment directly",
        Role.STAMP: "a stamp must be the last comment of the file",
    }.get(role, "nothing that takes attributes follows this comment directly")
    return Failure(f"misplaced-{role.value}", message, metadata.span)


def _input_warning(metadata: Metadata) -> ImportWarning:
    message = (
        "found an input cell, but those are no longer supported, please use Kino.Input instead"
    )
    if isinstance(metadata.value, dict) and metadata.value.get("reactive") is True:
        message += (
            ". Also, to make the input reactive you can use an automatically reevaluating cell"
        )
    return ImportWarning(message, metadata.span)


def _image_warnings(source: Source, sections: tuple[Section, ...]) -> Iterator[ImportWarning]:
    if "](images/" not in source.text:
        return
    message = (
        "found Markdown images pointing to the images/ directory."
        " Using this directory has been deprecated, please use notebook files instead"
    )
    for section in sections:
        for cell in section.cells:
            at = cell.source.find("](images/") if cell.type is CellType.MARKDOWN else -1
            if at != -1:
                start = cell.source_span.start + at
                yield ImportWarning(message, Span(start, start + len("](images/")))
                return
