"""Fragments to a notebook: titles, sections and warnings put together in Livebook's order."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.elixir.quoting import downcase_first
from livebook_ls.notebook.importing.annotations import Annotation, Role
from livebook_ls.notebook.importing.branch_parents import Branching, resolve_parents
from livebook_ls.notebook.importing.fragments import OLD_IMAGE
from livebook_ls.notebook.importing.gathering import CellRun, gathered
from livebook_ls.notebook.importing.metadata import notebook_attributes
from livebook_ls.notebook.importing.shifting import (
    shifted_failure,
    shifted_warning,
)
from livebook_ls.notebook.importing.stamps import stamp_failure
from livebook_ls.notebook.markdown.blocks import FAULT_TAG, NoteKind
from livebook_ls.notebook.markdown.places import block_span, label_span, line_span
from livebook_ls.notebook.model import (
    Cell,
    CellType,
    Failure,
    ImportWarning,
    Metadata,
    Notebook,
    PlacedSections,
    Section,
    Span,
    Stamp,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from livebook_ls.notebook.importing.assembly import Assembler
    from livebook_ls.notebook.importing.fragments import Fragment
    from livebook_ls.notebook.source import Source

DEFAULT_NAME = "Untitled notebook"
DEFAULT_SECTION = "Section"


class Placed(NamedTuple):
    """A fragment, what it holds, and where it begins."""

    fragment: Fragment
    parts: Assembler
    offset: int
    line: int


class _Open(NamedTuple):
    """A section whose cells may go on in the fragments below; None for what comes before any."""

    heading: Section | None
    offset: int
    cells: list[CellRun]


def place(fragments: Sequence[Fragment]) -> list[Placed]:
    """The fragments with their places in the text."""
    shift = int(title_count(fragments) > 1)
    placed: list[Placed] = []
    offset = line = 0
    for fragment in fragments:
        placed.append(Placed(fragment, fragment.parts(shift), offset, line))
        offset += fragment.length
        # Each but the last ends with a line break, behind which the next begins.
        line += fragment.breaks
    return placed


def title_count(fragments: Sequence[Fragment]) -> int:
    """How many titles the fragments have together."""
    return sum([len(fragment.titles) for fragment in fragments if fragment.titles])


def compose(source: Source, placed: list[Placed]) -> Notebook:
    """The notebook that the fragments of a source make."""
    top = placed[0].parts
    stamp = _stamp(placed[-1])
    end = len(source.text) if stamp is None else stamp.span.start
    setup, before = _settled(tuple(gathered(source, _beginning(placed))), placed[0].parts)
    attributes = notebook_attributes(top.metadata)
    sections: Sequence[Section] = PlacedSections(lambda: _sections(source, placed, before, end))
    branching = Branching(sections, [], [])
    if any(it.parts.has_branches for it in placed):
        branching = resolve_parents(sections)
    failures = [
        *_faults(source, placed),
        *_own_failures(placed),
        *attributes.failures,
        *branching.failures,
    ]
    if stamp is not None and attributes.values.get("hub_id") is None:
        failures += stamp_failure(stamp, source)
    failures.sort(key=lambda failure: (failure.span, failure.code))
    title = top.title
    return Notebook(
        name=DEFAULT_NAME if title is None else title[0].label,
        name_span=None if title is None else label_span(source, title),
        leading_comments=top.leading_comments,
        metadata_comment=top.metadata,
        attrs=attributes.values,
        setup=setup,
        sections=branching.sections,
        warnings=(
            *_note_warnings(source, placed),
            *_rewriting_warnings(source, placed),
            *_input_warnings(placed),
            *top.warnings,
            *attributes.warnings,
            *branching.warnings,
            *_image_warnings(placed),
        ),
        stamp=stamp,
        failures=tuple(failures),
    )


def _beginning(placed: list[Placed]) -> list[CellRun]:
    """What comes before any section."""
    runs: list[CellRun] = []
    for it in placed:
        if it.parts.count:
            runs.append(_first_run(it))
        if it.parts.section_recipes:
            break
    return runs


def _first_run(placed: Placed) -> CellRun:
    """The cells of a fragment that belong to a section above it, or to none."""
    fragment, parts, offset, _line = placed
    return CellRun(parts, offset, goes_on=offset > 0 and fragment.begins_in_prose)


def _sections(
    source: Source, placed: list[Placed], before: Section | None, end: int
) -> tuple[Section, ...]:
    """The sections up to `end`, the first of them `before` where that is one."""
    opened = [_Open(None, 0, [])]
    for its in placed:
        if its.parts.count:
            opened[-1].cells.append(_first_run(its))
        opened += [_Open(it, its.offset, [CellRun(it, its.offset)]) for it in its.parts.sections]
    starts = [it.heading.span.start + it.offset for it in opened[1:] if it.heading is not None]
    sections = [
        _section(source, it, max(start, until))
        for it, (start, until) in zip(opened[1:], pairwise([*starts, end]), strict=True)
    ]
    if before is not None:
        until = starts[0] if starts else end
        span = Span(before.span.start, max(before.span.end, until))
        sections.insert(0, _with_span(before, span))
    return tuple(sections)


def _settled(cells: tuple[Cell, ...], top: Assembler) -> tuple[tuple[Cell, ...], Section | None]:
    """The cells before any section: the setup cells, or a section of their own."""
    languages = [cell.language if cell.type is CellType.CODE else None for cell in cells]
    is_setup = languages in (["elixir"], ["elixir", "pyproject.toml"])
    if not cells or (is_setup and top.title is not None):
        return cells, None
    section = Section(
        name=DEFAULT_SECTION,
        # A title that moved to the top takes cells along, so the first need not stand first.
        span=Span(min(it.span.start for it in cells), max(it.span.end for it in cells)),
        name_span=None,
        parent_index=None,
        metadata_comment=None,
        cells=cells,
    )
    return (), section


def _section(source: Source, opened: _Open, end: int) -> Section:
    heading, offset, cells = opened
    if heading is None:
        raise ValueError
    if not offset and len(cells) == 1 and heading.span.end == end:
        return heading
    return heading.placed(offset, end, lambda: tuple(gathered(source, cells)))


def _with_span(section: Section, span: Span) -> Section:
    return Section(
        name=section.name,
        span=span,
        name_span=None,
        parent_index=None,
        metadata_comment=None,
        cells=section.cells,
    )


def _stamp(last: Placed) -> Stamp | None:
    metadata = last.parts.stamp
    if metadata is None or not isinstance(metadata.value, dict):
        return None
    value = metadata.value
    span = metadata.span.moved(last.offset)
    return Stamp(span=span, value=value.get("stamp"), offset=value.get("offset"))


def _note_warnings(source: Source, placed: list[Placed]) -> Iterator[ImportWarning]:
    """EarmarkParser's messages in the order of their lines; the same is said once."""
    said = {
        (first + note.line, note.kind, note.text)
        for fragment, _parts, _offset, first in placed
        for note in fragment.notes
        if note.kind is not NoteKind.FAULT
    }
    for line, _kind, text in sorted(said):
        message = f"line {line + 1} - {downcase_first(text)}"
        yield ImportWarning(message, line_span(source, line))


