"""The cells that an edit changed, run where the person who installed the hook wanted that."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.changed_cells import changed_cells, still_there
from livebook_ls.running.failures import failures
from livebook_ls.running.outcome import RunEnd, RunReport
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import RunScope
from livebook_ls.running.wording import result_text
from livebook_ls.settings import Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling.command_words import in_terminal_words

_MOST_CHARACTERS = 4_000
_LATE = "Livebook goes on with what it was told to run; see the results there."
_CHANGED_TOO = "of the cells that were changed {} did not run, since others have changed them, too."


@dataclass(frozen=True, slots=True)
class EditedText:
    """What a notebook said before an agent's edit, and what right behind it."""

    before: str
    after: str


async def run_changed(
    edited: Mapping[str, EditedText],
    settings: Settings,
    environ: Mapping[str, str],
    within_s: float,
) -> dict[str, list[str]]:
    """What became of the cells that an edit changed, in lines for the model, by path.

    What others have changed since, as people in the browser whose text was merged, nobody has asked
    to run. Nothing that stands below a changed cell is run.
    """
    notebooks = Notebooks(settings, environ, lambda _: None)
    runner = Runner(notebooks)
    told: dict[str, list[str]] = {path: [] for path in edited}
    try:
        async with asyncio.timeout(within_s):
            for path, texts in edited.items():
                told[path] += await _run(runner, path, texts)
    except TimeoutError:
        for lines in told.values():
            lines += [] if lines else [_LATE]
    finally:
        await notebooks.close()
    return told


async def _run(runner: Runner, path: str, edited: EditedText) -> list[str]:
    try:
        now = notebook_file.read(path).text
    except OSError:
        return []
    if now is None:
        return []
    wanted = changed_cells(edited.before, edited.after)
    cells = still_there(wanted, changed_cells(edited.before, now))
    lines = [_CHANGED_TOO.format(len(wanted) - len(cells))] if len(cells) < len(wanted) else []
    for cell in cells:
        report = await runner.run(path, now, RunScope.CELL, cell.span.start)
        lines += _lines(report, Source(now))
        if report.end not in (RunEnd.DONE, RunEnd.NOTHING):
            break
    return lines


def _lines(report: RunReport, source: Source) -> Iterator[str]:
    if report.end in (RunEnd.REFUSED, RunEnd.LOST, RunEnd.STOPPED):
        sentence = in_terminal_words(report.sentence)
        yield f"Nothing of it was run: {sentence}" if not report.ran else sentence
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
