"""A notebook's cells as one script, or as Markdown for readers that know nothing of Livebook."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.prose import cell_sources
from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.tree import UnwritableError
from livebook_ls.notebook.model import Cell, CellType
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook, Section

_ELIXIR, _PYTHON = "elixir", "python"
_GAP = "\n\n"

# `import.ex` reads it as `force_markdown`; it stands right above a fence.
_FORCING = re.compile(
    r'^<!-- livebook:\{"force_markdown":true\} -->\n+(?=[ \t]*(?:```|~~~))', re.MULTILINE
)


@dataclass(frozen=True, slots=True)
class _Extract:
    """A notebook with the sources of its Markdown cells, in order, and the link definitions that
    are in none of them, for Livebook drops those, each with its place.
    """

    notebook: Notebook
    prose: list[str]
    definitions: list[tuple[int, str]]


def elixir_script(text: str) -> str | None:
    """The Elixir cells in order, all else as comments; None where there are none.

    A branch runs beside what follows it, so that its cells are comments too.
    """
    return _script(_read(text), _ELIXIR)


def python_script(text: str) -> str | None:
    """The Python cells in order, all else as comments; None where there are none."""
    return _script(_read(text), _PYTHON)


def plain_markdown(text: str) -> str:
    """Title, sections and cells, without Livebook's comments, outputs and stamp.

    Markdown is the author's own, with its links as they were written.
    """
    extract = _read(text)
    definitions = deque(extract.definitions)
    parts = [f"# {extract.notebook.name}"]
    for start, part in _written_parts(extract):
        parts += [_taken(definitions, start), part]
    return _joined([*parts, _taken(definitions, len(text) + 1)])


def _written_parts(extract: _Extract) -> Iterator[tuple[int, str]]:
    """What follows the title, with where in the notebook it begins."""
    for cell in _setup(extract.notebook):
        yield cell.span.start, _fenced(cell)
    for section, cells in _sections(extract):
        if section.name_span is not None:
            yield section.span.start, f"## {section.name}"
        for cell, _ in cells:
            is_prose = cell.type is CellType.MARKDOWN
            said = without_forcing(_with_line_feeds(cell.source)) if is_prose else _fenced(cell)
            yield cell.span.start, said


def _taken(definitions: deque[tuple[int, str]], before: int) -> str:
    """The definitions that stand before a place, which are used up by it."""
    lines = []
    while definitions and definitions[0][0] < before:
        lines.append(definitions.popleft()[1])
    return "\n".join(lines)


def without_forcing(said: str) -> str:
    """Markdown without the comments that keep Livebook from reading a fence as a cell."""
    return _FORCING.sub("", said).strip("\n")


def _read(text: str) -> _Extract:
    # A byte order mark would be a part of the title.
    document = read_document(Source(text.removeprefix("\ufeff")))
    notebook = build_notebook(document)
    try:
        prose = cell_sources(document)
    except UnwritableError:
        cells = (cell for section in notebook.sections for cell in section.cells)
        prose = [cell.source for cell in cells if cell.type is CellType.MARKDOWN]
    return _Extract(notebook, prose, list(_dropped_definitions(document, notebook)))


def _dropped_definitions(document: BlockDocument, notebook: Notebook) -> Iterator[tuple[int, str]]:
    cells = [cell for section in notebook.sections for cell in section.cells]
    kept = [it.source_span for it in cells if it.type is CellType.MARKDOWN]
    source = document.source
    for block, line in with_lines(document.blocks):
        start = source.starts[line]
        if block.kind is BlockKind.LINK and not any(it.start <= start < it.end for it in kept):
            lines = source.lines[line : line + (block.size or 1)]
            yield start, "\n".join(lines).strip()


def _script(extract: _Extract, language: str) -> str | None:
    notebook = extract.notebook
    setup = _setup(notebook)
    sections = [(section, list(cells)) for section, cells in _sections(extract)]
    cells = [*setup, *(cell for _, inside in sections for cell, _ in inside)]
    if not any(_language(cell) == language for cell in cells):
        return None
    parts = [_commented(notebook.name), *(_written(cell, "", language, str) for cell in setup)]
    for section, inside in sections:
        if section.name_span is not None:
            parts.append(_commented(_heading(section, notebook)))
        is_branch = section.parent_index is not None and language == _ELIXIR
        keep = _commented if is_branch else str
        parts += [_written(cell, said, language, keep) for cell, said in inside]
    return _joined(parts)


def _written(cell: Cell, said: str, language: str, keep: Callable[[str], str]) -> str:
    if cell.type is CellType.MARKDOWN:
        return _commented(said)
    if _language(cell) == language:
        return keep(_with_line_feeds(cell.source))
    return _commented(f"{_language(cell)}:\n{_with_line_feeds(cell.source)}")


def _heading(section: Section, notebook: Notebook) -> str:
    if section.parent_index is None:
        return f"--- {section.name} ---"
    parent = notebook.sections[section.parent_index].name
    return f"--- {section.name} (branches off {parent}) ---"


def _sections(extract: _Extract) -> Iterator[tuple[Section, Iterator[tuple[Cell, str]]]]:
    """The sections with their cells, Markdown cells with what they say."""
    coming = iter(extract.prose)
    for section in extract.notebook.sections:
        said = [
            next(coming, "") if cell.type is CellType.MARKDOWN else "" for cell in section.cells
        ]
        yield section, zip(section.cells, said, strict=True)


def _setup(notebook: Notebook) -> list[Cell]:
    return [cell for cell in notebook.setup if cell.source.strip()]


def _language(cell: Cell) -> str:
    """A smart cell's source is Elixir, made by Livebook."""
    if cell.type is CellType.MARKDOWN:
        return ""
    return cell.language or _ELIXIR


def _fenced(cell: Cell) -> str:
    return fenced(_with_line_feeds(cell.source), _language(cell))


def _commented(text: str) -> str:
    return "\n".join(f"# {line}".rstrip() for line in text.split("\n"))


def _joined(parts: list[str]) -> str:
    return _GAP.join(part for part in parts if part.strip()) + "\n"


def _with_line_feeds(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")
