"""`stop` and `restart_runtime`: what ends values, as in editors."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import Annotated

from pydantic import Field

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.mcp import tool_refusal
from livebook_ls.mcp.asking import approval
from livebook_ls.mcp.desk import Desk
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.running import outcome

_RESTARTED = "Livebook starts another runtime: all values are lost, and nothing was run."


class StopArguments(ToolArguments):
    """What to stop: a run that was begun here, or all that runs in a notebook."""

    run: Annotated[str | None, Field(description="The id of a run.", max_length=80)] = None
    notebook: Annotated[str | None, Field(description="A notebook's path.")] = None


class RestartArguments(ToolArguments):
    """Whose runtime."""

    notebook: Annotated[str, Field(description="Its path from the working folder.")]


async def _stop(desk: Desk, arguments: StopArguments, caller: Caller) -> Answer:
    if (arguments.run is None) == (arguments.notebook is None):
        raise ToolRefusal("which-run", "Name either a run or a notebook.")
    if arguments.run is not None:
        # Whoever began it may end it.
        run = desk.runs.of(arguments.run)
        if run is None:
            raise ToolRefusal("no-such-run", f"No run {arguments.run} is known here.")
        return {"run": run.id, "says": await _stopped(desk.runs.stop(run))}
    opened = await desk.opened(arguments.notebook or "")
    if not desk.may_run:
        question = f"Stop what runs in this notebook? {outcome.STOPPING_COSTS}"
        await caller.approve(approval.of_act(opened.shown, question))
    return {"notebook": opened.shown, "says": await _stopped(desk.runner.stop(opened.path))}


async def _stopped(stopping: Awaitable[str]) -> str:
    try:
        return await stopping
    except LivebookError as error:
        raise tool_refusal.of_error(error) from None


async def _restart(desk: Desk, arguments: RestartArguments, caller: Caller) -> Answer:
    opened = await desk.opened(arguments.notebook)
    if not desk.may_run:
        question = "Restart this notebook's runtime? All its values are lost."
        await caller.approve(approval.of_act(opened.shown, question))
    try:
        await desk.runner.restart_runtime(opened.path)
    except LivebookError as error:
        raise tool_refusal.of_error(error) from None
    return {"notebook": opened.shown, "says": _RESTARTED}


STOP = Tool(
    name="stop",
    title="Stop what runs",
    description=(
        "Stops a run by its id, and nothing that others run, or all that runs in a notebook. "
        + outcome.STOPPING_COSTS
    ),
    arguments=StopArguments,
    call=_stop,
    is_destructive=True,
    is_idempotent=True,
)
RESTART_RUNTIME = Tool(
    name="restart_runtime",
    title="Restart the runtime",
    description=(
        "Starts another runtime for the notebook's session, as after changed packages in the setup "
        "cell: all values are lost, and nothing is run by it. Needs a person's word, as a run does."
    ),
    arguments=RestartArguments,
    call=_restart,
    is_destructive=True,
)
