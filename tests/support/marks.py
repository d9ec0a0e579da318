"""Places marked inside a text: `$0` is the cursor, `«…»` a span."""

from __future__ import annotations

import re
from typing import NamedTuple

from livebook_ls.notebook.model import Span

_MARK = re.compile(r"\$0|«|»")


class Marked(NamedTuple):
    """A text without its marks, and what they marked."""

    text: str
    cursor: int | None
    spans: tuple[Span, ...]


def cut(marked: str) -> Marked:
    """Take the marks out of a text; spans come in the order in which they begin."""
    text, cursor, begun, spans, at = "", None, [], [], 0
    for mark in _MARK.finditer(marked):
        text += marked[at : mark.start()]
        at = mark.end()
        if mark[0] == "$0":
            cursor = len(text)
        elif mark[0] == "«":
            begun.append(len(text))
        else:
            spans.append(Span(begun.pop(), len(text)))
    return Marked(text + marked[at:], cursor, tuple(sorted(spans, key=lambda it: it.start)))


def marked(text: str, *spans: Span) -> str:
    """The text with marks around `spans`, given from the innermost to the outermost."""
    for begun, span in enumerate(spans):
        # What was marked already is inside, so that its marks push the end on.
        end = span.end + 2 * begun
        text = f"{text[: span.start]}«{text[span.start : end]}»{text[end:]}"
    return text
