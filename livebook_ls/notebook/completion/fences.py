"""The languages behind a fence: those that make a cell, and those that Livebook only shows."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.completion.proposal import CURSOR, Proposal, ProposalKind, Proposals
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.completion.cursor_place import CursorPlace

_FENCE = re.compile(r" {0,3}(?P<fence>`{3,}|~{3,})(?P<word>[\w.+-]*)\Z")
_REST = re.compile(r"[\w.+-]*\s*\Z")
_CELLS = {
    "elixir": "A cell of Elixir code.",
    "erlang": "A cell of Erlang code.",
    "python": (
        "A cell of Python code. The notebook's setup cell must install `pythonx`, and a "
        "`pyproject.toml` below it names the packages."
    ),
}
_PYPROJECT = "pyproject.toml"
_PACKAGES = "The second setup cell: the packages that Python cells use."
_MERMAID = "A diagram, drawn by Mermaid in the Markdown cell."
_SHOWN = "Code that is shown in the Markdown cell, with colours, and not run."
# Those that the page has colours for (`languages.js`).
_COLOURED = [
    "bash",
    "css",
    "dockerfile",
    "html",
    "javascript",
    "json",
    "sql",
    "toml",
    "xml",
    "yaml",
]


def fence_proposals(place: CursorPlace) -> Proposals | None:
    """The languages that may follow a fence that opens code; None elsewhere."""
    found = _FENCE.match(place.before)
    if found is None or not place.opens_code or _REST.match(place.behind) is None:
        return None
    closing = "" if _is_closed(place, found["fence"]) else f"\n{CURSOR}\n{found['fence']}"
    start = place.source.starts[place.line] + found.start("word")
    rest = place.behind.rstrip()
    return Proposals(tuple(_languages(place, closing)), Span(start, place.offset + len(rest)))


def _languages(place: CursorPlace, closing: str) -> Iterator[Proposal]:
    for name, said in _CELLS.items():
        yield _language(name, said, closing, "code cell")
    sections = [it.name_span for it in place.notebook.sections if it.name_span is not None]
    if not sections or place.offset < sections[0].start:
        yield _language(_PYPROJECT, _PACKAGES, closing, "setup cell")
    yield _language("mermaid", _MERMAID, closing, "diagram")
    for name in _COLOURED:
        yield _language(name, _SHOWN, closing, "shown, not run")


def _language(name: str, said: str, closing: str, detail: str) -> Proposal:
    return Proposal(
        label=name,
        kind=ProposalKind.LANGUAGE,
        insert=name + closing,
        detail=detail,
        documentation=said,
    )


def _is_closed(place: CursorPlace, fence: str) -> bool:
    """Whether the fence has its own end: not the next cell's, whose beginning it would swallow."""
    if place.node is None:
        return False
    block, first = place.node
    inside = place.source.lines[first + 1 : first + block.size]
    swallows = any(re.match(rf" {{0,3}}{fence[0]}{{3,}}\w", it) for it in inside)
    return block.level > 0 and not swallows
