"""Commands that run cells, and what is told of a run: only ever because a person asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from lsprotocol import types

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.commands.arguments import document, tell
from livebook_ls.lsp.commands.cell_arguments import MeantCell, meant_cell
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.server import NotebookServer
from livebook_ls.running import outcome
from livebook_ls.running.cell_states import RunState
from livebook_ls.running.outcome import RunEnd, RunReport
from livebook_ls.running.plan import RunPlan
from livebook_ls.running.scope import RunScope, cell_at, runnable

# Shorter runs need no progress: it would only flicker.
_PROGRESS_AFTER_S = 1.0
# How long a save that is on its way may take, and how often it is looked for.
_SAVE_S, _LOOK_S = 2.0, 0.02
_QUIET = frozenset({RunEnd.DONE, RunEnd.STOPPED})
_HERE = frozenset({RunScope.CELL, RunScope.ABOVE, RunScope.BELOW, RunScope.SECTION})


async def run_cell(ls: NotebookServer, *arguments: object) -> str | None:
    """Run the cell that is meant; how it ended (`RunEnd`), None where there is no notebook."""
    return await _run(ls, arguments, RunScope.CELL)


async def run_above(ls: NotebookServer, *arguments: object) -> str | None:
    """Run all cells above the one that is meant."""
    return await _run(ls, arguments, RunScope.ABOVE)


async def run_below(ls: NotebookServer, *arguments: object) -> str | None:
    """Run the cell that is meant and all below."""
    return await _run(ls, arguments, RunScope.BELOW)


async def run_section(ls: NotebookServer, *arguments: object) -> str | None:
    """Run the section of the cell that is meant."""
    return await _run(ls, arguments, RunScope.SECTION)


async def run_all(ls: NotebookServer, *arguments: object) -> str | None:
    """Run the whole notebook, also what is up to date."""
    return await _run(ls, arguments, RunScope.ALL)


async def run_stale(ls: NotebookServer, *arguments: object) -> str | None:
    """Run whatever is not up to date."""
    return await _run(ls, arguments, RunScope.STALE)


async def stop_run(ls: NotebookServer, *arguments: object) -> bool:
    """Stop all that runs or waits, once the user knows what that costs; whether it was stopped."""
    shown = _offered(ls, arguments)
    return shown is not None and await _stop(ls, shown)


async def start_runtime(ls: NotebookServer, *arguments: object) -> bool:
    """Start a runtime, without running anything; whether there is one."""
    return await _on_runtime(ls, arguments, ls.runner.start_runtime)


async def restart_runtime(ls: NotebookServer, *arguments: object) -> bool:
    """Start another runtime, with which all values are lost; whether that was done."""
    return await _on_runtime(ls, arguments, ls.runner.restart_runtime)


async def _run(
    server: NotebookServer, arguments: tuple[object, ...], scope: RunScope
) -> str | None:
    shown = _offered(server, arguments)
    if shown is None:
        return None
    meant = meant_cell(shown, arguments, server.unit) if scope in _HERE else MeantCell(0)
    if meant.sentence:
        tell(server, types.MessageType.Warning, meant.sentence)
        return RunEnd.REFUSED.value
    offset = await _once_saved(server, shown, meant.offset)
    progress = asyncio.ensure_future(_show_progress(server, shown))
    try:
        report = await server.runner.run(
            shown.asked_path,
            shown.text,
            scope,
            offset,
            lambda it: _tell_plan(server, shown, it),
            # The board has it read in the background.
            is_page_awaited=False,
        )
    finally:
        progress.cancel()
    _tell_report(server, report)
    return report.end.value


async def _once_saved(server: NotebookServer, shown: Document, offset: int) -> int:
    """The place that is meant, once a save has come that is on its way, and may move the cells."""
    if not server.profile.saves_late or shown.is_as_saved:
        return offset
    here, before = cell_at(shown.notebook, offset), runnable(shown.notebook)
    until_s = clock.monotonic_s() + _SAVE_S
    while not shown.is_as_saved and clock.monotonic_s() < until_s:
        await clock.sleep(_LOOK_S)
    after = runnable(shown.notebook)
    if here is None or len(after) != len(before):
        return offset
    return after[before.index(here)].body_span.start


def _offered(server: NotebookServer, arguments: tuple[object, ...]) -> Document | None:
    """The open notebook that is meant, where cells can be run; told where not."""
    shown = document(server, arguments)
    if shown is None:
        return None
    if not server.notebooks.settings.run_cells:
        tell(server, types.MessageType.Warning, outcome.SWITCHED_OFF)
        return None
    return shown


async def _show_progress(server: NotebookServer, shown: Document) -> None:
    await clock.sleep(_PROGRESS_AFTER_S)

    def stop() -> None:
        server.in_background(_stop(server, shown))

    async with server.shown_progress.during(outcome.RUNNING, stop):
        await asyncio.Event().wait()


def _tell_plan(server: NotebookServer, shown: Document, plan: RunPlan) -> None:
    """Name what runs before what was asked for: it may take long, or change much."""
    if plan.brought_along:
        starts = [it.span.start for it in runnable(shown.notebook)]
        cells = ", ".join(str(starts.index(it.span.start) + 1) for it in plan.brought_along)
        tell(server, types.MessageType.Info, outcome.BRINGS_ALONG.format(cells=cells))
    if plan.restarts_runtime:
        tell(server, types.MessageType.Info, outcome.RESTARTS_RUNTIME)


def _tell_report(server: NotebookServer, report: RunReport) -> None:
    if not report.sentence or report.end in _QUIET:
        return
    is_news = report.end in (RunEnd.NOTHING, RunEnd.FAILED)
    kind = types.MessageType.Info if is_news else types.MessageType.Warning
    tell(server, kind, report.sentence)


async def _stop(server: NotebookServer, shown: Document) -> bool:
    cells = server.board.cells(shown)
    runs = any(it.view.state is RunState.RUNNING for it in cells)
    if runs and not await _agrees_to_stop(server):
        return False
    try:
        sentence = await server.runner.stop(shown.asked_path)
    except LivebookError as error:
        tell(server, types.MessageType.Warning, error.sentence)
        return False
    tell(server, types.MessageType.Info, sentence)
    return sentence != outcome.NOTHING_RUNS


async def _agrees_to_stop(server: NotebookServer) -> bool:
    """Ask, once, whether the values may go; who can't be asked has said it by the command."""
    if server.agreed_to_stop or not server.profile.asks:
        return True
    actions = [types.MessageActionItem(title=it) for it in (outcome.STOP, outcome.ALWAYS_STOP)]
    params = types.ShowMessageRequestParams(
        type=types.MessageType.Warning, message=outcome.STOPPING_COSTS, actions=actions
    )
    answer = await answered(server.window_show_message_request_async(params))
    server.agreed_to_stop = answer is not None and answer.title == outcome.ALWAYS_STOP
    return answer is not None


async def _on_runtime(
    server: NotebookServer, arguments: tuple[object, ...], act: Callable[[str], Awaitable[None]]
) -> bool:
    shown = _offered(server, arguments)
    if shown is None:
        return False
    try:
        await act(shown.asked_path)
    except LivebookError as error:
        tell(server, types.MessageType.Warning, error.sentence)
        return False
    return True
