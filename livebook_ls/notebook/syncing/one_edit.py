"""The edit that nearly every save is: the code of one cell, and nothing else.

What a sync makes of it needs no comparison of whole notebooks, whose costs grow with them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.syncing.session_content import held_setup, same_json

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue, Notebook
    from livebook_ls.notebook.syncing.session_content import HeldCell, ReadCells


def is_one_edit(held: ReadCells, read: ReadCells) -> bool:
    """Whether a sync only gives one code cell its new source, and the session then holds the file.

    The cell's old source is nowhere in the file, nor its new one in the session: then all but that
    cell is what both have in common, in whatever way it is found (`session/data_sync.ex`), and what
    is deleted beside what is inserted in its place is an update.
    """
    before, after = held.notebook, read.notebook
    if len(held.cells) != len(read.cells) or not _same_frame(before, after):
        return False
    changed = [
        (one, other)
        for one, other in zip(held.cells, read.cells, strict=True)
        if not _same(one, other)
    ]
    if len(changed) != 1:
        return False
    [(old, new)] = changed
    if old.type is not CellType.CODE or not _same(replace(old, source=new.source), new):
        return False
    is_gone = all(it.source != old.source for it in read.cells)
    return is_gone and all(it.source != new.source for it in held.cells)


def _same_frame(before: Notebook, after: Notebook) -> bool:
    """Whether all but the cells of the sections is the same. A branch never equals another, so that
    notebooks with branches are compared as a whole.
    """
    is_same = (
        before.name == after.name
        and before.leading_comments == after.leading_comments
        and len(before.sections) == len(after.sections)
        and all(
            one.parent_index is None
            and other.parent_index is None
            and one.name == other.name
            and len(one.cells) == len(other.cells)
            for one, other in zip(before.sections, after.sections, strict=True)
        )
    )
    if not is_same or not same_json(before.attrs, after.attrs):
        return False
    old, new = held_setup(before), held_setup(after)
    return len(old) == len(new) and all(map(_same, old, new))


def _same(one: HeldCell, other: HeldCell) -> bool:
    """Whether two cells are held alike; Python's own `==` takes `true` for 1."""
    if one != other:
        return False
    has_values = one.metadata or one.kind or one.attrs or one.chunks
    return not has_values or same_json(_values(one), _values(other))


def _values(cell: HeldCell) -> list[JsonValue]:
    return [cell.metadata, cell.kind, cell.attrs, cell.chunks]
