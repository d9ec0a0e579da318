"""Several operations as one edit of a text, proven before anybody gets to see it.

All handles are those of the text before. The importer must read back exactly what was given and,
of all else, exactly what it read before; a text in which Livebook would destroy something that was
sound is refused.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from livebook_ls.notebook.exact_edits import operations, refusal
from livebook_ls.notebook.exact_edits.applying import apply, new_cells_of
from livebook_ls.notebook.exact_edits.handles import HandledText, renamed
from livebook_ls.notebook.exact_edits.operations import EditOperation
from livebook_ls.notebook.exact_edits.parts import Parts
from livebook_ls.notebook.exact_edits.proof import prove

MOST_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ExactEdit:
    """The text after an edit, with its handles, and which of them are new or changed."""

    after: HandledText
    touched: tuple[str, ...]


def edited(before: HandledText, wanted: Sequence[EditOperation]) -> ExactEdit:
    """The text after all operations; raises EditRefusal where one of them can't be made."""
    _require_reasonable(wanted)
    parts = Parts.of(before)
    for operation in wanted:
        apply(operation, parts)
    text = parts.text()
    prove(before.text, text, parts)
    named = [it for it in parts.all if it.says is not None]
    after = renamed(text, [it.handle for it in named])
    handles = [it for it in after.handles if it]
    touched = tuple(handle for part, handle in zip(named, handles, strict=True) if part.is_touched)
    return ExactEdit(after=after, touched=touched)


def _require_reasonable(wanted: Sequence[EditOperation]) -> None:
    size = sum(len(text) for operation in wanted for text in _texts(operation))
    if size > MOST_CHARACTERS:
        raise refusal.too_large(size, MOST_CHARACTERS)


def _texts(operation: EditOperation) -> Iterator[str]:
    match operation:
        case operations.ReplaceSource():
            yield operation.source
        case operations.ReplacePassage():
            yield from (operation.old, operation.new)
        case operations.InsertSection() | operations.RenameSection() | operations.SetTitle():
            yield operation.name
    yield from (it.source for it in new_cells_of(operation))
