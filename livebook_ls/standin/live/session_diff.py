"""A session as trees: a join's reply and diffs, as far as recordings show them to be told apart.

In them, a cell's component has its attributes as texts; of the page around, only what tells of the
runtime and of messages is sent.
"""

from __future__ import annotations

from html import escape
from json import dumps

from livebook_ls.standin.live import session_markup
from livebook_ls.standin.live.evaluator import Change
from livebook_ls.standin.live.session_cells import (
    CellEvent,
    SessionCells,
    StandInCell,
    initial,
)

Tree = dict[str, object]

_BUTTONS = {
    "disconnected": {"3": {"0": {"2": ' phx-click="connect_runtime"'}}, "5": "", "7": ""},
    "connecting": {
        "3": "",
        "5": "",
        "7": {"0": {"2": ' type="button" phx-click="disconnect_runtime"'}},
    },
    "connected": {"3": "", "5": {"0": {"2": ' phx-click="reconnect_runtime"'}}},
}


def joined(
    cells: SessionCells, runtime: str, clients: list[dict[str, str]], me: str, *, has_saved: bool
) -> Tree:
    """The tree in the reply to a join, with the first events."""
    events: list[object] = [["session_init", {"client_id": me, "clients": clients}]]
    events.extend([f"cell_editor_init:{it.id}:primary", initial(it)] for it in cells.cells)
    return {
        "0": _around(runtime=runtime, has_saved=has_saved),
        "c": {str(it.component): _component(it) for it in cells.cells},
        "e": events,
        "t": "Stand-in",
        "s": ["<main>", "</main>"],
    }


def changed(change: Change, client_id: str = "") -> Tree:
    """The diff that tells a client of a change: of what it typed itself that it has arrived."""
    tree: Tree = {}
    around = _around(change.runtime, change.flash, change.has_saved)
    if around:
        tree["0"] = around
    if change.cells:
        tree["c"] = {str(it.component): _component(it) for it in change.cells}
    if change.events:
        tree["e"] = [_event(it, client_id) for it in change.events]
    return tree


def _event(event: CellEvent, client_id: str) -> list[object]:
    kind, _, cell = event.name.partition(":")
    if kind == "cell_delta" and event.payload["client_id"] == client_id:
        return [f"cell_acknowledgement:{cell}", {}]
    return [event.name, event.payload]


def _around(
    runtime: str | None = None, flash: str | None = None, has_saved: bool | None = None
) -> Tree:
    tree: Tree = {}
    if flash is not None:
        tree["0"] = {"0": {"3": {"0": {"0": "", "1": ' phx-value-key="error"', "7": flash}}}}
    if runtime is not None:
        tree["1"] = {"4": {"5": _BUTTONS[runtime]}}
    if has_saved is not None:
        label = f' class="button" aria-label="{session_markup.saved_label(has_saved=has_saved)}"'
        tree["2"] = {"5": {"0": "tooltip", "2": label}}
    return tree


def _component(cell: StandInCell) -> Tree:
    tree: Tree = {
        "0": cell.id,
        "1": f' data-type="{cell.type}"',
        "3": " data-setup" if cell.is_setup else "",
        "8": f' data-p-cell-id="{_json(cell.id)}"',
    }
    if not cell.is_evaluable:
        return tree
    streamed = [[f"outputs-{number}", -1, None, False] for number, _ in cell.outputs]
    return tree | {
        "6": f' data-eval-validity="{cell.validity}"',
        "7": " data-eval-errored" if cell.is_errored else "",
        "11": f' data-p-evaluation-digest="{_json(cell.digest)}"',
        "14": {
            "0": _button(cell),
            "1": {"0": _label(cell)},
            "4": {"2": {"stream": ["0", streamed, []]}},
        },
    }


def _button(cell: StandInCell) -> Tree:
    name = "data-cell-id" if cell.status == "ready" else "phx-value-cell_id"
    return {"0": {"0": f' {name}="{cell.id}"'}}


def _label(cell: StandInCell) -> Tree:
    if cell.status == "evaluating":
        return {"2": {"0": cell.id, "1": f' data-p-start="{_json(cell.since)}"'}}
    if cell.status == "queued":
        return {"2": {"s": ["\n  Queued\n"]}}
    return {"1": f' data-tooltip="{cell.took}"' if cell.took else ""}


def _json(value: object) -> str:
    return escape(dumps(value))
