"""The code in a notebook's cells: what is asked about, and what it can see of the cells above.

A cell sees the cells above it in its section, those of the sections that lead to it, and the setup
cells: a branch sees no other branch, and nobody sees a branch from outside (`notebook.ex`,
`parent_cells_with_section`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from livebook_ls.notebook.model import Cell, CellType, Notebook, Span
from livebook_ls.notebook.source import Source

ELIXIR, ERLANG, PYTHON = "elixir", "erlang", "python"
_LANGUAGES = frozenset({ELIXIR, ERLANG, PYTHON})
_BREAKS = re.compile(r"\r\n?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeCell:
    """A cell's code, its line breaks as Livebook has them, and where it stands in the text.

    `is_written` is false for the code of smart cells, which Livebook writes.
    """

    language: str
    code: str
    span: Span
    is_written: bool
    _raw: str

    def moved(self, by: int) -> CodeCell:
        """The same cell so many characters further down."""
        return replace(self, span=self.span.moved(by))

    def code_offset(self, offset: int) -> int:
        """The character of the code at character `offset` of the text."""
        before = self._raw[: offset - self.span.start]
        return len(_BREAKS.sub("\n", before))

    def text_offset(self, line: int, column: int) -> int:
        """The character of the text at a line and column of the code, both from 0, clamped."""
        begin = 0
        for _ in range(line):
            found = _BREAKS.search(self._raw, begin)
            feed = self._raw.find("\n", begin)
            if found and (feed < 0 or found.start() < feed):
                begin = found.end()
            elif feed >= 0:
                begin = feed + 1
            else:
                return self.span.end
        ends = [at for sign in "\r\n" if (at := self._raw.find(sign, begin)) >= 0]
        return self.span.start + min(begin + column, *ends, len(self._raw))

    def text_of(self, code: str) -> str:
        """Other code with the line breaks that this cell's text has."""
        found = _BREAKS.search(self._raw)
        return code.replace("\n", found[0]) if found else code


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePlace:
    """A place in a cell's code, with the notebook's path and the cells that are seen from there."""

    path: str
    cell: CodeCell
    offset: int
    above: tuple[CodeCell, ...]

    @property
    def before(self) -> str:
        """The cell's code up to the place."""
        return self.cell.code[: self.cell.code_offset(self.offset)]

    @property
    def rest(self) -> str:
        """The cell's code from the place on."""
        return self.cell.code[self.cell.code_offset(self.offset) :]


def place_at(notebook: Notebook, source: Source, path: str, offset: int) -> CodePlace | None:
    """The place in code at a character of the text; None in prose, comments and outputs."""
    for index, section in enumerate(notebook.sections):
        if section.span.start <= offset <= section.span.end:
            for number, cell in enumerate(section.cells):
                if (code := _code_cell(cell, source)) and _covers(cell.source_span, offset):
                    above = (*_leading(notebook, index), *section.cells[:number])
                    return _place(code, source, path, offset, above)
    for number, cell in enumerate(notebook.setup):
        if (code := _code_cell(cell, source)) and _covers(cell.source_span, offset):
            return _place(code, source, path, offset, notebook.setup[:number])
    return None


def place_of_code(
    notebook: Notebook, source: Source, path: str, cell: Cell, code: str, offset: int
) -> CodePlace | None:
    """The place at character `offset` of code that stands nowhere, seen as if it were in a cell.

    None where nothing is known of the cell's language, or it has no code.
    """
    start = cell.source_span.start
    found = place_at(notebook, source, path, start)
    if found is None:
        return None
    asked = CodeCell(
        language=found.cell.language,
        code=code,
        span=Span(start, start + len(code)),
        is_written=True,
        _raw=code,
    )
    return CodePlace(path=path, cell=asked, offset=start + offset, above=(*found.above, found.cell))


def code_cells(notebook: Notebook, source: Source) -> Iterator[CodeCell]:
    """The cells with code of the languages that Livebook evaluates, in the text's order."""
    return codes_of(notebook.cells, source)


def codes_of(cells: Iterable[Cell], source: Source) -> Iterator[CodeCell]:
    """Those of some of its cells."""
    for cell in cells:
        if code := _code_cell(cell, source):
            yield code


def _place(
    cell: CodeCell, source: Source, path: str, offset: int, above: tuple[Cell, ...]
) -> CodePlace:
    seen = (_code_cell(it, source) for it in above)
    return CodePlace(
        path=path,
        cell=cell,
        offset=offset,
        above=tuple(it for it in seen if it and it.language == cell.language),
    )


def _leading(notebook: Notebook, index: int) -> Iterator[Cell]:
    """The cells above a section that lead to it."""
    yield from notebook.setup
    parent = notebook.sections[index].parent_index
    last = index if parent is None else parent + 1
    for section in notebook.sections[:last]:
        if section.parent_index is None:
            yield from section.cells


def _code_cell(cell: Cell, source: Source) -> CodeCell | None:
    if cell.type is CellType.MARKDOWN:
        return None
    language = cell.language or ELIXIR
    raw = source.text[cell.source_span.start : cell.source_span.end]
    code = _BREAKS.sub("\n", raw)
    # Whose text is not simply its code, of that no place can be told.
    if language not in _LANGUAGES or code != _BREAKS.sub("\n", cell.source):
        return None
    return CodeCell(
        language=language,
        code=code,
        span=cell.source_span,
        is_written=cell.type is CellType.CODE,
        _raw=raw,
    )


def _covers(span: Span, offset: int) -> bool:
    return span.start <= offset <= span.end
