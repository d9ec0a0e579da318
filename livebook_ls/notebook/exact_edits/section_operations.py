"""What is done to sections and to the notebook itself; raises EditRefusal where it can't be."""

from __future__ import annotations

import re
from dataclasses import replace

from livebook_ls.notebook.exact_edits import cell_text, operations, refusal
from livebook_ls.notebook.exact_edits.cell_operations import changed_value, new_part
from livebook_ls.notebook.exact_edits.handles import TITLE
from livebook_ls.notebook.exact_edits.operations import PartPlace, PlaceRelation
from livebook_ls.notebook.exact_edits.parts import NotebookPart, Parts
from livebook_ls.notebook.exact_edits.said import Said
from livebook_ls.notebook.pieces.cutting import PieceKind

_HEADING = re.compile(r"( {0,3}#{1,2}[ \t]+)[^\n]*")


def insert_section(operation: operations.InsertSection, parts: Parts) -> None:
    """Put a new section in."""
    at = _section_place(parts, operation.place)
    section = NotebookPart(
        kind=PieceKind.SECTION,
        handle="",
        comment="",
        body=f"## {_name(operation.name)}",
        outputs="",
        says=Said(kind=PieceKind.SECTION, text=operation.name),
        parent=None if operation.parent is None else parts.section(operation.parent),
        is_touched=True,
    )
    parts.all[at:at] = [section, *map(new_part, operation.cells)]


def rename_section(operation: operations.RenameSection, parts: Parts) -> None:
    """Give a section another name."""
    part = parts.section(operation.handle)
    _set_heading(part, operation.name, "## ")


def delete_section(operation: operations.DeleteSection, parts: Parts) -> None:
    """Take a section out."""
    part = parts.section(operation.handle)
    branches = [it for it in parts.sections() if it.parent is part]
    if branches:
        named = ", ".join(it.handle for it in branches)
        raise refusal.not_for(
            part.handle,
            f"Branches off {part.handle} would lose their parent: {named}. "
            "Set or delete them first.",
        )
    at = parts.at(part)
    end = at + 1 if operation.keeps_cells else parts.end_of(part)
    del parts.all[at:end]


def move_section(operation: operations.MoveSection, parts: Parts) -> None:
    """Put a section elsewhere."""
    part = parts.section(operation.handle)
    if operation.place.handle == operation.handle:
        return
    at, begin, end = _section_place(parts, operation.place), parts.at(part), parts.end_of(part)
    if begin <= at <= end:
        return
    moved = parts.all[begin:end]
    del parts.all[begin:end]
    at -= len(moved) if at >= end else 0
    parts.all[at:at] = moved


def set_branch(operation: operations.SetBranch, parts: Parts) -> None:
    """Make a section a branch, or none."""
    part = parts.section(operation.handle)
    part.parent = None if operation.parent is None else parts.section(operation.parent)
    part.is_touched = True


def set_title(operation: operations.SetTitle, parts: Parts) -> None:
    """Give the notebook another title."""
    title = parts.kind_first(PieceKind.TITLE)
    if title is None:
        at = next((n for n, it in enumerate(parts.all) if it.kind is not PieceKind.PREFACE), 0)
        says = Said(kind=PieceKind.TITLE, text=operation.name)
        body = f"# {_name(operation.name)}"
        title = NotebookPart(
            kind=PieceKind.TITLE, handle=TITLE, comment="", body=body, outputs="", says=says,
            is_touched=True,
        )  # fmt: skip
        parts.all.insert(at, title)
    _set_heading(title, operation.name, "# ")


def set_notebook(operation: operations.SetNotebook, parts: Parts) -> None:
    """Change the notebook's own attributes."""
    title = parts.kind_first(PieceKind.TITLE)
    if title is None or title.says is None:
        raise refusal.not_for(
            TITLE, "The notebook has no title, which its attributes stand above. Set it first."
        )
    old = title.piece.value if title.piece else None
    value = changed_value(old, operation.attributes)
    title.comment = cell_text.comment_line(value)
    # What Livebook makes of them is its own; that nothing else changes is proven.
    title.says = replace(title.says, more="")
    title.is_touched = True


def _set_heading(part: NotebookPart, name: str, sign: str) -> None:
    assert part.says is not None  # noqa: S101 — every heading is said
    if part.says.text == name:
        return
    written = _HEADING.fullmatch(part.body)
    part.body = f"{written[1] if written else sign}{_name(name)}"
    part.says = replace(part.says, text=name)
    part.is_touched = True


def _name(name: str) -> str:
    if not name.strip() or "\n" in name or "\r" in name:
        raise refusal.read_otherwise("", "A name is one line with something in it.")
    return name


def _section_place(parts: Parts, place: PartPlace) -> int:
    """Where a section that is put there comes to stand."""
    match place.relation:
        case PlaceRelation.AFTER:
            return parts.end_of(parts.section(place.handle))
        case PlaceRelation.BEFORE:
            return parts.at(parts.section(place.handle))
        case PlaceRelation.END:
            return len(parts.all)
    raise refusal.not_for(
        place.handle, "A section stands before or after another one, or at the end."
    )
