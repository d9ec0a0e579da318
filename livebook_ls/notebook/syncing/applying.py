"""A sync carried out on a session: every change as the operations that Livebook makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.syncing.data_sync import (
    CellItem,
    ChangeKind,
    SectionItem,
    Step,
    items,
    steps,
)
from livebook_ls.notebook.syncing.session_content import HeldCell, ReadCells, held_setup, same_json
from livebook_ls.notebook.syncing.session_operations import (
    DEFAULT_SECTION_NAME,
    PYTHON_SETUP,
    Id,
    SyncedSession,
)

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Notebook
    from livebook_ls.notebook.syncing.data_sync import Item


@dataclass(slots=True, kw_only=True)
class Applied:
    """A sync in the course of being applied.

    `held` and `wanted` are the sections and cells of the session before, and of the file; `landed`
    says which section or cell of the session stands for one of the latter. `section` and `index`
    are where the next cell goes.
    """

    session: SyncedSession
    held: list[Item]
    wanted: list[Item]
    is_exact: bool
    landed: dict[Id, Id] = field(default_factory=dict)
    section: Id | None = None
    index: int = 0
    doomed: list[Id] = field(default_factory=list)
    waiting: dict[Id, Id | None] = field(default_factory=dict)
    moved: set[Id] = field(default_factory=set)


class ForwardParentError(Exception):
    """A section branches off one that comes later, where Livebook's own difference breaks off."""


def apply_sync(held: ReadCells, read: ReadCells) -> Applied:
    """The session after everything was tried; raises `ForwardParentError` where Livebook raises."""
    session = SyncedSession(held)
    before, after = held.notebook, read.notebook
    if (before.name, before.leading_comments) != (after.name, after.leading_comments):
        session.set_notebook_attributes(after.name, after.leading_comments)
    _sync_setup(session, before, after)
    old = items(held, 0)
    wanted = items(read, len(old))
    changes, is_exact = steps(old, wanted)
    applied = Applied(session=session, held=old, wanted=wanted, is_exact=is_exact)
    for step in changes:
        _apply(applied, step)
    for section_id in reversed(applied.doomed):
        session.delete_section(section_id)
    return applied


def _sync_setup(session: SyncedSession, before: Notebook, after: Notebook) -> None:
    held, wanted = held_setup(before), held_setup(after)
    held_languages = [cell.language for cell in held]
    wanted_languages = [cell.language for cell in wanted]
    if PYTHON_SETUP in wanted_languages and PYTHON_SETUP not in held_languages:
        session.enable_python()
    if PYTHON_SETUP in held_languages and PYTHON_SETUP not in wanted_languages:
        session.disable_python()
    for index, (now, cell) in enumerate(zip(session.setup, wanted, strict=True)):
        if now.source != cell.source:
            session.set_setup_source(index, cell.source)


def _apply(applied: Applied, step: Step) -> None:
    before, after = step.before, step.after
    if step.change is ChangeKind.MOVE_AWAY and before is not None:
        _move_away(applied, before.id)
    elif step.change is ChangeKind.MOVE_HERE and before is not None and after is not None:
        _move_here(applied, before.id, after.id)
    elif isinstance(before, SectionItem) or isinstance(after, SectionItem):
        _apply_to_section(applied, before, after)
    elif step.change is ChangeKind.DELETE and before is not None:
        applied.session.delete_cell(before.id)
    elif isinstance(after, CellItem):
        _apply_to_cell(applied, step, after)


def _apply_to_section(applied: Applied, before: Item | None, after: Item | None) -> None:
    """A section goes only when all is done: till then cells may still be moved out of it."""
    if isinstance(after, SectionItem):
        if isinstance(before, SectionItem):
            _update_section(applied, before, after)
        else:
            _insert_section(applied, after)
    elif before is not None:
        applied.doomed.append(before.id)
        applied.section = before.id
    applied.index = 0


def _insert_section(applied: Applied, new: SectionItem) -> None:
    applied.session.insert_section_into(applied.section, applied.index, new.id)
    if new.name != DEFAULT_SECTION_NAME:
        applied.session.set_section_name(new.id, new.name)
    parent = _parent(applied, new)
    if parent is not None:
        applied.session.set_section_parent(new.id, parent)
    applied.section = applied.landed[new.id] = new.id


def _update_section(applied: Applied, held: SectionItem, new: SectionItem) -> None:
    """Also for equal sections, to which it does nothing."""
    parent = _parent(applied, new)
    if parent != held.parent:
        if parent is None:
            applied.session.unset_section_parent(held.id)
        else:
            applied.session.set_section_parent(held.id, parent)
    if held.name != new.name:
        applied.session.set_section_name(held.id, new.name)
    applied.section = applied.landed[new.id] = held.id


def _parent(applied: Applied, new: SectionItem) -> Id | None:
    if new.parent is None:
        return None
    if new.parent not in applied.landed:
        raise ForwardParentError
    return applied.landed[new.parent]


def _apply_to_cell(applied: Applied, step: Step, new: CellItem) -> None:
    """Keeps, updates or inserts a cell."""
    if isinstance(step.before, CellItem):
        if step.change is ChangeKind.UPDATE:
            _update_cell(applied.session, step.before, new.cell)
        applied.landed[new.id] = step.before.id
    else:
        cell = _as_inserted(new.cell)
        applied.session.insert_cell(applied.section, applied.index, new.id, cell)
        applied.landed[new.id] = new.id
    applied.index += 1


def _as_inserted(cell: HeldCell) -> HeldCell:
    """A new cell as a sync makes it: without outputs, nor a smart cell's kind and attributes."""
    return HeldCell(
        type=cell.type,
        source=cell.source,
        language=cell.language,
        metadata=cell.metadata,
        attrs={} if cell.type is CellType.SMART else None,
    )


def _update_cell(session: SyncedSession, held: CellItem, new: HeldCell) -> None:
    """Livebook itself governs the source of smart cells, so theirs stays."""
    if held.cell.type is not CellType.SMART and held.cell.source != new.source:
        session.set_cell_source(held.id, new.source)
    attributes_differ = not same_json(held.cell.metadata, new.metadata)
    if held.cell.language != new.language or attributes_differ:
        session.set_cell_attributes(held.id, new.language, new.metadata)


def _move_here(applied: Applied, cell_id: Id, new_id: Id) -> None:
    applied.session.move_cell(cell_id, applied.section, applied.index)
    applied.landed[new_id] = cell_id
    applied.moved.add(cell_id)
    # A cell that moves down within its section still stood above and was counted there.
    waited_in = applied.waiting.pop(cell_id, None)
    if waited_in is None or waited_in != applied.section:
        applied.index += 1


def _move_away(applied: Applied, cell_id: Id) -> None:
    if cell_id not in applied.moved:
        applied.waiting[cell_id] = applied.section
        applied.index += 1
