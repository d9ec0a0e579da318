"""A session as a page: the attributes that Livebook's own has, and no more of its looks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from json import dumps

from livebook_ls.standin.live.expressions import PutOutput
from livebook_ls.standin.live.session_cells import SessionCells, SessionSection, StandInCell

_SHOWN_LINES = 1000
_ANSI = re.compile(r"\x1b\[(\d+)m([^\x1b]*)")
_ESCAPE = re.compile(r"\x1b\[\d*m")
_COLOURS = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


@dataclass(frozen=True, slots=True, kw_only=True)
class PageKeys:
    """What a page gives its script to join with."""

    topic: str
    csrf_token: str
    session: str


def head(keys: PageKeys) -> str:
    """What stands in the page's head."""
    return f'<meta name="csrf-token" content="{keys.csrf_token}">'


def body(keys: PageKeys, session_id: str, cells: SessionCells, runtime: str) -> str:
    """The page's main element, with all of the session in it."""
    setup = "".join(_cell(it) for it in cells.cells if it.is_setup)
    sections = "".join(_section(it, cells) for it in cells.sections)
    return (
        f'<div id="{keys.topic}" data-phx-main data-phx-session="{keys.session}" '
        f'data-phx-static="static" hidden><div id="session-{session_id}" data-el-session '
        f'data-p-global-status="{_json(_global_status(cells))}">{runtime_buttons(runtime)}'
        f"<div>{setup}</div>{sections}</div></div>"
    )


def saved_label(*, has_saved: bool) -> str:
    """What the indicator at the notebook's side is called."""
    return f"{'notebook saved' if has_saved else 'autosave pending'}, click to open file settings"


def runtime_buttons(runtime: str) -> str:
    """What can be done with the runtime."""
    events = {
        "disconnected": ("connect_runtime",),
        "connecting": ("disconnect_runtime",),
        "connected": ("reconnect_runtime", "disconnect_runtime"),
    }[runtime]
    return "".join(f'<button phx-click="{it}">{it}</button>' for it in events)


def output(number: int, put: PutOutput) -> str:
    """One output, as children of a cell's container have it."""
    name = f"outputs-{number}"
    is_boxed = put.kind in ("terminal_text", "error") or put.kind.startswith("result-")
    border = " data-border" if is_boxed else ""
    return f'<div id="{name}" data-el-output{border}>{_shown(f"{name}-output", put)}</div>'


def without_colours(text: str) -> str:
    """A text without ANSI's escape sequences."""
    return _ESCAPE.sub("", text)


def _section(section: SessionSection, cells: SessionCells) -> str:
    branch = "" if section.parent is None else "<h3 data-el-section-subheadline>branch</h3>"
    inside = "".join(_cell(it) for it in cells.cells if it.section == section.id)
    return (
        f'<section data-el-section data-section-id="{section.id}">'
        f"<h2 data-el-heading>{escape(section.name)}</h2>{branch}{inside}</section>"
    )


def _cell(cell: StandInCell) -> str:
    attributes = [f'data-el-cell id="cell-{cell.id}" data-type="{cell.type}"']
    attributes.extend(["data-setup"] if cell.is_setup else [])
    if cell.is_evaluable:
        attributes.append(f'data-eval-validity="{cell.validity}"')
        attributes.extend(["data-eval-errored"] if cell.is_errored else [])
    attributes.append(f'data-p-cell-id="{_json(cell.id)}"')
    attributes.append(f'data-p-evaluation-digest="{_json(cell.digest)}"')
    editor = (
        f'<div id="cell-editor-{cell.id}-primary" phx-hook="CellEditor" '
        f'data-p-cell-id="{_json(cell.id)}" data-p-tag="{_json("primary")}" '
        f'data-p-language="{_json(cell.language)}"></div>'
    )
    shown = f"{editor}{_status(cell)}{_outputs(cell)}" if cell.is_evaluable else editor
    return f"<div {' '.join(attributes)}>{shown}</div>"


