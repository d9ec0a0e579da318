"""Where a place of an older text is in a newer one, by whole lines."""

from __future__ import annotations

from collections import Counter, defaultdict

from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source


class MovedText:
    """An older text's lines found again in a newer text; of equal ones each has its own."""

    def __init__(self, old: Source, new: Source) -> None:
        self._old = old
        self._new = new
        self._lines = _moves(old.lines, new.lines)

    def place(self, span: Span) -> Span | None:
        """Where the first line of a span is now, from where the span begins; None: it is gone."""
        line = self._old.line_at(span.start)
        now = self._lines.get(line)
        if now is None:
            return None
        column = span.start - self._old.starts[line]
        length = min(span.end, self._old.line_end(line)) - span.start
        start = self._new.starts[now] + column
        return Span(start, start + max(length, 0))


def first_line(source: Source, span: Span) -> Span:
    """As much of a span as is on its first line with words: nobody reads an underlined cell."""
    covered = source.text[span.start : span.end]
    start = span.end - len(covered.lstrip()) if covered.strip() else span.start
    return Span(start, max(start, min(span.end, source.line_end(source.line_at(start)))))


def _moves(old: list[str], new: list[str]) -> dict[int, int]:
    """The new number of each old line that is still there."""
    top = 0
    while top < min(len(old), len(new)) and old[top] == new[top]:
        top += 1
    bottom = 0
    while bottom < min(len(old), len(new)) - top and old[-1 - bottom] == new[-1 - bottom]:
        bottom += 1
    found = {line: line for line in range(top)}
    found |= {len(old) - 1 - it: len(new) - 1 - it for it in range(bottom)}
    # Between: the first of equal lines is the first of them again, the second the second.
    places: dict[str, list[int]] = defaultdict(list)
    for line in range(top, len(new) - bottom):
        places[new[line]].append(line)
    seen: Counter[str] = Counter()
    for line in range(top, len(old) - bottom):
        text = old[line]
        if seen[text] < len(places.get(text, ())):
            found[line] = places[text][seen[text]]
        seen[text] += 1
    return found
