"""A change of a notebook for people, and as plain data."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import unified_diff

from livebook_ls.cli.terminal import BOLD, CYAN, GREEN, RED, Paint, printable
from livebook_ls.notebook.merging.comparison import PieceChange, PieceState
from livebook_ls.notebook.pieces.cutting import PieceKind
from livebook_ls.notebook.source import Source

_CONTEXT = 2
_COLOURS = {"-": RED, "+": GREEN, "@": CYAN}
_NAMES = {
    PieceKind.PREFACE: "comments",
    PieceKind.TITLE: "title",
    PieceKind.SETUP: "setup cell",
    PieceKind.SECTION: "section",
    PieceKind.CODE: "code cell",
    PieceKind.MARKDOWN: "Markdown cell",
    PieceKind.SMART: "smart cell",
    PieceKind.LOOSE: "text",
}


def change_lines(change: PieceChange, old: str, new: str, *, paint: Paint) -> Iterator[str]:
    """A heading, and the lines that differ."""
    yield paint(f"{_word(change)} {_NAMES[change.kind]}{_where(change, old, new)}", BOLD)
    for line in _difference(change):
        yield paint(f"  {_shown(line)}", _COLOURS.get(line[:1], ""))
    yield ""


def described(change: PieceChange, old: str, new: str) -> dict[str, object]:
    """The change as plain data; lines count from 1."""
    return {
        "change": _word(change),
        "kind": change.kind.value,
        "moved": change.is_moved,
        "before": _state(change.before, old),
        "after": _state(change.after, new),
    }


def _word(change: PieceChange) -> str:
    if change.before is None:
        return "added"
    if change.after is None:
        return "removed"
    if change.is_moved:
        return "moved and changed" if change.is_edited else "moved"
    return "changed"


def _where(change: PieceChange, old: str, new: str) -> str:
    places = []
    for state, text in ((change.before, old), (change.after, new)):
        if state is not None:
            places.append(f"line {_line(state, text)}")
    known = change.after or change.before
    is_cell = change.kind not in (PieceKind.TITLE, PieceKind.SETUP, PieceKind.PREFACE)
    section = f" in “{printable(known.section)}”" if known and known.section and is_cell else ""
    return f"{section}, {' → '.join(dict.fromkeys(places))}"


def _difference(change: PieceChange) -> Iterator[str]:
    before = change.before.text.split("\n") if change.before else []
    after = change.after.text.split("\n") if change.after else []
    # The first two lines name the files.
    lines = list(unified_diff(before, after, lineterm="", n=_CONTEXT))[2:]
    is_whole = not (before and after)
    yield from (it for it in lines if not (is_whole and it.startswith("@@")))


def _shown(line: str) -> str:
    return "\t".join(printable(it) for it in line.split("\t"))


def _state(state: PieceState | None, text: str) -> dict[str, object] | None:
    if state is None:
        return None
    return {"section": state.section, "line": _line(state, text), "text": state.text}


def _line(state: PieceState, text: str) -> int:
    return Source(text).line_at(state.span.start) + 1
