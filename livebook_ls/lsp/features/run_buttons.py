"""What runs cells, as code lenses and as code actions with the same words: pure and instant.

The same lenses stay on the same lines; only the words of a state change. What they carry is the
notebook and the cell by its text, which is looked up when they are pressed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from lsprotocol import types

from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.lsp.features.actions import is_asked_for_all
from livebook_ls.notebook.source import Source

RUN_CELL = "livebook.runCell"
RUN_ABOVE = "livebook.runAbove"
RUN_BELOW = "livebook.runBelow"
RUN_SECTION = "livebook.runSection"
RUN_ALL = "livebook.runAll"
RUN_STALE = "livebook.runStale"
STOP_RUN = "livebook.stopRun"
START_RUNTIME = "livebook.startRuntime"
RESTART_RUNTIME = "livebook.restartRuntime"
SHOW_OUTPUT = "livebook.showOutput"
FOLD_OUTPUTS = "livebook.foldOutputs"

_RUN = "Run"
_RUN_ALL = "Run All"
_STOP = "Stop"
_AROUND = (
    ("Run Above", RUN_ABOVE),
    ("Run Below", RUN_BELOW),
    ("Run Section", RUN_SECTION),
)
_HELP_BY_RUNTIME = "Start the runtime for language help"
_SHOW_OUTPUT = "{words}: show the output"


def run_lenses(
    uri: str, cells: Sequence[ShownCell], source: Source, title: types.Range
) -> Iterator[types.CodeLens]:
    """Over the title what runs and stops all; over each cell Run, and how it stands."""
    for name, command in ((_RUN_ALL, RUN_ALL), (_STOP, STOP_RUN)):
        yield types.CodeLens(range=title, command=_command(name, command, {"uri": uri}))
    for cell in cells:
        line = source.line_at(cell.view.cell.body_span.start)
        # Neovim indents a lens as far as its place.
        place = types.Position(line=line, character=0)
        where = types.Range(start=place, end=place)
        for name, command in ((_RUN, RUN_CELL), (cell.words, SHOW_OUTPUT)):
            yield types.CodeLens(range=where, command=_command(name, command, _about(uri, cell)))


def runtime_action(uri: str, context: types.CodeActionContext) -> Iterator[types.CodeAction]:
    """The offer of what completion and the like could be better with; nothing is run by it."""
    if is_asked_for_all(context):
        yield _action(_HELP_BY_RUNTIME, START_RUNTIME, {"uri": uri})


def run_actions(
    uri: str, cells: Sequence[ShownCell], offset: int, context: types.CodeActionContext
) -> Iterator[types.CodeAction]:
    """The same for the cell at a place, with what else can be run from there."""
    if not is_asked_for_all(context):
        return
    here = next((it for it in cells if _covers(it, offset)), None)
    if here is not None:
        about = _about(uri, here)
        yield _action(_RUN, RUN_CELL, about)
        yield _action(_SHOW_OUTPUT.format(words=here.words), SHOW_OUTPUT, about)
        for name, command in _AROUND:
            yield _action(name, command, about)
    if cells:
        yield _action(_RUN_ALL, RUN_ALL, {"uri": uri})
        yield _action("Run Stale Cells", RUN_STALE, {"uri": uri})
    if any(it.is_busy for it in cells):
        yield _action(_STOP, STOP_RUN, {"uri": uri})


def _about(uri: str, cell: ShownCell) -> dict[str, Any]:
    handle = cell.handle
    return {
        "uri": uri,
        "cell": {"digest": handle.digest, "place": handle.place, "of": handle.of},
    }


def _action(title: str, command: str, argument: dict[str, Any]) -> types.CodeAction:
    return types.CodeAction(title=title, command=_command(title, command, argument))


def _command(title: str, command: str, argument: dict[str, Any]) -> types.Command:
    return types.Command(title=title, command=command, arguments=[argument])


def _covers(cell: ShownCell, offset: int) -> bool:
    return cell.view.cell.span.start <= offset <= cell.view.cell.span.end
