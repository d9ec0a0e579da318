"""`read_notebook`: outline, sources and results, with the handles and the version for edits."""

from __future__ import annotations

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
    with_outputs: Annotated[bool, Field(description="Also how cells stand and what they gave.")] = (
        False
    )
    max_chars: Annotated[MaxChars, Field(description="What is longer is cut and says so.")] = (
        USUAL_CHARS
    )


async def _read(desk: Desk, arguments: ReadArguments, _: Caller) -> Answer:
    opened = await desk.opened(arguments.notebook)
    cannot_join = await desk.watch(opened.link) if arguments.with_outputs else ""
    answer = head(opened)
    if cannot_join:
        answer["outputs_unknown"] = cannot_join
    parts = opened.text.parts()
    wanted = set(arguments.cells or ())
    if missing := wanted - {it.handle for it in parts if it.cell is not None}:
        raise ToolRefusal(
            "no-such-part",
            f"There is no cell {', '.join(sorted(missing))} (any more). Read the notebook without "
            "`cells` for its handles.",
            version=version_of(opened.text.text),
        )
    views = _views(desk, opened) if arguments.with_outputs and not cannot_join else {}
    told = _Telling(opened.text, Room(arguments.max_chars), wanted, views)
    answer["parts"] = [it for part in parts for it in told.part(part)]
    return answer


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

    def part(self, part: HandledPart) -> list[JsonValue]:
        """The part, unless only others are wanted."""
        if part.cell is None:
            return [] if self._wanted else [self._heading(part)]
        if self._wanted and part.handle not in self._wanted:
            return []
        told = telling.cell_line(part, self._source)
        told = telling.with_source(
            told, part.says.text, self._room, is_asked_for=part.handle in self._wanted
        )
        if (view := self._views.get(part.cell.span.start)) is not None:
            told |= telling.cell_result(part.handle, view, self._source, self._room)
        return [told]

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
        "The notebook's sections and cells with their handles, the version that edit_notebook and "
        "run_cells need, and how its session in Livebook stands. Sources are exact, without fences "
        "and Livebook's comments; those that do not fit give their number of characters instead: "
        "ask for them by `cells`. States of cells: fresh (never run), queued, running, done, "
        "failed, stale (what it stands on has changed), changed (its text is another than the one "
        "that ran), aborted (its values are lost), unknown (no session)."
    ),
    arguments=ReadArguments,
    call=_read,
    is_read_only=True,
    is_idempotent=True,
)
