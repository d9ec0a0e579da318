"""What a sync would do, section by section and cell by cell: Livebook's `session/data_sync.ex`.

Sections and cells are compared as one flat list of keys; deletions and insertions of one key are
then moves, and a deletion beside an insertion of the same kind is an update.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, replace
from enum import Enum
from typing import TypeAlias

from livebook_ls.notebook.elixir.myers_difference import Edit, difference, rough_difference
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.syncing.session_content import HeldCell, ReadCells, frozen
from livebook_ls.notebook.syncing.session_operations import Id, section_ids

Key: TypeAlias = tuple[str | Id | None, ...]


class ChangeKind(Enum):
    """What happens to a section or a cell."""

    KEEP = "keep"
    INSERT = "insert"
    DELETE = "delete"
    UPDATE = "update"
    MOVE_HERE = "move here"
    MOVE_AWAY = "move away"


@dataclass(frozen=True, slots=True)
class SectionItem:
    """A section under comparison."""

    id: Id
    key: Key
    name: str
    parent: Id | None


@dataclass(frozen=True, slots=True)
class CellItem:
    """A cell under comparison."""

    id: Id
    key: Key
    cell: HeldCell


Item: TypeAlias = SectionItem | CellItem


@dataclass(frozen=True, slots=True)
class Step:
    """One change: `before` is what the session holds, `after` what the file says."""

    change: ChangeKind
    before: Item | None
    after: Item | None


def items(read: ReadCells, first: Id) -> list[Item]:
    """The notebook's sections and cells in their order, numbered from `first` on."""
    notebook, cells = read
    coming = iter(cells)
    ids = section_ids(notebook, first)
    flat: list[Item] = []
    for section_id, section in zip(ids, notebook.sections, strict=True):
        parent = None if section.parent_index is None else ids[section.parent_index]
        # A section's id is random whenever a file is read, so no branch ever equals another.
        flat.append(
            SectionItem(section_id, ("section", section.name, parent), section.name, parent)
        )
        for position in range(len(section.cells)):
            cell = next(coming)
            flat.append(CellItem(section_id + 1 + position, _cell_key(cell), cell))
    return flat


def steps(before: list[Item], after: list[Item]) -> tuple[list[Step], bool]:
    """The changes in Livebook's order, and whether they are exactly Livebook's.

    They are not when the two differ in so much that only Livebook has the patience to compare them.
    """
    before_keys, after_keys = [item.key for item in before], [item.key for item in after]
    script = difference(before_keys, after_keys)
    edits = rough_difference(before_keys, after_keys) if script is None else script
    plain = _plain_steps(edits, before, after)
    return _with_updates(_with_moves(plain)), script is not None


def _cell_key(cell: HeldCell) -> Key:
    if cell.type is CellType.CODE:
        return ("code", cell.source, cell.language, frozen(cell.metadata))
    return (cell.type.value, cell.source)


def _plain_steps(edits: list[Edit], before: list[Item], after: list[Item]) -> list[Step]:
    old, new = iter(before), iter(after)
    plain = []
    for edit in edits:
        if edit is Edit.KEEP:
            plain.append(Step(ChangeKind.KEEP, next(old), next(new)))
        elif edit is Edit.INSERT:
            plain.append(Step(ChangeKind.INSERT, None, next(new)))
        else:
            plain.append(Step(ChangeKind.DELETE, next(old), None))
    return plain


def _with_moves(plain: list[Step]) -> list[Step]:
    """Cells deleted here and inserted there are moved, first come, first served."""
    deleted: dict[Key, deque[Item]] = defaultdict(deque)
    inserted: dict[Key, deque[Item]] = defaultdict(deque)
    for step in plain:
        if step.change is ChangeKind.DELETE and isinstance(step.before, CellItem):
            deleted[step.before.key].append(step.before)
        elif step.change is ChangeKind.INSERT and isinstance(step.after, CellItem):
            inserted[step.after.key].append(step.after)
    return [_as_move(step, deleted, inserted) for step in plain]


def _as_move(step: Step, deleted: dict[Key, deque[Item]], inserted: dict[Key, deque[Item]]) -> Step:
    item = step.after or step.before
    if step.change is ChangeKind.KEEP or not isinstance(item, CellItem):
        return step
    if step.change is ChangeKind.INSERT and deleted[item.key]:
        return Step(ChangeKind.MOVE_HERE, deleted[item.key].popleft(), item)
    if step.change is ChangeKind.DELETE and inserted[item.key]:
        inserted[item.key].popleft()
        return replace(step, change=ChangeKind.MOVE_AWAY)
    return step


def _with_updates(moved: list[Step]) -> list[Step]:
    """An insertion takes the first deletion of its kind among those right before it."""
    result: list[Step] = []
    pending: list[Step] = []
    for step in moved:
        if step.change is ChangeKind.DELETE:
            pending.append(step)
            continue
        matching = _matching_deletion(pending, step)
        if matching is None:
            result += [*pending, step]
            pending = []
        else:
            result += [
                *pending[:matching],
                Step(ChangeKind.UPDATE, pending[matching].before, step.after),
            ]
            pending = pending[matching + 1 :]
    return result + pending


def _matching_deletion(pending: list[Step], step: Step) -> int | None:
    if step.change is not ChangeKind.INSERT or step.after is None:
        return None
    for position, deletion in enumerate(pending):
        if deletion.before is not None and deletion.before.key[0] == step.after.key[0]:
            return position
    return None
