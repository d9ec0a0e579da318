"""What Livebook would do to this text: crash, fail to save, wipe, drop or reformat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.canonical import canonical_document
from livebook_ls.notebook.crash_hazards import crash_hazards
from livebook_ls.notebook.drop_hazards import drop_hazards
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.unsavable_hazards import unsavable_hazards, write_hazards
from livebook_ls.notebook.wipe_hazards import wipe_hazards

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livebook_ls.notebook.model import Notebook
    from livebook_ls.notebook.places import Document
    from livebook_ls.notebook.source import Source


def find_hazards(document: Document, notebook: Notebook) -> tuple[Hazard, ...]:
    """What can be told from reading alone, quickly enough for every keystroke."""
    return _sorted(
        [
            *crash_hazards(document, notebook),
            *unsavable_hazards(document, notebook),
            *wipe_hazards(document),
            *drop_hazards(document, notebook),
        ]
    )


def find_all_hazards(document: Document, notebook: Notebook) -> tuple[Hazard, ...]:
    """Everything, also what is only seen by writing the notebook as Livebook would."""
    return _sorted(
        [
            *crash_hazards(document, notebook),
            *write_hazards(document, notebook),
            *wipe_hazards(document),
            *drop_hazards(document, notebook),
            *_reformatting(document, notebook),
        ]
    )


def _reformatting(document: Document, notebook: Notebook) -> list[Hazard]:
    written = None if notebook.failures else canonical_document(document)
    if written is None:
        return []
    source = document.source
    text = source.text
    if notebook.stamp is not None:
        text = text[: notebook.stamp.span.start].rstrip("\n") + "\n"
    if written == text:
        return []
    span = _first_difference(source, text, written)
    message = "Livebook would write this notebook in its own form, beginning here."
    return [Hazard("not-canonical", Severity.REFORMAT, span, message)]


def _first_difference(source: Source, text: str, written: str) -> Span:
    shorter = min(len(text), len(written))
    low, high = 0, shorter
    while low < high:
        middle = (low + high + 1) // 2
        if text[:middle] == written[:middle]:
            low = middle
        else:
            high = middle - 1
    line = source.line_at(low)
    return Span(source.starts[line], source.line_end(line))


def _sorted(hazards: Iterable[Hazard]) -> tuple[Hazard, ...]:
    order = list(Severity)
    return tuple(sorted(hazards, key=lambda it: (it.span.start, order.index(it.severity), it.code)))
