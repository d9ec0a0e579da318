"""`run_cells` and `get_run`: a run has a name at once, goes on by itself, and can be asked for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from livebook_ls.mcp import telling
from livebook_ls.mcp.asking import approval
from livebook_ls.mcp.desk import Desk, OpenNotebook
from livebook_ls.mcp.known_texts import version_of
from livebook_ls.mcp.operation_arguments import Handle
from livebook_ls.mcp.runs import NotebookRun, RunStep
from livebook_ls.mcp.telling import Room
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.tools.read_notebook import USUAL_CHARS, MaxChars, head
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.notebook.exact_edits.handles import HandledPart
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.pieces.cutting import PieceKind
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import RunState
from livebook_ls.running.outcome import RunEnd, RunRefusal
from livebook_ls.running.own_runs import runs_by_itself
from livebook_ls.running.plan import RunPlan
from livebook_ls.running.scope import RunScope, standing_on

WaitS = Annotated[float, Field(ge=0, le=600)]
_OUTDATED = frozenset(RunState) - {RunState.DONE, RunState.FAILED}
_GOES_ON = (
    "Not over yet; Livebook goes on. Call get_run with this run to wait for more, or stop it."
)
_FAILED = "A cell failed, and those behind it were not run."
_NO_CODE = (
    "“{handle}” has no code to run. Name cells with code, or the cells of a section by `section`."
)
_NO_SECTION = "“{handle}” is no section. Name cells by `cells`."
_ONE = "Say which cells: exactly one of `cells`, `section`, `stale` and `all`."


class RunArguments(ToolArguments):
    """Which cells of which text."""

    notebook: Annotated[str, Field(description="Its path from the working folder.")]
    version: Annotated[str, Field(description="The version that was read or answered last.")]
    cells: Annotated[
        list[Handle] | None,
        Field(description="These, in the notebook's order.", min_length=1, max_length=200),
    ] = None
    section: Annotated[Handle | None, Field(description="The cells of a section.")] = None
    stale: Annotated[bool, Field(description="All that are not up to date.")] = False
    all: Annotated[bool, Field(description="All.")] = False
    wait_s: Annotated[WaitS, Field(description="Wait so many seconds for the end.")] = 60.0
    max_chars: MaxChars = USUAL_CHARS


class GetRunArguments(ToolArguments):
    """Which run: by its id, or the last one of a notebook."""

    run: Annotated[str | None, Field(description="The id of a run.", max_length=80)] = None
    notebook: Annotated[str | None, Field(description="A notebook's path.")] = None
    wait_s: WaitS = 0.0
    max_chars: MaxChars = USUAL_CHARS


async def _run(desk: Desk, arguments: RunArguments, caller: Caller) -> Answer:
    opened = await desk.opened(arguments.notebook)
    if going_on := desk.runs.going_on(opened.path):
        raise ToolRefusal(
            "run-goes-on",
            f"The run {going_on.id} of this notebook is not over. Wait for it by get_run, or stop "
            "it.",
            run=going_on.id,
        )
    changed = desk.texts.changed_since(opened.path, arguments.version)
    steps, meant = _steps(opened, arguments)
    if changed & meant:
        raise ToolRefusal(
            "changed-meanwhile",
            f"Meanwhile somebody else has changed {', '.join(sorted(changed & meant))}, so that "
            "nothing was run. Read the notebook, and run it by its present version.",
            version=version_of(opened.text.text),
        )
    agreed = None if desk.may_run else await _agreed(desk, opened, steps, caller)
    desk.require_same(opened)
    run = desk.runs.begin(opened.path, opened.text, steps, agreed)
    return await _waited(desk, run, arguments.wait_s, arguments.max_chars, caller)


def _steps(opened: OpenNotebook, arguments: RunArguments) -> tuple[list[RunStep], set[str]]:
    """What to ask of the runner, and the handles of all that is meant."""
    given = (arguments.cells is not None, arguments.section is not None)
    if sum((*given, arguments.stale, arguments.all)) != 1:
        raise ToolRefusal("which-cells", _ONE)
    parts = opened.text.parts()
    cells = [it for it in parts if it.cell is not None]
    if arguments.cells is not None:
        wanted = {it: _code_named(opened, it) for it in arguments.cells}
        steps = [
            RunStep(RunScope.CELL, it.cell.span.start)
            for it in cells
            if it.handle in wanted and it.cell is not None
        ]
        return steps, set(wanted)
    if arguments.section is not None:
        section = _section_named(opened, arguments.section)
        return [RunStep(RunScope.SECTION, section.piece.span.start)], {section.handle}
    scope = RunScope.STALE if arguments.stale else RunScope.ALL
    return [RunStep(scope, 0)], {it.handle for it in cells}


def _code_named(opened: OpenNotebook, handle: str) -> HandledPart:
    found = _named(opened, handle)
    if found.cell is None or found.piece.kind is PieceKind.MARKDOWN:
        # Editors run the next code cell instead; here what is not named is not run.
        raise ToolRefusal("no-code", _NO_CODE.format(handle=handle))
    return found


def _section_named(opened: OpenNotebook, handle: str) -> HandledPart:
    found = _named(opened, handle)
    if found.piece.kind is not PieceKind.SECTION:
        raise ToolRefusal("which-cells", _NO_SECTION.format(handle=handle))
    return found


def _named(opened: OpenNotebook, handle: str) -> HandledPart:
    found = next((it for it in opened.text.parts() if it.handle == handle), None)
    if found is None:
        raise ToolRefusal(
            "no-such-part",
            f"There is no cell or section “{handle}” (any more). Read the notebook for handles.",
            version=version_of(opened.text.text),
        )
    return found


async def _agreed(
    desk: Desk, opened: OpenNotebook, steps: list[RunStep], caller: Caller
) -> frozenset[int]:
    """The places of the cells that a person agrees to run; raises ToolRefusal."""
    await desk.watch(opened)
    wanted: dict[int, None] = {}
    along: dict[int, None] = {}
    for step in steps:
        plan = await _planned(desk, opened, step)
        wanted |= dict.fromkeys(it.span.start for it in plan.wanted)
        along |= dict.fromkeys(it.span.start for it in plan.brought_along)
    if steps and steps[0].scope is RunScope.STALE:
        wanted = dict.fromkeys(_outdated(desk, opened))
    parts = {it.cell.span.start: it for it in opened.text.parts() if it.cell is not None}
    again = _by_themselves(opened, {*wanted, *along})
    if wanted:
        question = approval.of_cells(
            opened.shown,
            [parts[it] for it in sorted(wanted)],
            [parts[it] for it in sorted(along) if it not in wanted],
            [parts[it] for it in again],
        )
        await caller.approve(question)
    return frozenset((*wanted, *along, *again))


def _by_themselves(opened: OpenNotebook, places: set[int]) -> list[int]:
    """The places of the cells that Livebook may run again once those at `places` have run."""
    notebook = opened.text.pieces.draft.notebook
    run = [it for it in notebook.cells if it.span.start in places]
    return [it.span.start for it in standing_on(notebook, run) if runs_by_itself(it)]


async def _planned(desk: Desk, opened: OpenNotebook, step: RunStep) -> RunPlan:
    try:
        return await desk.runner.plan(opened.path, opened.text.text, step.scope, step.offset)
    except RunRefusal as refusal:
        raise ToolRefusal("nothing-to-run", refusal.sentence) from None


def _outdated(desk: Desk, opened: OpenNotebook) -> list[int]:
    """The places of the cells that are not up to date, and of those that won't be after them."""
    notebook = opened.text.pieces.draft.notebook
    views = desk.runner.views_or_unknown(opened.path, notebook)
    cells = [it.cell for it in views if it.state in _OUTDATED]
    return [it.span.start for it in (*cells, *standing_on(notebook, cells))]


