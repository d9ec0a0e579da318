"""`read_notebook`: outline, sources and results, with the handles and the version for edits."""

from __future__ import annotations

import json
from typing import Annotated

from pydantic import Field

from livebook_ls.mcp import telling
from livebook_ls.mcp.desk import Desk, OpenNotebook
from livebook_ls.mcp.known_texts import version_of
from livebook_ls.mcp.operation_arguments import Handle
from livebook_ls.mcp.telling import Room, Told
from livebook_ls.mcp.tool_refusal import ToolRefusal
from livebook_ls.mcp.tools.tool import Answer, Caller, Tool, ToolArguments
from livebook_ls.notebook.exact_edits.handles import HandledPart, HandledText
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.pieces.cutting import PieceKind
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import CellView

MaxChars = Annotated[int, Field(ge=500, le=400_000)]
USUAL_CHARS = 20_000


class ReadArguments(ToolArguments):
    """Which notebook, and how much of it."""

    notebook: Annotated[str, Field(description="Its path from the working folder.")]
    cells: Annotated[
        list[Handle] | None,
        Field(
            description="Only these cells, whole. Without: outline, and what fits.", max_length=500
        ),
    ] = None
    start_at: Annotated[
        Handle | None, Field(description="Go on here: what continue_at was before.")
    ] = None
    with_outputs: Annotated[bool, Field(description="Also how cells stand and what they gave.")] = (
        False
    )
    max_chars: Annotated[MaxChars, Field(description="What is longer is cut and says so.")] = (
        USUAL_CHARS
    )


async def _read(desk: Desk, arguments: ReadArguments, _: Caller) -> Answer:
    opened = await desk.opened(arguments.notebook)
    cannot_join = await desk.watch(opened) if arguments.with_outputs else ""
    answer = head(opened)
    if cannot_join:
        answer["outputs_unknown"] = cannot_join
    parts = _from(opened, arguments.start_at)
    wanted = set(arguments.cells or ())
    if missing := wanted - {it.handle for it in parts if it.cell is not None}:
        raise _no_such(opened, *missing)
    views = _views(desk, opened) if arguments.with_outputs and not cannot_join else {}
    telling_parts = _Telling(opened.text, Room(arguments.max_chars), wanted, views)
    told: list[JsonValue] = []
    for part in parts:
        if told and not telling_parts.has_room:
            answer["continue_at"] = part.handle
            break
        told += telling_parts.part(part)
    answer["parts"] = told
    return answer


def _from(opened: OpenNotebook, handle: str | None) -> list[HandledPart]:
    parts = opened.text.parts()
    if handle is None:
        return parts
    at = next((at for at, it in enumerate(parts) if it.handle == handle), None)
    if at is None:
        raise _no_such(opened, handle)
    return parts[at:]


def _no_such(opened: OpenNotebook, *handles: str) -> ToolRefusal:
    return ToolRefusal(
        "no-such-part",
        f"There is no cell {', '.join(sorted(handles))} (any more). Read the notebook without "
        "`cells` and `start_at` for its handles.",
        version=version_of(opened.text.text),
    )


def head(opened: OpenNotebook) -> Answer:
    """What every answer about a notebook begins with."""
    return {
        "notebook": opened.shown,
        "version": version_of(opened.text.text),
        "session": telling.session(opened.link),
    }


def _views(desk: Desk, opened: OpenNotebook) -> dict[int, CellView]:
    notebook = opened.text.pieces.draft.notebook
    views = desk.runner.views_or_unknown(opened.path, notebook)
    return {it.cell.span.start: it for it in views}


class _Telling:
    """The parts of one notebook, told one after the other until there is no room."""

    def __init__(
        self, text: HandledText, room: Room, wanted: set[str], views: dict[int, CellView]
    ) -> None:
        self._handles = text.handles
        self._source = Source(text.text)
        self._room = room
        self._wanted = wanted
        self._views = views

    @property
    def has_room(self) -> bool:
        """Whether another part may be told."""
        return self._room.left > 0 or bool(self._wanted)

    def part(self, part: HandledPart) -> list[JsonValue]:
        """The part, unless only others are wanted."""
        if part.cell is None:
            return [] if self._wanted else [self._counted(self._heading(part))]
        if self._wanted and part.handle not in self._wanted:
            return []
        told = self._counted(telling.cell_line(part, self._source))
        told = telling.with_source(
            told, part.says.text, self._room, is_asked_for=part.handle in self._wanted
        )
        if (view := self._views.get(part.cell.span.start)) is not None:
            told |= telling.cell_result(part.handle, view, self._source, self._room)
        return [told]

    def _counted(self, told: Told) -> Told:
        """The same, and what it takes of the room."""
        self._room.left -= len(json.dumps(told))
        return told

    def _heading(self, part: HandledPart) -> Told:
        if part.piece.kind is PieceKind.TITLE:
            return {"title": part.says.text}
        told: Told = {"section": part.handle, "name": part.says.text}
        if part.piece.parent is not None:
            told["branch_of"] = self._handles[part.piece.parent]
        return told


READ_NOTEBOOK = Tool(
    name="read_notebook",
    title="Read a notebook",
    description=(
        "The notebook's sections and cells with their handles, the version that edit_notebook "
        "and run_cells need, and how its session in Livebook stands, which is opened where that"
        " changes no file. Sources are exact, without fences and Livebook's comments; those "
        "that do not fit give their number of characters instead: ask for them by `cells`. "
        "States of cells: fresh (never run), queued, running, done, failed, stale (what it "
        "stands on has changed), changed (its text is another than the one that ran), aborted "
        "(its values are lost), unknown (no session). Images are in the resource "
        "livebook-ls://outputs/PATH. Where there is more to read, `continue_at` says where to "
        "go on."
    ),
    arguments=ReadArguments,
    call=_read,
    is_read_only=True,
    is_idempotent=True,
)
