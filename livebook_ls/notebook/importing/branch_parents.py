"""Which section a branching section starts from (`import.ex`, `postprocess_notebook`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.model import Failure, ImportWarning, Section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from livebook_ls.notebook.model import JsonValue, Metadata

_KEY = "branch_parent_index"


class Branching(NamedTuple):
    """The sections with their parents, and what is wrong with those."""

    sections: Sequence[Section]
    warnings: list[ImportWarning]
    failures: list[Failure]


def resolve_parents(sections: Sequence[Section]) -> Branching:
    """Give each section the parent that its comment names, where Livebook accepts that."""
    resolved: list[Section] = []
    warnings: list[ImportWarning] = []
    failures: list[Failure] = []
    branches: set[int] = set()
    for index, section in enumerate(sections):
        comment = section.metadata_comment
        if comment is None or not isinstance(comment.value, dict) or not names_parent(comment):
            resolved.append(section)
            continue
        parent = comment.value[_KEY]
        complaint = _complaint(parent, index, len(sections), branches)
        position = _position(parent, len(sections))
        if complaint is None and position is not None:
            branches.add(index)
            resolved.append(section.branching_from(position))
            continue
        resolved.append(section)
        if complaint is None:
            message = f"{_KEY} must be the number of a section"
            failures.append(Failure("bad-parent", message, comment.json_span))
        else:
            text = f'ignoring the parent section of "{section.name}", because it {complaint}'
            warnings.append(ImportWarning(text, comment.json_span))
    return Branching(tuple(resolved), warnings, failures)


def names_parent(comment: Metadata | None) -> bool:
    """Whether a section's comment says that it is a branch."""
    return comment is not None and isinstance(comment.value, dict) and _KEY in comment.value


def _position(parent: JsonValue, count: int) -> int | None:
    """The section meant; negative numbers count from the last. None where Livebook raises."""
    if isinstance(parent, bool) or not isinstance(parent, int) or not -count <= parent < count:
        return None
    return parent % count


def _complaint(parent: JsonValue, index: int, count: int, branches: set[int]) -> str | None:
    """Why Livebook ignores the parent; None if it takes it, or raises because it is no number."""
    if isinstance(parent, bool) or not isinstance(parent, int):
        return None
    if index <= parent:
        return "comes later in the notebook"
    if _position(parent, count) in branches:
        return "is itself a branching section"
    return None
