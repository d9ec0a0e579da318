"""What becomes of a session's cells by a sync, as far as that matters to those that run or wait.

Of Livebook's `session/data.ex`: each section has a queue of its own, and remembers which of its
cells is being evaluated. Neither goes with a cell that is taken to another section.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.notebook.syncing.data_sync import CellItem, Item, SectionItem
from livebook_ls.notebook.syncing.session_operations import Id, SyncedSession


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFate:
    """What a sync does to a cell that the session has.

    `is_taken_out`: its section has a queue that goes on without it (`move_cell`, which is refused
    while the cell is being evaluated, and `insert_section_into`). `loses_section`: the section is
    gone with its queue, and the cell is in the one before (`delete_section`). `changes_flow`: its
    section becomes a branch, no branch any more or another's, by which its evaluation ends
    (`cancel_section_evaluation`), or it comes into a section of another flow.
    """

    is_deleted: bool = False
    is_taken_out: bool = False
    loses_section: bool = False
    changes_flow: bool = False


_STAYS = CellFate()


def cell_fates(held: list[Item], synced: SyncedSession) -> Mapping[int, CellFate]:
    """The fates of those that don't just stay, by their place among the cells of all sections.

    `held` are the session's sections and cells before, and `synced` is it after all was applied.
    """
    parents = {it.id: it.parent for it in held if isinstance(it, SectionItem)}
    fates: dict[int, CellFate] = {}
    place, section = 0, -1
    for item in held:
        if not isinstance(item, CellItem):
            section = item.id
            continue
        fate = _fate(item.id, section, parents[section], synced)
        if fate != _STAYS:
            fates[place] = fate
        place += 1
    return fates


def _fate(cell: Id, section: Id, parent: Id | None, synced: SyncedSession) -> CellFate:
    now = synced.section_of(cell)
    has_section = synced.has_section(section)
    if now is not None and now == section:
        has_same_parent = synced.parent_of(section) == parent
        return _STAYS if has_same_parent else CellFate(changes_flow=True)
    is_taken_out = cell in synced.taken_out
    if now is None:
        return CellFate(is_deleted=True, is_taken_out=is_taken_out and has_section)
    return CellFate(
        is_taken_out=is_taken_out,
        loses_section=not has_section,
        changes_flow=synced.parent_of(now) != parent,
    )