def _faults(source: Source, placed: list[Placed]) -> Iterator[Failure]:
    for fragment, _parts, _offset, first in placed:
        for kind, line, text in fragment.notes:
            if kind is not NoteKind.FAULT:
                continue
            span = line_span(source, first + line)
            if text == FAULT_TAG:
                message = "the HTML tag's closing > stands inside a quoted attribute"
                yield Failure("broken-tag", message, span)
            else:
                message = "Livebook can't write the block above with these attributes"
                yield Failure("fatal-attributes", message, span)


def _own_failures(placed: list[Placed]) -> Iterator[Failure]:
    for _fragment, parts, offset, _line in placed:
        for failure in (*parts.failures, *map(_leftover_failure, parts.leftovers)):
            yield shifted_failure(failure, offset)


def _rewriting_warnings(source: Source, placed: list[Placed]) -> Iterator[ImportWarning]:
    titles = [
        (block, line + first)
        for fragment, _parts, _offset, first in placed
        for block, line in fragment.titles
    ]
    if len(titles) > 1:
        count = len(titles)
        message = f"downgrading all headings, because {count} instances of heading 1 were found"
        yield ImportWarning(message, block_span(source, titles[1]))
    elif titles:
        yield from placed[0].fragment.rewriting.warnings


def _input_warnings(placed: list[Placed]) -> Iterator[ImportWarning]:
    for _fragment, parts, offset, _line in reversed(placed):
        for metadata in reversed(parts.inputs):
            yield shifted_warning(_input_warning(metadata), offset)


def _image_warnings(placed: list[Placed]) -> Iterator[ImportWarning]:
    if not any(OLD_IMAGE in it.fragment.signs for it in placed):
        return
    message = (
        "found Markdown images pointing to the images/ directory."
        " Using this directory has been deprecated, please use notebook files instead"
    )
    for fragment, parts, offset, _line in placed:
        image = fragment.first_image(parts.shift)
        if image is not None:
            yield ImportWarning(message, image.moved(offset))
            return


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
