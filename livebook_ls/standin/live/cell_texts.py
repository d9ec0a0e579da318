"""The texts of a session's cells as they are put together and changed: outputs put in, sources."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import replace

from livebook_ls.notebook.exporting.export import exported_text
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell, CellType, Output, Span
from livebook_ls.standin.live import session_markup
from livebook_ls.standin.live.expressions import PutOutput
from livebook_ls.standin.live.session_cells import StandInCell

_NOWHERE = Span(0, 0)
_TEXTS = frozenset({"terminal_text", "error"})


def applied(text: str, delta: Sequence[object]) -> str:
    """`text` after a page's delta, which counts UTF-16 units. Raises TypeError for any other."""
    units, made = text.encode("utf-16-le", "surrogatepass"), b""
    for step in delta:
        if isinstance(step, str):
            made += step.encode("utf-16-le", "surrogatepass")
        elif isinstance(step, int):
            made += units[: 2 * max(step, 0)]
            units = units[2 * abs(step) :]
        else:
            raise TypeError
    return (made + units).decode("utf-16-le", "surrogatepass")


def texts_of(cell: StandInCell) -> tuple[str, ...]:
    """The outputs that are texts, as exports have them: one line feed at the end dropped."""
    return tuple(
        session_markup.without_colours(put.text).removesuffix("\n")
        for _, put in cell.outputs
        if put.kind in _TEXTS or _is_result(put)
    )


def _is_result(put: PutOutput) -> bool:
    return put.kind.startswith("result-")


def with_texts(text: str, texts: Mapping[int, tuple[str, ...]]) -> str:
    """The notebook with these texts as outputs of its cells, by their numbers."""
    notebook = parse(text)
    # The session has a setup cell even where the text has none.
    first = 0 if notebook.setup else 1
    numbers = itertools.count(first + len(notebook.setup))
    sections = tuple(
        section.with_cells(
            tuple(_filled(cell, texts.get(next(numbers), ())) for cell in section.cells)
        )
        for section in notebook.sections
    )
    cells = [cell for section in sections for cell in section.cells]
    prose = [cell.source for cell in cells if cell.type is CellType.MARKDOWN]
    return exported_text(replace(notebook, sections=sections), prose, includes_outputs=True)


def with_source(text: str, number: int, source: str) -> str:
    """The notebook with another text in its cell of a number; setup cells come first, of which the
    session has one even where the text has none. Raises ValueError for that one.
    """
    notebook = parse(text)
    cells = [*notebook.setup, *(cell for section in notebook.sections for cell in section.cells)]
    place = number if notebook.setup else number - 1
    if place < 0:
        raise ValueError
    cells[place] = replace(cells[place], source=source)
    rest = iter(cells)
    setup = tuple(next(rest) for _ in notebook.setup)
    sections = tuple(
        section.with_cells(tuple(next(rest) for _ in section.cells))
        for section in notebook.sections
    )
    prose = [it.source for it in cells[len(setup) :] if it.type is CellType.MARKDOWN]
    made = replace(notebook, setup=setup, sections=sections)
    return exported_text(made, prose, includes_outputs=True)


def _filled(cell: Cell, texts: tuple[str, ...]) -> Cell:
    if not texts:
        return cell
    outputs = tuple(Output(span=_NOWHERE, text=it, is_kept=True) for it in texts)
    return replace(cell, outputs=outputs)
