"""Places in a notebook's code, each with what is to be answered there.

`tests/intelligence/places/` has the notebook, and in `places.jsonl` a line for each place: what is
`ask`ed, `in` which of the notebook's cells (`main` is the one with the code `:main`), and which
`code` is typed there, with the cursor at `$0`. `own` is what an Elixir beside the editor must
answer, `session` what a real Livebook answered its own editor (`page_questions` asks one).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from livebook_ls.intelligence.code_cells import code_cells
from livebook_ls.livebook.live.sources import apply_delta
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.editor import Editor
from tests.support.marks import cut

FOLDER = Path(__file__).parents[1] / "intelligence" / "places"
NOTEBOOK = (FOLDER / "shop.livemd").read_text(encoding="utf-8")
PLACES = FOLDER / "places.jsonl"
# Livebook's editor sends the line up to the cursor, or from where a map or a bit string begins.
_ENCLOSING = re.compile(r"(?:%[\w.]*\{|<<)[^{}<>]*$")
_OPTIONS = {"tabSize": 2, "insertSpaces": True}
_TRIES = 100
_DIVIDER = "\n\n---\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A question about code, and its right answers (see above)."""

    ask: str
    slot: str
    code: str
    own: Any = None
    session: Any = None

    @property
    def name(self) -> str:
        """A short name for test reports."""
        return f"{self.ask}: {self.code}".replace("\n", "⏎")

    @property
    def typed(self) -> str:
        """The code without its mark."""
        return cut(self.code).text

    @property
    def before(self) -> str:
        """The code in front of the cursor."""
        return self.typed[: cut(self.code).cursor]

    def text(self, notebook: str = NOTEBOOK) -> str:
        """The notebook with the code typed into its cell."""
        return notebook.replace(f"\n:{self.slot}\n", f"\n{self.typed}\n")

    def offset(self, notebook: str = NOTEBOOK) -> int:
        """Where the cursor stands in it."""
        return notebook.index(f"\n:{self.slot}\n") + 1 + len(self.before)


def read_places() -> list[Place]:
    """All places."""
    found = map(json.loads, PLACES.read_text(encoding="utf-8").splitlines())
    return [
        Place(ask=it["ask"], slot=it["in"], code=it["code"], own=it["own"], session=it["session"])
        for it in found
    ]


def slots() -> list[str]:
    """The code of each cell with code, in order; a place's slot is one of them behind a colon."""
    source = Source(NOTEBOOK)
    return [it.code for it in code_cells(parse_source(source), source)]


def page_question(place: Place) -> list[dict[str, Any]]:
    """What Livebook's own editor asks its session there (`live_editor.js`), one after the other."""
    line = place.before.rpartition("\n")[2]
    match place.ask:
        case "completion":
            hint = _page_hint(place)
            return [{"type": "completion", "hint": hint, "editor_auto_completion": True}]
        case "details":
            # A pointer is behind one character and in front of the other.
            whole = place.typed.split("\n")[place.before.count("\n")]
            columns = [it for it in (_units(line) + 1, _units(line)) if it]
            return [{"type": "details", "line": whole, "column": it} for it in columns]
        case "signature":
            return [{"type": "signature", "hint": place.before}]
    return [{"type": "format", "code": place.typed}]


def our_question(place: Place) -> list[dict[str, Any]]:
    """What our server asks there: the same, with all of the cell's code in front of the cursor."""
    questions = page_question(place)
    if place.ask == "completion":
        questions[0]["hint"] = place.before
    return questions


def _page_hint(place: Place) -> str:
    found = _ENCLOSING.search(place.before)
    return place.before[found.start() :] if found else place.before.rpartition("\n")[2]


def shown_by_page(place: Place, raw: Any) -> Any:
    """What Livebook's own editor makes of a session's answer, in the form of `shown_in`."""
    if raw is None:
        return {"completion": [], "form": place.typed}.get(place.ask)
    match place.ask:
        case "completion":
            hint, items = _page_hint(place), raw["items"]
            typed = items[0]["insert_text"] if items else ""
            while not hint.endswith(typed):
                typed = typed[:-1]
            kept = place.before.removesuffix(typed).rpartition("\n")[2]
            return [[it["label"], kept + it["insert_text"].replace("${}", "|")] for it in items]
        case "details":
            line = place.typed.split("\n")[place.before.count("\n")].encode("utf-16-le")
            start, end = (2 * (raw["range"][it] - 1) for it in ("from", "to"))
            return [line[start:end].decode("utf-16-le"), _DIVIDER.join(raw["contents"])]
        case "signature":
            return [[it["signature"] for it in raw["items"]], raw["active_argument"]]
    delta = raw["delta"]
    return place.typed if delta is None else apply_delta(place.typed, delta)


def shown_in(editor: Editor, uri: str, place: Place, notebook: str = NOTEBOOK) -> Any:
    """What our server answers at a place of the notebook, as short values."""
    text = place.text(notebook)
    if editor.texts[uri] != text:
        editor.change(uri, text)
    source, unit = Source(text), _unit(editor)
    line, column = source.position(place.offset(notebook), unit)
    at = {"textDocument": {"uri": uri}, "position": {"line": line, "character": column}}
    match place.ask:
        case "completion":
            found = _whole(lambda: editor.request("textDocument/completion", at))
            return [_item(it, source, unit) for it in found]
        case "details":
            hover = editor.request("textDocument/hover", at)
            return hover and [_in_range(hover["range"], source, unit), hover["contents"]["value"]]
        case "signature":
            call = editor.request("textDocument/signatureHelp", at)
            return call and [[it["label"] for it in call["signatures"]], call["activeParameter"]]
    span = {"start": at["position"], "end": at["position"]}
    asked = {"textDocument": {"uri": uri}, "range": span, "options": _OPTIONS}
    edits = editor.request("textDocument/rangeFormatting", asked) or []
    before, _, behind = text.partition(f"\n{place.typed}\n```")
    return _edited(source, edits, unit)[len(before) + 1 : -len(behind) - len("\n```")]


def _whole(ask: Callable[[], Any]) -> list[Any]:
    """The items of a completion, asked for again as clients do where somebody was late."""
    for _ in range(_TRIES):
        found = ask()
        if found is None or not found["isIncomplete"]:
            break
    return found["items"] if found else []


def _item(item: Any, source: Source, unit: Unit) -> list[str]:
    edit = item["textEdit"]
    start = edit["range"]["start"]
    kept = source.text[_offset({"line": start["line"], "character": 0}, source, unit) :]
    kept = kept[: _offset(start, source, unit) - (len(source.text) - len(kept))]
    return [item["label"], kept + edit["newText"].replace("$0", "|").replace("\\", "")]


def _edited(source: Source, edits: list[Any], unit: Unit) -> str:
    text = source.text
    for edit in sorted(edits, key=lambda it: _offset(it["range"]["start"], source, unit))[::-1]:
        start, end = (_offset(edit["range"][it], source, unit) for it in ("start", "end"))
        text = text[:start] + edit["newText"] + text[end:]
    return text


def _in_range(span: Any, source: Source, unit: Unit) -> str:
    return source.text[_offset(span["start"], source, unit) : _offset(span["end"], source, unit)]


def _offset(position: Any, source: Source, unit: Unit) -> int:
    return source.offset(position["line"], position["character"], unit)


def _unit(editor: Editor) -> Unit:
    return Unit(editor.server["capabilities"].get("positionEncoding", "utf-16"))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2
