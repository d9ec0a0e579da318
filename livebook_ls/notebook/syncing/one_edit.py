"""The edit that nearly every save is: the code of one cell, and nothing else.

What a sync makes of it needs no comparison of whole notebooks, whose costs grow with them.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import common_ends
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import code_text
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.syncing.session_content import ReadCells, held_setup, same_json

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument, Node
    from livebook_ls.notebook.model import JsonValue, Notebook
    from livebook_ls.notebook.syncing.session_content import HeldCell


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
    return _is_alone(old.source, held.cells) and _is_alone(new.source, read.cells)


def with_one_edit(held: ReadCells, before: BlockDocument, after: BlockDocument) -> ReadCells | None:
    """What a session that `held` what `before` says holds once it has read `after`, where that is
    such an edit by the texts alone; None where it isn't. No cell of `after` is made for it.

    What is in a code cell's block is looked at by nothing but that cell.
    """
    nodes = _one_changed_block(before, after)
    if nodes is None or any(it.parent_index is not None for it in held.notebook.sections):
        return None
    start = before.source.starts[nodes[0][1]]
    cells = [cell for section in held.notebook.sections for cell in section.cells]
    is_its = [it.type is CellType.CODE and it.body_span.start == start for it in cells]
    if True not in is_its:
        return None
    at = is_its.index(True)
    old, new = held.cells[at].source, code_text(after.scan, nodes[1])
    edited = (*held.cells[:at], replace(held.cells[at], source=new), *held.cells[at + 1 :])
    is_one = old != new and _is_alone(old, held.cells) and _is_alone(new, edited)
    return ReadCells(held.notebook, edited) if is_one else None


def _one_changed_block(before: BlockDocument, after: BlockDocument) -> tuple[Node, Node] | None:
    """The closed block in a language of cells, before and after, between whose fences is all that
    tells the texts apart.
    """
    if len(before.blocks) != len(after.blocks):
        return None
    edited = before.source.line_at(common_ends(before.source.text, after.source.text)[0])
    line = at = 0
    while (below := line + before.blocks[at].size + before.blocks[at].gap) <= edited:
        line, at = below, at + 1
        if at == len(before.blocks):
            return None
    old, new = before.blocks[at], after.blocks[at]
    if old.kind is not BlockKind.FENCED or old.label not in CODE_LANGUAGES or not old.level:
        return None
    is_rest_same = (
        old._replace(size=new.size) == new
        and before.blocks[:at] == after.blocks[:at]
        and before.blocks[at + 1 :] == after.blocks[at + 1 :]
        and _outside(before, line, old.size) == _outside(after, line, new.size)
    )
    return ((old, line), (new, line)) if is_rest_same else None


def _outside(document: BlockDocument, line: int, size: int) -> tuple[object, ...]:
    """All lines but those between the fences of a block, and what they are taken for."""
    first, last = line + 1, line + size - 1
    source, (lines, kinds, parser), _blocks = document
    return (
        *(source.lines[:first], source.lines[last:], lines[:first], lines[last:]),
        *(kinds[:first], kinds[last:], parser),
    )


def _is_alone(source: str, cells: tuple[HeldCell, ...]) -> bool:
    """Whether just one of the cells has this source."""
    return sum([it.source == source for it in cells]) == 1


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
