"""`check_notebook`: what Livebook would do to a notebook, mended where nothing is taken away."""

from __future__ import annotations

import asyncio
from typing import Annotated

from pydantic import Field

from livebook_ls.mcp import telling
from livebook_ls.mcp.desk import Desk, OpenNotebook
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.tools.read_notebook import head
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.notebook.hazard import Hazard
from livebook_ls.notebook.inspection import inspect_bytes
from livebook_ls.notebook.mending import mend
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.source import Source
from livebook_ls.sync.telling.command_words import in_terminal_words
from livebook_ls.sync.telling.findings import Finding

_MOST_TOLD = 50
_NOT_WRITTEN = "The notebook can't be read, or has just changed, so that nothing was done."


class CheckArguments(ToolArguments):
    """Which notebook, and whether to change it."""

    notebook: Annotated[str, Field(description="Its path from the working folder.")]
    fix: Annotated[bool, Field(description="Mend what can be, where it takes nothing away.")] = (
        False
    )
    format: Annotated[bool, Field(description="Bring it into the form that Livebook writes.")] = (
        False
    )


async def _check(desk: Desk, arguments: CheckArguments, _: Caller) -> Answer:
    opened = await desk.opened(arguments.notebook)
    fixed: list[JsonValue] = []
    if arguments.fix or arguments.format:
        fixed = await asyncio.shield(_changed(desk, opened, arguments))
        opened = OpenNotebook(opened.shown, opened.path, opened.link, desk.read(opened.path))
    answer = head(opened)
    if fixed:
        answer["changed"] = fixed
    text = opened.text.text
    hazards = (await asyncio.to_thread(inspect_bytes, text.encode())).hazards
    source = Source(text)
    found: list[JsonValue] = [_told(it, source) for it in hazards[:_MOST_TOLD]]
    found += [telling.finding(it, opened.link.source) for it in _of_session(opened, hazards)]
    answer["findings"] = found
    if len(hazards) > _MOST_TOLD:
        answer["more_findings"] = len(hazards) - _MOST_TOLD
    return answer


async def _changed(desk: Desk, opened: OpenNotebook, arguments: CheckArguments) -> list[JsonValue]:
    """What was changed, in words; raises ToolRefusal."""
    said: list[JsonValue] = []
    text = opened.text.text
    after = await asyncio.to_thread(_mended, text, said) if arguments.fix else text
    if arguments.format:
        form = await desk.notebooks.canonical(opened.path, after)
        if form.text is None:
            found = form.why_not
            why = in_terminal_words(found.sentence) if found else "Livebook has no form of it."
            raise ToolRefusal("not-formatted", why)
        if form.text != after:
            said.append("brought into Livebook's form")
        after = form.text

    def change(now: str) -> str:
        if now != text:
            raise ToolRefusal("not-written", _NOT_WRITTEN)
        return after

    if after != text and not await desk.write(opened, change):
        raise ToolRefusal("not-written", _NOT_WRITTEN, session=telling.session(opened.link))
    return said


def _mended(text: str, said: list[JsonValue]) -> str:
    mended = mend(text)
    for it in mended.fixed:
        line = it.source.line_at(it.hazard.span.start) + 1
        said.append(f"line {line}: {it.hazard.fix.title if it.hazard.fix else it.hazard.code}")
    return mended.text


def _told(hazard: Hazard, source: Source) -> telling.Told:
    told: telling.Told = {
        "code": hazard.code,
        "severity": hazard.severity.value,
        "line": source.line_at(hazard.span.start) + 1,
        "message": hazard.message,
    }
    return told | {"mend": hazard.fix.title} if hazard.fix else told


def _of_session(opened: OpenNotebook, hazards: tuple[Hazard, ...]) -> list[Finding]:
    """What is told beside the text's own hazards."""
    told = {it.code for it in hazards}
    return [it for it in opened.link.findings if it.code not in told]


CHECK_NOTEBOOK = Tool(
    name="check_notebook",
    title="Check a notebook",
    description=(
        "What Livebook would do to the notebook (crash, lose, rewrite), with line and mend; how "
        "its session stands. `fix` mends what takes nothing away, `format` brings the notebook "
        "into the form that Livebook itself writes."
    ),
    arguments=CheckArguments,
    call=_check,
    is_idempotent=True,
)
