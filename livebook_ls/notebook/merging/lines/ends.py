"""Line ends set aside for a merge, and put back: CRLF on one side is no change of every line."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONE = re.compile(r"(?<!\r)\n|\r(?!\n)")


@dataclass(frozen=True, slots=True)
class Unified:
    """The texts of a merge with line feeds, and the line end of the result."""

    base: str
    ours: str
    theirs: str
    line_end: str


def unified(base: str, ours: str, theirs: str) -> Unified:
    """The texts with one kind of line end, if each has only one; else as they are."""
    ends = [_line_end(it) for it in (base, ours, theirs)]
    if "mixed" in ends:
        return Unified(base, ours, theirs, "\n")
    texts = [it.replace("\r\n", "\n") for it in (base, ours, theirs)]
    return Unified(texts[0], texts[1], texts[2], _merged(*ends))


def spans_in(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans in the text itself of those in the text with line feeds."""
    if "\r\n" not in text:
        return list(spans)
    source = Source(text.replace("\r\n", "\n"))
    return [Span(*(at + source.line_at(at) for at in span)) for span in spans]


def _line_end(text: str) -> str:
    """The text's line end, empty where it has none, "mixed" where it has several."""
    if "\r" not in text:
        return "\n" if "\n" in text else ""
    return "mixed" if _LONE.search(text) else "\r\n"


def _merged(base: str, ours: str, theirs: str) -> str:
    if theirs in (ours, base, ""):
        return ours or theirs or "\n"
    if ours in (base, ""):
        return theirs
    return "\n"
