"""`look_up`: what a name is and what may follow, so that no API is guessed."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from livebook_ls.intelligence.code_cells import CodePlace, place_of_code
from livebook_ls.mcp.desk import Desk, OpenNotebook
from livebook_ls.mcp.known_texts import version_of
from livebook_ls.mcp.operation_arguments import Handle
from livebook_ls.mcp.telling import Room
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.source import Source

_WITHIN_S = 3.0
_MOST = 100
_CHARS = 20_000
_NOBODY = (
    "Nobody knows this name here. A session that has run the setup and the cells above knows most: "
    "run them first, or look it up by `completion` of a shorter beginning."
)


class LookUpArguments(ToolArguments):
    """What to look up, and from where it is seen."""

    notebook: Annotated[str, Field(description="Its path from the working folder.")]
    name: Annotated[
        str,
        Field(
            description="A name as code has it: `Enum.map`, `my_variable`; for completion a "
            "beginning: `Enum.ma`, `Kino.`",
            min_length=1,
            max_length=500,
        ),
    ]
    what: Literal["documentation", "completion"] = "documentation"
    cell: Annotated[
        Handle | None, Field(description="As seen from this cell; without, from the end.")
    ] = None


async def _look_up(desk: Desk, arguments: LookUpArguments, _: Caller) -> Answer:
    opened = await desk.opened(arguments.notebook)
    await desk.watch(opened)
    is_whole = arguments.what == "completion"
    place = _place(opened, arguments, is_whole=is_whole)
    if arguments.what == "completion":
        return await _completed(desk, place)
    found = await desk.intelligence.hover(place)
    call = await desk.intelligence.signature(_called(opened, arguments))
    if found is None and call is None:
        raise ToolRefusal("unknown-name", _NOBODY)
    room = Room(_CHARS)
    answer: Answer = {"name": arguments.name}
    if call is not None:
        answer["called_as"] = [it.text for it in call.forms[:_MOST]]
    if found is not None:
        texts: list[JsonValue] = [room.take(it)[0] for it in found.texts]
        answer["documentation"] = texts
    return answer


async def _completed(desk: Desk, place: CodePlace) -> Answer:
    found = await desk.intelligence.complete(place, _WITHIN_S)
    if found is None or not found.items:
        raise ToolRefusal("unknown-name", _NOBODY)
    items: list[JsonValue] = [
        {"label": it.label, "kind": it.kind.value, **_first_line(it.documentation)}
        for it in found.items[:_MOST]
    ]
    answer: Answer = {"items": items}
    more = len(found.items) - _MOST
    return answer | {"more": more} if more > 0 else answer


def _first_line(documentation: str | None) -> Answer:
    lines = [it for it in (documentation or "").split("\n") if it.strip()]
    return {"about": lines[0][:200]} if lines else {}


def _called(opened: OpenNotebook, arguments: LookUpArguments) -> CodePlace:
    """The place inside of a call of the name."""
    name = arguments.name.rstrip("(")
    return _place(opened, arguments.model_copy(update={"name": f"{name}("}), is_whole=True)


def _place(opened: OpenNotebook, arguments: LookUpArguments, *, is_whole: bool) -> CodePlace:
    cells = [it for it in opened.text.parts() if it.cell is not None and it.says.language]
    seen_from = next((it for it in cells if it.handle == arguments.cell), None)
    if arguments.cell is not None and seen_from is None:
        raise ToolRefusal(
            "no-such-part",
            f"There is no code cell “{arguments.cell}” (any more). Read the notebook for handles.",
            version=version_of(opened.text.text),
        )
    at = seen_from or (cells[-1] if cells else None)
    code = arguments.name
    place = None
    if at is not None and at.cell is not None:
        notebook = opened.text.pieces.draft.notebook
        offset = len(code) if is_whole else max(len(code) - 1, 0)
        source = Source(opened.text.text)
        place = place_of_code(notebook, source, opened.path, at.cell, code, offset)
    if place is None:
        raise ToolRefusal(
            "no-code", "There is no Elixir cell here to look from: insert one, or name another."
        )
    return place


LOOK_UP = Tool(
    name="look_up",
    title="Look a name up",
    description=(
        "Documentation of a name, or what may follow its beginning, as seen from a cell: by the "
        "notebook's session (its packages, modules and values), else by the Elixir of this "
        "machine. Runs nothing. Use it before you guess an API."
    ),
    arguments=LookUpArguments,
    call=_look_up,
    is_read_only=True,
    is_idempotent=True,
)
