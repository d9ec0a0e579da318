"""What a notebook consists of, by names: the title, its sections and branches, their cells."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import CellType, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Cell, JsonValue, Notebook, Section
    from livebook_ls.notebook.source import Source

_LONGEST_NAME = 60
_UNNAMED = "(unnamed)"
# What stands before the words of a Markdown line: signs of headings, quotes, lists and tables.
_MARKDOWN_SIGNS = re.compile(r"\s*(?:(?:#{1,6}|>|[-*+]|\d+[.)])\s+|\|\s*)*")
_COMMENT_SIGNS = {"elixir": "#", "python": "#", "pyproject.toml": "#", "erlang": "%"}
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class EntryKind(Enum):
    """What an entry of the outline is."""

    NOTEBOOK = "notebook"
    SETUP = "setup"
    SECTION = "section"
    CODE = "code"
    MARKDOWN = "markdown"
    SMART = "smart"
    # Not part of the outline, but found where all notebooks are searched.
    MODULE = "module"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """A part of the notebook; `name_span` is inside `span`, `name` never empty."""

    kind: EntryKind
    name: str
    detail: str = ""
    span: Span
    name_span: Span
    children: tuple[OutlineEntry, ...] = ()


def outline(notebook: Notebook, source: Source) -> tuple[OutlineEntry, ...]:
    """The entries at the top: the notebook if it has a title, else what it consists of."""
    parts = (*_setup(notebook, source), *_sections(notebook, source))
    if notebook.name_span is None:
        return parts
    return (
        OutlineEntry(
            kind=EntryKind.NOTEBOOK,
            name=_short(notebook.name),
            span=Span(0, len(source.text)),
            name_span=notebook.name_span,
            children=parts,
        ),
    )


def smart_cell_name(kind: JsonValue) -> str:
    """A smart cell's module as its maker would say it: `Elixir.KinoDB.SQLCell` is SQL (KinoDB)."""
    if not isinstance(kind, str) or not kind:
        return "unknown kind"
    module, _, name = kind.removeprefix("Elixir.").rpartition(".")
    words = _CAMEL.sub(" ", name.removesuffix("Cell") or name)
    return f"{words} ({module})" if module else words


def cell_name(cell: Cell, source: Source) -> str:
    """What the cell is called after: its kind, or its first line that tells something."""
    return _short(_named(cell, source)[0])


def _setup(notebook: Notebook, source: Source) -> Iterator[OutlineEntry]:
    for cell in notebook.setup:
        is_elixir = cell.language == "elixir"
        yield OutlineEntry(
            kind=EntryKind.SETUP,
            name="Setup" if is_elixir else f"Setup: {cell.language}",
            detail="" if is_elixir else "packages for Python",
            span=cell.span,
            name_span=_first_line(cell.body_span, source),
        )


def _sections(notebook: Notebook, source: Source) -> Iterator[OutlineEntry]:
    """The sections; branches that follow their parent are inside it.

    A branch that comes after another section stays where it is: inside its parent, the parent
    would reach over that section.
    """
    sections = notebook.sections
    at = 0
    while at < len(sections):
        after = at + 1
        while after < len(sections) and sections[after].parent_index == at:
            after += 1
        branches = tuple(
            _section(section, notebook, source, ()) for section in sections[at + 1 : after]
        )
        yield _section(sections[at], notebook, source, branches)
        at = after


def _section(
    section: Section, notebook: Notebook, source: Source, branches: tuple[OutlineEntry, ...]
) -> OutlineEntry:
    parent = section.parent_index
    name_span = section.name_span or _first_line(section.span, source)
    cells = tuple(_cell(cell, source) for cell in section.cells)
    ends = [section.span.end, name_span.end, *(entry.span.end for entry in (*cells, *branches))]
    return OutlineEntry(
        kind=EntryKind.SECTION,
        name=_short(section.name),
        detail="" if parent is None else f"branch of {_short(notebook.sections[parent].name)}",
        span=Span(min(section.span.start, name_span.start), max(ends)),
        name_span=name_span,
        children=(*cells, *branches),
    )


def _cell(cell: Cell, source: Source) -> OutlineEntry:
    name, name_span = _named(cell, source)
    return OutlineEntry(
        kind=EntryKind(cell.type.value),
        name=_short(name),
        detail="" if cell.language in (None, "elixir") else str(cell.language),
        span=cell.span,
        name_span=name_span,
    )


def _named(cell: Cell, source: Source) -> tuple[str, Span]:
    if cell.type is CellType.SMART:
        return f"Smart cell: {smart_cell_name(cell.kind)}", _first_line(cell.body_span, source)
    if cell.type is CellType.MARKDOWN:
        found = _first_words(cell, source)
        return found or ("Empty Markdown cell", _first_line(cell.body_span, source))
    found = _first_statement(cell, source)
    return found or ("Empty cell", _first_line(cell.body_span, source))


def _first_statement(cell: Cell, source: Source) -> tuple[str, Span] | None:
    """The first line that is code, or else the first comment."""
    sign = _COMMENT_SIGNS.get(cell.language or "", "#")
    comment = None
    for words, span in _worded_lines(cell.source_span, source):
        if not words.startswith(sign):
            return words, span
        if comment is None and words.strip(f"{sign} "):
            comment = words, span
    return comment


def _first_words(cell: Cell, source: Source) -> tuple[str, Span] | None:
    for line, span in _worded_lines(cell.source_span, source):
        signs = _MARKDOWN_SIGNS.match(line)
        words = line[signs.end() :] if signs else line
        if any(character.isalnum() for character in words):
            return words.rstrip("# ") or words, span
    # A formula, a picture or a rule has no words: it is shown as it is written.
    return next(_worded_lines(cell.source_span, source), None)


def _worded_lines(span: Span, source: Source) -> Iterator[tuple[str, Span]]:
    """The lines that are not blank, trimmed, and where they stand so."""
    if span.start == span.end:
        return
    for line in range(source.line_at(span.start), source.line_at(span.end) + 1):
        content = source.lines[line]
        words = content.strip()
        if words:
            start = source.starts[line] + content.index(words)
            yield words, Span(start, start + len(words))


def _first_line(span: Span, source: Source) -> Span:
    end = source.line_end(source.line_at(span.start))
    return Span(span.start, max(span.start, min(end, span.end)))


def _short(name: str) -> str:
    words = " ".join(name.split())
    if len(words) > _LONGEST_NAME:
        words = words[: _LONGEST_NAME - 1].rstrip() + "…"
    return words or _UNNAMED