async def _get(desk: Desk, arguments: GetRunArguments, caller: Caller) -> Answer:
    if (arguments.run is None) == (arguments.notebook is None):
        raise ToolRefusal("which-run", "Name either a run or a notebook.")
    run = desk.runs.of(arguments.run) if arguments.run is not None else None
    if run is not None:
        return await _waited(desk, run, arguments.wait_s, arguments.max_chars, caller)
    if arguments.notebook is None:
        raise ToolRefusal(
            "no-such-run",
            f"No run {arguments.run} is known here. get_run with `notebook` says how its cells "
            "stand.",
        )
    opened = await desk.opened(arguments.notebook)
    if last := desk.runs.last(opened.path):
        return await _waited(desk, last, arguments.wait_s, arguments.max_chars, caller)
    return await _standing(desk, opened, arguments.max_chars)


async def _standing(desk: Desk, opened: OpenNotebook, max_chars: int) -> Answer:
    """How all cells stand, where nothing was run from here."""
    answer = head(opened)
    if sentence := await desk.watch(opened):
        answer["outputs_unknown"] = sentence
        return answer
    views = desk.runner.views_or_unknown(opened.path, opened.text.pieces.draft.notebook)
    handles = {it.cell.span.start: it.handle for it in opened.text.parts() if it.cell}
    room, source = Room(max_chars), Source(opened.text.text)
    answer["cells"] = [
        telling.cell_result(handles[it.cell.span.start], it, source, room) for it in views
    ]
    return answer


