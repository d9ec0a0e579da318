"""Which parts an operation is about: those must be what the model has read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from livebook_ls.notebook.exact_edits import operations
from livebook_ls.notebook.exact_edits.operations import EditOperation

Sections = Mapping[str, frozenset[str]]


def replaced(operation: EditOperation, sections: Sections) -> set[str]:
    """The parts whose text goes with an operation; a passage is protected by its own text.

    `sections` has the cells of each section, as they are now.
    """
    match operation:
        case (
            operations.ReplaceSource()
            | operations.DeleteCell()
            | operations.SetCell()
            | operations.SmartToCode()
            | operations.RenameSection()
        ):
            return {operation.handle}
        case operations.DeleteSection(keeps_cells=False):
            return {operation.handle, *sections.get(operation.handle, ())}
    return set()


def not_read(operation: EditOperation, then: Sections, now: Sections) -> set[str]:
    """What an operation is about and was not read so: a section that has nothing of what was in it
    `then`, and cells that would go with a section in which they were not.
    """
    others = {it for it in _named(operation) if _is_another(then.get(it), now.get(it))}
    if isinstance(operation, operations.DeleteSection) and not operation.keeps_cells:
        section = operation.handle
        others |= now.get(section, frozenset()) - then.get(section, frozenset())
    return others


def _is_another(then: frozenset[str] | None, now: frozenset[str] | None) -> bool:
    """Whether a section of this handle, by its cells, was another one."""
    if not then or now is None:
        return False
    return then.isdisjoint(now)


def _named(operation: EditOperation) -> Iterator[str]:
    """The handles that an operation names."""
    for name in ("handle", "parent"):
        handle = getattr(operation, name, None)
        if isinstance(handle, str):
            yield handle
    place = getattr(operation, "place", None)
    if isinstance(place, operations.PartPlace):
        yield place.handle
