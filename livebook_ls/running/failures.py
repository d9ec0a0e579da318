"""Where a cell's failures are in its text: of the compiler, of doctests, of what it raised. Pure.

Only failures of the text as it is now are told: once a cell has changed, or has run well, there are
none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from livebook_ls.livebook.live.cells import DoctestStatus, LiveCell
from livebook_ls.livebook.live.outputs import CellOutput, LayoutOutput, TextKind, TextOutput
from livebook_ls.notebook.model import Cell, Span
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import CellView, RunState

_STATES = frozenset({RunState.DONE, RunState.FAILED, RunState.STALE})
_FAILED = "The cell failed."
_LONGEST = 2_000


class FailureKind(Enum):
    """What failed; the values are the codes that editors show."""

    COMPILE_ERROR = "compile-error"
    COMPILE_WARNING = "compile-warning"
    RUNTIME_ERROR = "runtime-error"
    DOCTEST = "doctest-failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellFailure:
    """Something that failed in a cell, at `span` of the notebook's text, and what is said of it."""

    kind: FailureKind
    span: Span
    sentence: str


def failures(view: CellView, text: Source) -> tuple[CellFailure, ...]:
    """What failed of the cell's present text, from top to bottom; `text` is the notebook's."""
    if view.live is None or not view.is_current or view.state not in _STATES:
        return ()
    found = [*_marked(view, view.live, text), *_doctests(view, view.live, text)]
    # What the compiler said of a line, the error that it raised afterwards only says again.
    if view.state is RunState.FAILED and not any(
        it.kind is FailureKind.COMPILE_ERROR for it in found
    ):
        found.append(_raised(view, view.live, text))
    return tuple(sorted(found, key=lambda it: it.span))


def _marked(view: CellView, live: LiveCell, text: Source) -> Iterator[CellFailure]:
    for marker in live.markers:
        is_warning = marker.severity == "warning"
        yield CellFailure(
            kind=FailureKind.COMPILE_WARNING if is_warning else FailureKind.COMPILE_ERROR,
            span=_lines(text, view.cell, marker.line, marker.line),
            sentence=_bounded(marker.description) or _FAILED,
        )


def _doctests(view: CellView, live: LiveCell, text: Source) -> Iterator[CellFailure]:
    for report in live.doctests:
        if report.status is DoctestStatus.FAILED:
            yield CellFailure(
                kind=FailureKind.DOCTEST,
                span=_lines(text, view.cell, report.line, report.end_line),
                sentence=_bounded(f"Doctest failed.\n{report.details}"),
            )


def _raised(view: CellView, live: LiveCell, text: Source) -> CellFailure:
    error = _error_text(view.outputs or ())
    # The stack names the cell by its id; the innermost line comes first.
    place = re.search(rf"#cell:{re.escape(live.id)}:(\d+)", error)
    line = int(place[1]) - 1 if place else _first_line_with_code(view)
    return CellFailure(
        kind=FailureKind.RUNTIME_ERROR,
        span=_lines(text, view.cell, line, line),
        sentence=_bounded(error) or _FAILED,
    )


def _error_text(outputs: tuple[CellOutput, ...]) -> str:
    """The last error's text, with what Livebook says above it."""
    for output in reversed(outputs):
        if isinstance(output, LayoutOutput):
            if text := _error_text(output.outputs):
                return text
        elif isinstance(output, TextOutput) and output.kind is TextKind.ERROR:
            return f"{output.heading}\n{output.text}".strip("\n")
    return ""


def _first_line_with_code(view: CellView) -> int:
    lines = view.cell.source.split("\n")
    return next((number for number, line in enumerate(lines) if line.strip()), 0)


def _lines(text: Source, cell: Cell, first: int, last: int) -> Span:
    """Lines of the cell, counted from zero, without their indent; one beyond the end is the last.

    Counted on the file's lines, which may be indented or end otherwise than Livebook's text.
    """
    top = text.line_at(cell.source_span.start)
    bottom = max(top, text.line_at(max(cell.source_span.start, cell.source_span.end - 1)))
    begins, ends = (max(top, min(top + it, bottom)) for it in (first, last))
    line = text.lines[begins]
    start = text.starts[begins] + len(line) - len(line.lstrip())
    return Span(start, max(start, text.line_end(ends)))


def _bounded(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
