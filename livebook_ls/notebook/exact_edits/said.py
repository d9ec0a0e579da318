"""What Livebook's importer reads in a text, part by part: an edit is proven by it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exact_edits.cell_text import shown_prose
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.pieces.cutting import PieceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Cell, JsonValue, Notebook, Section

_KINDS = {
    CellType.CODE: PieceKind.CODE,
    CellType.MARKDOWN: PieceKind.MARKDOWN,
    CellType.SMART: PieceKind.SMART,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One part: `text` is a name or a source, `more` whatever else there is to it, as JSON.

    `parent` is the number of the section that a section branches off, counted as Livebook does.
    """

    kind: PieceKind
    text: str
    language: str = ""
    more: str = "{}"
    outputs: tuple[str, ...] = ()
    parent: int | None = None


def said(notebook: Notebook) -> list[Said]:
    """Title, setup cells, sections and cells, in the order in which they stand in the text."""
    return [it for it, _ in said_with_cells(notebook)]


def said_with_cells(notebook: Notebook) -> list[tuple[Said, Cell | None]]:
    """The same, each with its cell; None for what is none."""
    found = sorted(_said(notebook), key=lambda it: it[0])
    return [(says, cell) for _, says, cell in found]


def _said(notebook: Notebook) -> Iterator[tuple[int, Said, Cell | None]]:
    if notebook.name_span is not None:
        comment = notebook.metadata_comment
        start = notebook.name_span.start if comment is None else comment.span.start
        more = to_json(notebook.attrs)
        yield start, Said(kind=PieceKind.TITLE, text=notebook.name, more=more), None
    for cell in notebook.setup:
        yield cell.span.start, _cell(cell, PieceKind.SETUP), cell
    for section in notebook.sections:
        if section.name_span is not None:
            says = Said(kind=PieceKind.SECTION, text=section.name, parent=section.parent_index)
            yield _section_start(section), says, None
        for cell in section.cells:
            yield cell.span.start, _cell(cell, _KINDS[cell.type]), cell


def _section_start(section: Section) -> int:
    comment = section.metadata_comment
    if comment is not None:
        return comment.span.start
    return section.name_span.start if section.name_span else section.span.start


def _cell(cell: Cell, kind: PieceKind) -> Said:
    if kind is PieceKind.MARKDOWN:
        return Said(kind=kind, text=shown_prose(cell.source))
    smart: dict[str, JsonValue] = {}
    if cell.type is CellType.SMART:
        smart = {"kind": cell.kind, "attrs": cell.attrs, "chunks": cell.chunks}
    return Said(
        kind=kind,
        text=cell.source,
        language=cell.language or "",
        more=to_json(cell.metadata | smart),
        outputs=tuple(it.text for it in cell.outputs if it.is_kept),
    )
