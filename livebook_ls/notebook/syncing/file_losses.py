"""What of a file a sync does not bring into the session, and so takes from the file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import CellType, Section
from livebook_ls.notebook.syncing.data_sync import CellItem, SectionItem
from livebook_ls.notebook.syncing.session_content import same_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Cell, JsonValue, Notebook, Span
    from livebook_ls.notebook.syncing.applying import Applied
    from livebook_ls.notebook.syncing.session_content import HeldCell


class Lost(Enum):
    """What a sync can fail to bring into the session."""

    SECTION = "section"
    PARENT = "parent"  # the section arrives, but branches off another one or none
    CELL = "cell"
    PLACE = "place"  # the cell arrives, but in another section
    SMART_CELL = "smart cell"  # its kind and attributes; the source arrives
    SMART_EDIT = "smart edit"  # the session keeps its own version of the smart cell
    ATTRIBUTES = "attributes"
    OUTPUTS = "outputs"


# A smart cell may have all of its code in one.
_LONGEST_LINE = 80


@dataclass(frozen=True, slots=True)
class Loss:
    """Something of the file, at `span`, that the session won't hold, and so neither will the file.

    `name` is the section's name, or the beginning of the first line of the cell with any words.
    """

    what: Lost
    span: Span
    name: str


def losses(after: Notebook, applied: Applied) -> list[Loss]:
    """Every loss, in the order of the file."""
    found = list(_setup_losses(after, applied))
    nodes: list[Section | Cell] = []
    for section in after.sections:
        nodes += [section, *section.cells]
    section_id = None
    for node, item in zip(nodes, applied.wanted, strict=True):
        landed = applied.landed.get(item.id)
        if isinstance(item, SectionItem):
            section_id = landed
        what = _lost(item, landed, section_id, applied)
        if what is not None:
            found.append(Loss(what, node.span, _name(node)))
    return found


def leftovers(applied: Applied) -> tuple[str, ...]:
    """The sections that the session keeps although the file has them no more."""
    return tuple(
        applied.session.name_of(section_id)
        for section_id in applied.doomed
        if applied.session.has_section(section_id)
    )


def _setup_losses(after: Notebook, applied: Applied) -> Iterator[Loss]:
    for cell, held in zip(after.setup, applied.session.setup, strict=False):
        if not same_json(held.metadata, cell.metadata):
            yield Loss(Lost.ATTRIBUTES, cell.span, _name(cell))


def _lost(
    item: SectionItem | CellItem, landed: int | None, section_id: int | None, applied: Applied
) -> Lost | None:
    session = applied.session
    if isinstance(item, SectionItem):
        if landed is None or not session.has_section(landed):
            return Lost.SECTION
        parent = None if item.parent is None else applied.landed.get(item.parent)
        return None if session.parent_of(landed) == parent else Lost.PARENT
    place = None if landed is None else session.section_of(landed)
    if landed is None or place is None:
        return Lost.CELL
    if place != section_id:
        return Lost.PLACE
    return _lost_of_cell(item.cell, session.cell(landed), keeps_outputs=session.keeps_outputs)


def _lost_of_cell(wanted: HeldCell, held: HeldCell, *, keeps_outputs: bool) -> Lost | None:
    if wanted.type is CellType.SMART:
        if held.kind is None and wanted.kind is not None:
            return Lost.SMART_CELL
        if not same_json(_smart_parts(wanted), _smart_parts(held)):
            return Lost.SMART_EDIT
    if not same_json(wanted.metadata, held.metadata):
        return Lost.ATTRIBUTES
    return Lost.OUTPUTS if keeps_outputs and wanted.outputs != held.outputs else None


def _smart_parts(cell: HeldCell) -> list[JsonValue]:
    return [cell.source, cell.kind, cell.attrs, cell.chunks]


def _name(node: Section | Cell) -> str:
    if isinstance(node, Section):
        return node.name
    lines = (line.strip() for line in node.source.split("\n"))
    line = next((line for line in lines if line), "")
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]}…"
