"""Cells, outputs and sessions as the JSON that models read: bounded, and what is cut says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from livebook_ls.livebook.live.outputs import (
    BrowserOutput,
    CellOutput,
    ImageOutput,
    LayoutOutput,
    TextKind,
    TextOutput,
)
from livebook_ls.notebook.exact_edits.handles import HandledPart
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.outline import cell_name
from livebook_ls.notebook.pieces.cutting import PieceKind
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.failures import FailureKind, failures
from livebook_ls.running.wording import browser_in_words, image_in_words, provenance
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.telling.command_words import in_terminal_words
from livebook_ls.sync.telling.findings import Finding

Told = dict[str, JsonValue]
# No single text takes more of an answer than this part of what is left.
_SHARE = 0.5
_FEWEST = 400
_STALE = "of values that have changed since"


def on_the_wire(text: str) -> str:
    """A text as messages can have it: a lone surrogate, as of a file's name, is none."""
    return text.encode("utf-8", "replace").decode("utf-8")


class Room:
    """How many characters an answer still has room for."""

    def __init__(self, characters: int) -> None:
        self.left = characters

    def take(self, text: str) -> tuple[str, bool]:
        """As much of the beginning as there is room for, and whether that is less than all."""
        left = max(self.left, 0)
        most = max(min(left, _FEWEST), int(left * _SHARE))
        taken = text if len(text) <= most else text[:most]
        self.left -= len(taken)
        return taken, len(taken) < len(text)

    def take_whole(self, text: str) -> tuple[str, bool]:
        """The same, with all the room for this one."""
        taken = text[: max(self.left, 0)]
        self.left -= len(taken)
        return taken, len(taken) < len(text)


def cell_line(part: HandledPart, source: Source) -> Told:
    """A cell in a line: its handle, its kind and its first words."""
    assert part.cell is not None  # noqa: S101 — only asked of cells
    told: Told = {"cell": part.handle, "kind": part.piece.kind.value}
    if part.piece.kind in (PieceKind.CODE, PieceKind.SETUP) and part.says.language != "elixir":
        told["language"] = part.says.language
    told["line"] = source.line_at(part.piece.span.start) + 1
    told["first_line"] = cell_name(part.cell, source)
    if part.cell.metadata:
        told["attributes"] = part.cell.metadata
    return told


def with_source(told: Told, text: str, room: Room, *, is_asked_for: bool) -> Told:
    """The same with the cell's source, or as much of it as there is room for."""
    taken, is_cut = room.take_whole(text) if is_asked_for else room.take(text)
    if is_cut and not is_asked_for:
        # Half a source that nobody asked for helps nobody.
        room.left += len(taken)
        return told | {"characters": len(text)}
    told |= {"source": taken}
    return told | {"is_cut": True, "characters": len(text)} if is_cut else told


def cell_result(handle: str, view: CellView, source: Source, room: Room) -> Told:
    """How a cell stands and what it gave; lines of failures count from 1, within the cell."""
    told: Told = {"cell": handle, "state": view.state.value}
    if view.took_ms is not None:
        told["took_ms"] = view.took_ms
    failed = list(_failures(view, source, room))
    # What was raised is told with its line, once.
    is_told = any(it["code"] == FailureKind.RUNTIME_ERROR.value for it in failed)
    outputs = [it for it in view.outputs or () if not (is_told and _is_error(it))]
    if view.outputs is not None:
        of = _STALE if view.state is RunState.STALE else provenance(view).strip(" :")
        if outputs and of:
            told["outputs_are"] = of
        told["outputs"] = list(_outputs(outputs, room))
    return told | {"failures": [*failed]} if failed else told


def _failures(view: CellView, source: Source, room: Room) -> Iterator[Told]:
    top = source.line_at(view.cell.source_span.start)
    for it in failures(view, source):
        message, is_cut = room.take(it.sentence)
        line = source.line_at(it.span.start) - top + 1
        yield {"line": line, "code": it.kind.value, "message": message, **_cut(is_cut)}


def _is_error(output: CellOutput) -> bool:
    return isinstance(output, TextOutput) and output.kind is TextKind.ERROR


def session(link: NotebookLink) -> Told:
    """How the notebook stands with Livebook, by what its session is known to hold."""
    told: Told = {
        "state": link.state.value,
        "says": in_terminal_words(link.sentence),
        "holds_this_text": link.has_session and link.state in ARRIVED,
    }
    if link.has_session and link.url:
        # Without what it may carry for logging in.
        told["url"] = link.url.partition("?")[0]
    return told


def finding(it: Finding, source: Source | None) -> Told:
    """What is to be told of the notebook, with its line."""
    message = in_terminal_words(it.sentence)
    told: Told = {"code": it.code, "severity": it.severity.value, "message": message}
    if it.span is not None and source is not None:
        told["line"] = source.line_at(it.span.start) + 1
    return told


def _outputs(outputs: Iterable[CellOutput], room: Room) -> Iterator[JsonValue]:
    for output in outputs:
        match output:
            case TextOutput():
                # What came last is the result, or says why there is none.
                text, is_cut = room.take(output.text)
                told: Told = {"kind": output.kind.value, "text": text, **_cut(is_cut)}
                if output.heading:
                    told["heading"] = output.heading
                yield told
            case ImageOutput():
                yield {"kind": "image", "shows": image_in_words(output)}
            case LayoutOutput():
                inner = list(_outputs(output.outputs, room))
                yield {"kind": output.kind.value, "outputs": inner}
            case BrowserOutput():
                yield {"kind": output.kind.value, "shows": browser_in_words(output)}


def _cut(is_cut: bool) -> Told:
    return {"is_cut": True} if is_cut else {}
