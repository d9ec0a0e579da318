"""What is done to cells; raises EditRefusal where it can't be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from livebook_ls.notebook.editing.cell_text import markdown_body
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exact_edits import cell_text, operations, refusal
from livebook_ls.notebook.exact_edits.handles import SETUP
from livebook_ls.notebook.exact_edits.operations import NewCell, PartPlace, PlaceRelation
from livebook_ls.notebook.exact_edits.parts import NotebookPart, Parts
from livebook_ls.notebook.exact_edits.said import Said
from livebook_ls.notebook.exporting.rendering import fenced
from livebook_ls.notebook.importing.metadata import cell_attributes, smart_attributes
from livebook_ls.notebook.model import CellType, JsonValue
from livebook_ls.notebook.pieces.cutting import BREAK, PieceKind

_SMART_SOURCE = (
    "{handle} is a smart cell: its code is made by the cell itself. Make it a code cell first "
    "(smart_to_code), or change it in Livebook."
)


def replace_source(operation: operations.ReplaceSource, parts: Parts) -> None:
    """Give a cell another source."""
    if operation.handle == SETUP and parts.kind_first(PieceKind.SETUP) is None:
        _make_setup(parts, operation.source)
        return
    _set_source(parts.cell(operation.handle), operation.source)


def replace_passage(operation: operations.ReplacePassage, parts: Parts) -> None:
    """Change one passage of a cell."""
    part = parts.cell(operation.handle)
    source = part.says.text if part.says else ""
    found = occurrences(source, operation.old)
    if not operation.old:
        raise refusal.nothing_to_match(operation.handle)
    if not found:
        raise refusal.no_match(operation.handle)
    if len(found) > 1:
        lines = [source.count("\n", 0, it) + 1 for it in found]
        raise refusal.several_matches(operation.handle, lines)
    end = found[0] + len(operation.old)
    _set_source(part, source[: found[0]] + operation.new + source[end:])


def insert_cells(operation: operations.InsertCells, parts: Parts) -> None:
    """Put new cells in."""
    at = _cell_place(parts, operation.place)
    parts.all[at:at] = [new_part(it) for it in operation.cells]


def delete_cell(operation: operations.DeleteCell, parts: Parts) -> None:
    """Take a cell out."""
    parts.all.remove(parts.cell(operation.handle))


def move_cell(operation: operations.MoveCell, parts: Parts) -> None:
    """Put a cell elsewhere."""
    part = parts.cell(operation.handle)
    if part.kind is PieceKind.SETUP:
        raise refusal.not_for(part.handle, "The setup cell stays at the top.")
    if operation.place.handle == operation.handle:
        return
    at = _cell_place(parts, operation.place)
    before = parts.at(part)
    parts.all.remove(part)
    parts.all.insert(at - (before < at), part)


def set_cell(operation: operations.SetCell, parts: Parts) -> None:
    """Change a cell's language or attributes."""
    part = parts.cell(operation.handle)
    if part.kind not in (PieceKind.CODE, PieceKind.SETUP):
        is_smart = part.kind is PieceKind.SMART
        why = (
            _SMART_SOURCE.format(handle=part.handle)
            if is_smart
            else (f"{part.handle} is a Markdown cell, which has neither language nor attributes.")
        )
        raise refusal.not_for(part.handle, why)
    assert part.says is not None  # noqa: S101 — every cell is said
    if operation.language is not None and operation.language != part.says.language:
        part.body = fenced(part.says.text, operation.language)
        part.says = replace(part.says, language=operation.language)
        part.is_touched = True
    if operation.attributes:
        _set_attributes(part, operation.attributes)


def smart_to_code(operation: operations.SmartToCode, parts: Parts) -> None:
    """Make a code cell of a smart cell."""
    part = parts.cell(operation.handle)
    if part.kind is not PieceKind.SMART or part.says is None:
        raise refusal.not_for(part.handle, f"{part.handle} is no smart cell.")
    value = part.piece.value if part.piece else None
    kept = smart_attributes(value)
    cell = NewCell(type=CellType.CODE, source=part.says.text, attributes=kept)
    made = new_part(cell)
    made.handle, made.outputs = part.handle, part.outputs
    made.says = replace(made.says, outputs=part.says.outputs) if made.says else None
    parts.all[parts.at(part)] = made