def _status(cell: StandInCell) -> str:
    if cell.status == "evaluating":
        timer = f'id="{cell.id}-cell-timer" data-p-start="{_json(cell.since)}"'
        return f"<div><span data-el-cell-status><span {timer}></span></span></div>"
    if cell.status == "queued":
        return "<div><span data-el-cell-status>Queued</span></div>"
    tooltip = f' data-tooltip="{cell.took}"' if cell.took else ""
    word = "" if cell.validity == "fresh" else cell.validity.capitalize()
    return f"<div{tooltip}><span data-el-cell-status>{word}</span></div>"


def _outputs(cell: StandInCell) -> str:
    inside = "".join(output(number, put) for number, put in cell.outputs)
    return (
        f'<div data-el-outputs-container id="outputs-{cell.id}-{cell.evaluation}" '
        f'phx-update="stream">{inside}</div>'
    )


def _shown(name: str, put: PutOutput) -> str:
    if put.kind == "terminal_text" or put.kind.startswith("result-"):
        lines = "".join(f"<div data-line>{it}</div>" for it in _lines(put))
        return (
            f'<div id="{name}" phx-hook="VirtualizedLines"><div data-template>{lines}</div>'
            "<div data-content></div></div>"
        )
    text = escape(put.text)
    match put.kind:
        case "error":
            role = f'id="{name}-message" role="complementary" aria-label="error"'
            return f'<div id="{name}"><div {role}>{text}</div></div>'
        case "plain_text":
            return f'<div id="{name}" phx-update="stream"><span id="chunks-1">{text}</span></div>'
        case "markdown":
            span = f'<div data-template><span id="chunks-1">{text}</span></div>'
            return f'<div id="{name}" phx-hook="MarkdownRenderer">{span}</div>'
        case "image":
            src = f"data:{put.media_type};base64,{put.text}"
            return f'<img src="{src}" alt="output image" id="{name}" phx-hook="ImageOutput">'
        case "js":
            return f'<div id="js-output-{name}" phx-hook="JSView" data-p-ref="{_json("j1")}"></div>'
        case "control":
            return f'<div class="flex"><button>{text}</button></div>'
        case "input":
            field = '<input type="text" name="html_value" data-el-input>'
            return f'<form id="{name}-form"><label><span>{text}</span></label>{field}</form>'
    return (
        f'<div role="complementary" aria-label="error message">Unknown output format: {text}</div>'
    )


def _lines(put: PutOutput) -> Iterator[str]:
    """The last lines, each with its line feed inside; an empty one closes what ends in one."""
    lines = put.text.split("\n")
    whole = [f"{it}\n" for it in lines[:-1]] + [lines[-1]]
    shown = whole[-_SHOWN_LINES - 1 :]
    if len(shown) < len(whole):
        yield "...\n"
    colour = put.kind.removeprefix("result-") if put.kind.startswith("result-") else ""
    for line in shown:
        yield _coloured(line, colour)


def _coloured(line: str, colour: str) -> str:
    if colour and line:
        return f'<span style="color: var(--ansi-color-{colour});">{escape(line)}</span>'
    if "\x1b" not in line:
        return escape(line)
    end = "\n" if line.endswith("\n") else ""
    parts = [escape(line.partition("\x1b")[0])]
    for code, text in _ANSI.findall(line.removesuffix("\n")):
        number = int(code) - 30
        is_colour = 0 <= number < len(_COLOURS) and text
        style = f"color: var(--ansi-color-{_COLOURS[number]});" if is_colour else ""
        parts.append(f'<span style="{style}">{escape(text)}</span>' if style else escape(text))
    return "".join(parts) + end


def _global_status(cells: SessionCells) -> str:
    evaluable = [it for it in cells.cells if it.is_evaluable]
    if any(it.status != "ready" for it in evaluable):
        return "evaluating"
    if any(it.is_errored for it in evaluable):
        return "errored"
    states = {it.validity for it in evaluable}
    return next((it for it in ("stale", "evaluated") if it in states), "fresh")


def _json(value: object) -> str:
    return escape(dumps(value))
