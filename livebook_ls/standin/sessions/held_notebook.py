"""A notebook that a session holds, written as Livebook's export would."""

from __future__ import annotations

from dataclasses import replace

from livebook_ls.notebook.exporting.export import exported_text
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell, CellType, Notebook, Output, Section, Span
from livebook_ls.notebook.syncing.session_content import HeldCell, HeldNotebook, HeldSection

# What a session holds has no place in any text.
_NOWHERE = Span(0, 0)


def text_of(held: HeldNotebook) -> str:
    """The text; raises `UnwritableError` where Livebook's export would."""
    cells = [cell for section in held.sections for cell in section.cells]
    prose = [cell.source for cell in cells if cell.type is CellType.MARKDOWN]
    return exported_text(_notebook(held), prose)


def without_outputs(text: str) -> str:
    """A notebook's text as Livebook exports it without its outputs."""
    notebook = parse(text)
    sections = tuple(
        section.with_cells(tuple(replace(cell, outputs=()) for cell in section.cells))
        for section in notebook.sections
    )
    cells = [cell for section in sections for cell in section.cells]
    prose = [cell.source for cell in cells if cell.type is CellType.MARKDOWN]
    return exported_text(replace(notebook, sections=sections), prose)


def _notebook(held: HeldNotebook) -> Notebook:
    return Notebook(
        name=held.name,
        name_span=None,
        leading_comments=held.leading_comments,
        metadata_comment=None,
        attrs=held.attrs,
        setup=tuple(_cell(cell) for cell in held.setup),
        sections=tuple(_section(section) for section in held.sections),
        warnings=(),
        stamp=None,
        failures=(),
    )


def _section(held: HeldSection) -> Section:
    return Section(
        name=held.name,
        span=_NOWHERE,
        name_span=None,
        parent_index=held.parent_index,
        metadata_comment=None,
        cells=tuple(_cell(cell) for cell in held.cells),
    )


def _cell(held: HeldCell) -> Cell:
    return Cell(
        type=held.type,
        span=_NOWHERE,
        body_span=_NOWHERE,
        source_span=_NOWHERE,
        source=held.source,
        language=held.language,
        metadata=held.metadata,
        kind=held.kind,
        attrs=held.attrs,
        chunks=held.chunks,
        outputs=tuple(Output(span=_NOWHERE, text=text, is_kept=True) for text in held.outputs),
    )
