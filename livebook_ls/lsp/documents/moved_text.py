"""Where a place of an older text is in a newer one, by whole lines."""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import cached_property

from livebook_ls.notebook.edits import common_ends
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source


class MovedText:
    """An older text's lines found again in a newer text; of equal ones each has its own."""

    def __init__(self, old: Source, new: Source) -> None:
        self._old = old
        self._new = new
        # After a key nearly all lines are those above it and those below.
        self._top, self._bottom = common_ends(old.lines, new.lines)

    def place(self, span: Span) -> Span | None:
        """Where the first line of a span is now, from where the span begins; None: it is gone."""
        line = self._old.line_at(span.start)
        now = self._line(line)
        if now is None:
            return None
        column = span.start - self._old.starts[line]
        length = min(span.end, self._old.line_end(line)) - span.start
        start = self._new.starts[now] + column
        return Span(start, start + max(length, 0))

    def _line(self, line: int) -> int | None:
        """The new number of an old line; None where it is gone."""
        from_end = len(self._old.lines) - line
        if line < self._top:
            return line
        if from_end <= self._bottom:
            return len(self._new.lines) - from_end
        return self._between.get(line)

    @cached_property
    def _between(self) -> dict[int, int]:
        """The new number of each old line that is still there, of those between.

        The first of equal lines is the first of them again, the second the second.
        """
        old, new = self._old.lines, self._new.lines
        places: dict[str, list[int]] = defaultdict(list)
        for line in range(self._top, len(new) - self._bottom):
            places[new[line]].append(line)
        found: dict[int, int] = {}
        seen: Counter[str] = Counter()
        for line in range(self._top, len(old) - self._bottom):
            text = old[line]
            if seen[text] < len(places.get(text, ())):
                found[line] = places[text][seen[text]]
            seen[text] += 1
        return found


def first_line(source: Source, span: Span) -> Span:
    """As much of a span as is on its first line with words: nobody reads an underlined cell."""
    covered = source.text[span.start : span.end]
    start = span.end - len(covered.lstrip()) if covered.strip() else span.start
    return Span(start, max(start, min(span.end, source.line_end(source.line_at(start)))))