def new_part(cell: NewCell) -> NotebookPart:
    """A new cell; raises EditRefusal for what is no text."""
    _require_readable(cell.source, "")
    if cell.type is CellType.MARKDOWN:
        source = _without_blank_ends(cell.source)
        return NotebookPart(
            kind=PieceKind.MARKDOWN,
            handle="",
            comment="",
            body=_prose(source, ""),
            outputs="",
            says=Said(kind=PieceKind.MARKDOWN, text=source),
            is_touched=True,
        )
    attributes = cell_attributes(dict(cell.attributes))
    return NotebookPart(
        kind=PieceKind.CODE,
        handle="",
        comment=cell_text.comment_line(attributes),
        body=fenced(cell.source, cell.language),
        outputs="",
        says=Said(
            kind=PieceKind.CODE,
            text=cell.source,
            language=cell.language,
            more=to_json(attributes),
        ),
        is_touched=True,
    )


def occurrences(text: str, passage: str) -> list[int]:
    """Where the passage stands in the text, also where it overlaps itself."""
    found: list[int] = []
    at = text.find(passage) if passage else -1
    while at >= 0:
        found.append(at)
        at = text.find(passage, at + 1)
    return found


def changed_value(old: JsonValue, attributes: Mapping[str, JsonValue]) -> dict[str, JsonValue]:
    """What a comment says after a change of some of its keys; None takes one away."""
    value = dict(old) if isinstance(old, dict) else {}
    value |= attributes
    return {key: it for key, it in value.items() if it is not None}


def _set_source(part: NotebookPart, source: str) -> None:
    if part.kind is PieceKind.SMART:
        raise refusal.not_for(part.handle, _SMART_SOURCE.format(handle=part.handle))
    assert part.says is not None  # noqa: S101 — every cell is said
    source = _without_blank_ends(source) if part.kind is PieceKind.MARKDOWN else source
    if source == part.says.text:
        return
    _require_readable(source, part.handle)
    if part.kind is PieceKind.MARKDOWN:
        part.body = _prose(source, part.handle)
    else:
        body = cell_text.with_line_feeds(part.body)
        changed = cell_text.changed_code_block(body, source)
        part.body = changed or fenced(source, part.says.language)
    part.says = replace(part.says, text=source)
    part.is_touched = True


def _prose(source: str, handle: str) -> str:
    """A Markdown cell's text for the file; raises EditRefusal where it would be another cell."""
    body = markdown_body(source)
    if body is None or body == BREAK:
        raise refusal.no_prose(handle)
    return body


def _without_blank_ends(source: str) -> str:
    """Markdown has no empty lines around it: Livebook's importer keeps none."""
    return source.rstrip().strip("\n")


def _make_setup(parts: Parts, source: str) -> None:
    title = parts.kind_first(PieceKind.TITLE)
    if title is None:
        raise refusal.not_for(SETUP, "A setup cell stands below the title: set the title first.")
    cell = new_part(NewCell(type=CellType.CODE, source=source))
    cell.kind, cell.handle = PieceKind.SETUP, SETUP
    cell.says = replace(cell.says, kind=PieceKind.SETUP) if cell.says else None
    parts.all.insert(parts.at(title) + 1, cell)


def _require_readable(source: str, handle: str) -> None:
    if "\r" in source:
        why = "Lines of a source end with \\n alone: leave out every \\r."
        raise refusal.read_otherwise(handle, why)
    try:
        source.encode("utf-8")
    except UnicodeEncodeError:
        why = "A source must be text: there is half of a surrogate pair in it."
        raise refusal.read_otherwise(handle, why) from None


def _set_attributes(part: NotebookPart, attributes: Mapping[str, JsonValue]) -> None:
    assert part.says is not None  # noqa: S101 — every cell is said
    old = part.piece.value if part.piece else cell_attributes({})
    value = changed_value(old, attributes)
    kept = cell_attributes(value)
    # A key of Livebook's that is at its default is not written; one of others stays.
    shown = {key: it for key, it in value.items() if key in kept or key not in attributes}
    part.comment = cell_text.comment_line(shown)
    part.says = replace(part.says, more=to_json(kept))
    part.is_touched = True


def _cell_place(parts: Parts, place: PartPlace) -> int:
    """Where a cell that is put there comes to stand."""
    match place.relation:
        case PlaceRelation.AFTER:
            return parts.at(parts.cell(place.handle)) + 1
        case PlaceRelation.BEFORE:
            return parts.at(parts.cell(place.handle))
        case PlaceRelation.START_OF:
            return parts.at(parts.section(place.handle)) + 1
        case PlaceRelation.END_OF:
            return parts.end_of(parts.section(place.handle))
        case PlaceRelation.END:
            if not any(parts.sections()):
                why = "A cell belongs to a section, and there is none yet: insert a section first."
                raise refusal.not_for("", why)
            return len(parts.all)
