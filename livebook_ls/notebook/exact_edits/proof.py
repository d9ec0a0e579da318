"""That an edited text reads back as it was meant: the importer's word for every part of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from itertools import zip_longest

from livebook_ls.notebook.exact_edits import refusal
from livebook_ls.notebook.exact_edits.parts import NotebookPart, Parts
from livebook_ls.notebook.exact_edits.said import Said, said
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.inspection import Inspected, inspect_unwritten
from livebook_ls.notebook.pieces.cutting import PieceKind

_DESTROYING = frozenset({Severity.CRASH, Severity.UNSAVABLE, Severity.WIPE, Severity.DROP})
_OTHERWISE = {
    PieceKind.MARKDOWN: refusal.NO_PROSE,
    PieceKind.CODE: "Livebook would not read this code back as it is given. Leave out characters "
    "that are no text, or read them from a file beside the notebook.",
    PieceKind.SECTION: "Livebook would not read this section as it is meant. Its name is plain "
    "text on one line, and a branch stands below its parent, which is no branch itself.",
    PieceKind.TITLE: "Livebook would not read this title or these attributes as they are given.",
}
_PLACE = (
    "At this place Livebook would take it for something else: the first Elixir code below the "
    "title is the setup cell, and cells come below a section's heading. Name another place."
)


def prove(old: str, new: str, parts: Parts) -> None:
    """Require that all parts are read from `new` as they are meant; raises EditRefusal."""
    before, after = _inspected(old), _inspected(new)
    meant = [(part, it) for part in parts.all if (it := _meant(part, parts)) is not None]
    for pair, read in zip_longest(meant, said(after.notebook)):
        if pair is None or read is None or not _is_as_meant(pair[1], read):
            raise _otherwise(meant, meant.index(pair) if pair else len(meant), read)
    if (worse := _worse(before, after)) is not None:
        raise refusal.read_otherwise("", f"Livebook would not keep this. {worse.message}")


def _meant(part: NotebookPart, parts: Parts) -> Said | None:
    says = part.says
    if says is None or part.kind is not PieceKind.SECTION:
        return says
    if part.parent is None:
        return replace(says, parent=None)
    sections = list(parts.sections())
    number = next((at for at, it in enumerate(sections) if it is part.parent), None)
    return replace(
        says, parent=None if number is None else number + int(parts.has_nameless_section())
    )


def _is_as_meant(meant: Said, read: Said) -> bool:
    # Attributes of a notebook are Livebook's to make something of; they alone are not given whole.
    is_open = meant.kind is PieceKind.TITLE and not meant.more
    return meant == (replace(read, more="") if is_open else read)


def _otherwise(
    meant: Sequence[tuple[NotebookPart, Said]], at: int, read: Said | None
) -> refusal.EditRefusal:
    """The refusal, about the part that makes it so: the last that was touched up to there."""
    touched = [number for number, (part, _) in enumerate(meant) if part.is_touched]
    above = [it for it in touched if it <= at]
    blamed = meant[above[-1] if above else touched[0]][0] if touched else None
    is_setup = read is not None and read.kind is PieceKind.SETUP
    if blamed is None or is_setup:
        return refusal.read_otherwise("", _PLACE)
    return refusal.read_otherwise(blamed.handle, _OTHERWISE.get(blamed.kind, _PLACE))


def _worse(before: Inspected, after: Inspected) -> Hazard | None:
    """Something that Livebook would destroy now, and would not have before."""
    had = Counter(it.code for it in before.hazards)
    for hazard in after.hazards:
        had[hazard.code] -= 1
        if had[hazard.code] < 0 and hazard.severity in _DESTROYING:
            return hazard
    return None


def _inspected(text: str) -> Inspected:
    return inspect_unwritten(text.encode("utf-8", "surrogatepass"))
