"""The cells that an edit changed, run where the person who installed the hook wanted that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping

from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.changed_cells import changed_cells
from livebook_ls.running.failures import failures
from livebook_ls.running.outcome import RunEnd, RunReport
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import RunScope
from livebook_ls.running.wording import result_text
from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.notebooks import Notebooks

_MOST_CHARACTERS = 4_000
_LATE = "Livebook goes on with what it was told to run; see the results there."


async def run_changed(
    texts_before: Mapping[str, str],
    settings: Settings,
    environ: Mapping[str, str],
    within_s: float,
) -> dict[str, list[str]]:
    """What became of the changed cells of notebooks, in lines for the model, by path.

    The texts are those before the edit. Nothing that stands below a changed cell is run.
    """
    notebooks = Notebooks(settings, environ, lambda _: None)
    runner = Runner(notebooks)
    told: dict[str, list[str]] = {path: [] for path in texts_before}
    try:
        async with asyncio.timeout(within_s):
            for path, before in texts_before.items():
                told[path] += await _run(runner, path, before)
    except TimeoutError:
        for lines in told.values():
            lines += [] if lines else [_LATE]
    finally:
        await notebooks.close()
    return told


async def _run(runner: Runner, path: str, before: str) -> list[str]:
    try:
        after = notebook_file.read(path).text
    except OSError:
        return []
    lines: list[str] = []
    for cell in changed_cells(before, after) if after is not None else ():
        assert after is not None  # noqa: S101 — else there is no cell
        report = await runner.run(path, after, RunScope.CELL, cell.span.start)
        lines += _lines(report, Source(after))
        if report.end not in (RunEnd.DONE, RunEnd.NOTHING):
            break
    return lines


def _lines(report: RunReport, source: Source) -> Iterator[str]:
    if report.end in (RunEnd.REFUSED, RunEnd.LOST, RunEnd.STOPPED):
        yield f"Nothing of it was run: {report.sentence}" if not report.ran else report.sentence
        return
    for view in (*report.brought_along, *report.ran):
        yield from _of_cell(view, source)


def _of_cell(view: CellView, source: Source) -> Iterator[str]:
    line = source.line_at(view.cell.source_span.start) + 1
    failed = failures(view, source)
    for it in failed:
        at = source.line_at(it.span.start) + 1
        yield f"line {at}: {it.sentence} [{it.kind.value}]"
    if view.state is RunState.DONE:
        text = result_text(view, _MOST_CHARACTERS)
        yield f"the cell at line {line} ran: {text or 'no output'}"
    elif not failed:
        yield f"the cell at line {line} did not run, since one above it failed."
