"""Results at the closing fence, failures in their lines, and all of it on hover.

There is one road for a client: hints where it draws them anew when asked, else a finding.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lsprotocol import types

from livebook_ls.lsp.convert import to_diagnostic, to_position, to_range
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.lsp.features.cell_outputs import output_markdown
from livebook_ls.notebook.model import Cell, Span
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.running import outcome
from livebook_ls.running.failures import CellFailure, FailureKind
from livebook_ls.running.own_runs import Foreseen, OwnRun
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

# VS Code cuts all hints of a line at 43 columns together.
RESULT_COLUMNS = 40
RESULT = "cell-result"
_OWN_RUNS = {
    OwnRun.REEVALUATES: outcome.OWN_RUN_REEVALUATES,
    OwnRun.CHANGES_FLOW: outcome.OWN_RUN_CHANGES_FLOW,
    OwnRun.BEFORE_QUEUED: outcome.OWN_RUN_BEFORE_QUEUED,
    OwnRun.EDITED_WHILE_RUNNING: outcome.OWN_RUN_EDITED,
}


def result_hints(
    cells: Sequence[ShownCell], source: Source, asked: Span, unit: Unit
) -> Iterator[types.InlayHint]:
    """The first line of each result, behind the fence that closes its cell."""
    for cell in cells:
        end = _closing_fence(cell.view.cell, source).end
        if cell.result and asked.start <= end <= asked.end:
            yield types.InlayHint(
                position=to_position(source, end, unit), label=cell.result, padding_left=True
            )


def result_diagnostics(
    cells: Sequence[ShownCell], source: Source, unit: Unit
) -> Iterator[types.Diagnostic]:
    """The same as findings, with the state in words."""
    for cell in cells:
        if cell.result or cell.is_busy:
            told = f"{cell.words}  {cell.result}".rstrip()
            finding = Finding(code=RESULT, severity=FindingSeverity.INFORMATION, sentence=told)
            place = to_range(source, _closing_fence(cell.view.cell, source), unit)
            shown = to_diagnostic(finding, place)
            yield shown


def failure_diagnostics(
    cells: Sequence[ShownCell], source: Source, unit: Unit
) -> Iterator[types.Diagnostic]:
    """What failed, in the lines where it did."""
    for cell in cells:
        for failure in cell.failures:
            yield to_diagnostic(_finding(failure), to_range(source, failure.span, unit))


def foreseen_diagnostics(
    foreseen: Foreseen, source: Source, unit: Unit
) -> Iterator[types.Diagnostic]:
    """What a save would make Livebook run by itself, and what it would make worthless, at the
    fences of the cells.
    """
    for run in foreseen.runs:
        finding = Finding(
            code="runs-by-itself", severity=FindingSeverity.WARNING, sentence=_OWN_RUNS[run.why]
        )
        yield to_diagnostic(finding, to_range(source, _opening_fence(run.cell, source), unit))
    for lost in foreseen.lost:
        words = outcome.LOST_EVALUATION if lost.count == 1 else outcome.LOST_EVALUATIONS
        finding = Finding(
            code="loses-evaluations",
            severity=FindingSeverity.WARNING,
            sentence=words.format(count=lost.count),
        )
        yield to_diagnostic(finding, to_range(source, _opening_fence(lost.first, source), unit))


def result_hover(
    cells: Sequence[ShownCell],
    source: Source,
    offset: int,
    unit: Unit,
    url: str | None,
    *,
    has_images: bool,
) -> types.Hover | None:
    """All that a cell gave, on its fences: over the code itself there is other help."""
    for cell in cells:
        for fence in (
            _opening_fence(cell.view.cell, source),
            _closing_fence(cell.view.cell, source),
        ):
            if fence.start <= offset <= fence.end and cell.view.outputs:
                text = output_markdown(cell, url, has_images=has_images)
                return types.Hover(
                    contents=types.MarkupContent(kind=types.MarkupKind.Markdown, value=text),
                    range=to_range(source, fence, unit),
                )
    return None


def _finding(failure: CellFailure) -> Finding:
    is_warning = failure.kind is FailureKind.COMPILE_WARNING
    return Finding(
        code=failure.kind.value,
        severity=FindingSeverity.WARNING if is_warning else FindingSeverity.ERROR,
        sentence=failure.sentence,
    )


def _opening_fence(cell: Cell, source: Source) -> Span:
    return _line(source, cell.body_span.start)


def _closing_fence(cell: Cell, source: Source) -> Span:
    """The last line of the cell's own text; outputs that the file keeps stand below it."""
    end = cell.body_span.end
    while end > cell.body_span.start and source.text[end - 1] in "\r\n":
        end -= 1
    return _line(source, end)


def _line(source: Source, offset: int) -> Span:
    line = source.line_at(offset)
    text = source.lines[line]
    return Span(source.starts[line] + len(text) - len(text.lstrip()), source.line_end(line))