async def _waited(
    desk: Desk, run: NotebookRun, wait_s: float, max_chars: int, caller: Caller
) -> Answer:
    def tell(done: int, total: int) -> None:
        caller.tell_progress(done, total, f"{done} of {total} cells are over")

    await desk.runs.wait(run, wait_s, tell)
    return run_answer(desk, run, max_chars)


def run_answer(desk: Desk, run: NotebookRun, max_chars: int) -> Answer:
    """What is known of a run."""
    handles = {it.cell.span.start: it.handle for it in run.text.parts() if it.cell}
    room, source = Room(max_chars), Source(run.text.text)
    answer: Answer = {
        "run": run.id,
        "notebook": desk.folder.shown(run.path),
        "version": version_of(run.text.text),
        "state": "going on" if run.end is None else run.end.value,
        "says": _says(run),
    }
    along: list[JsonValue] = [handles[it.span.start] for it in run.brought_along]
    if along:
        answer["brought_along"] = [*dict.fromkeys(map(str, along))]
    # Errors first of all: room runs out where it does least harm.
    views = sorted(desk.runs.views(run), key=lambda it: it.state is not RunState.FAILED)
    told = {
        it.cell.span.start: telling.cell_result(handles[it.cell.span.start], it, source, room)
        for it in views
    }
    answer["cells"] = [told[at] for at in sorted(told)]
    return answer


def _says(run: NotebookRun) -> str:
    if run.end is None:
        return _GOES_ON
    # The sentence counts cells, which have names here and say themselves how they stand.
    return _FAILED if run.end is RunEnd.FAILED else run.sentence


RUN_CELLS = Tool(
    name="run_cells",
    title="Run cells",
    description=(
        "Runs cells in the notebook's session: by handle, of a section, the stale ones, or all. "
        "Livebook also runs what is outdated above them (`brought_along`). Needs a person's word, "
        "given at set-up or asked for now. Answers results and errors by cell once all is over, or "
        "after wait_s the run's id with state “going on”: then use get_run. A cell that failed "
        "ends the run; cells behind it are not run."
    ),
    arguments=RunArguments,
    call=_run,
    is_destructive=True,
)
GET_RUN = Tool(
    name="get_run",
    title="How a run stands",
    description=(
        "How a run stands, by its id, or a notebook's last run (without any: how its cells stand), "
        "waiting up to wait_s for its end. Results are those of the text that ran."
    ),
    arguments=GetRunArguments,
    call=_get,
    is_read_only=True,
    is_idempotent=True,
)
