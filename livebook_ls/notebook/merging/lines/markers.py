"""Git's conflict markers in a text: what the sides say, where that stands, and how it is written.

Sides are told apart by whole lines, as `git merge-file` writes them, with or without the base.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass
from enum import Enum

from livebook_ls.notebook.merging.lines.difference import hunks
from livebook_ls.notebook.model import Span

_LINE = re.compile(r"[^\n]*\n|[^\n]+")
_MARK = re.compile(r"(<{7}|\|{7}|>{7})(?: [^\n]*)?\r?\n?\Z|(={7})\r?\n?\Z")
MARKER_SIZE = 7
OURS_LABEL, THEIRS_LABEL = "ours", "theirs"


class _MarkedPart(Enum):
    COMMON = ""
    OURS = "<<<<<<<"
    BASE = "|||||||"
    THEIRS = "======="
    END = ">>>>>>>"


_FOLLOWING = {
    _MarkedPart.COMMON: (_MarkedPart.OURS,),
    _MarkedPart.OURS: (_MarkedPart.BASE, _MarkedPart.THEIRS),
    _MarkedPart.BASE: (_MarkedPart.THEIRS,),
    _MarkedPart.THEIRS: (_MarkedPart.END,),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedText:
    """What each side of a text with markers says; `base` is None where the markers lack it."""

    ours: str
    theirs: str
    base: str | None
    _starts: tuple[int, ...]
    _marked_starts: tuple[int, ...]

    def place(self, span: Span) -> Span:
        """Where a span of ours stands in the marked text."""
        start = self._place(span.start)
        return Span(start, start if span.end == span.start else self._place(span.end - 1) + 1)

    def _place(self, at: int) -> int:
        index = bisect_right(self._starts, at) - 1
        return self._marked_starts[index] + at - self._starts[index]


def read_markers(text: str) -> MarkedText | None:
    """The sides of a text with markers; None where it has none, or they are broken."""
    reader = _SideReader()
    for line in _LINE.findall(text):
        reader.read(line)
    if reader.part is not _MarkedPart.COMMON or not reader.conflicts:
        return None
    return MarkedText(
        ours="".join(reader.ours),
        theirs="".join(reader.theirs),
        base="".join(reader.base) if reader.bases == reader.conflicts else None,
        _starts=tuple(reader.starts),
        _marked_starts=tuple(reader.marked_starts),
    )


class _SideReader:
    """Takes a text with markers line by line."""

    def __init__(self) -> None:
        self.part = _MarkedPart.COMMON
        self.ours: list[str] = []
        self.theirs: list[str] = []
        self.base: list[str] = []
        self.conflicts = self.bases = 0
        # Where runs of lines of ours begin, in ours and in the marked text.
        self.starts = [0]
        self.marked_starts = [0]
        self._at = self._ours_at = 0

    def read(self, line: str) -> None:
        mark = _mark(line, self.part)
        if mark is None:
            self._take(line)
        else:
            self.conflicts += mark is _MarkedPart.OURS
            self.bases += mark is _MarkedPart.BASE
            self.part = _MarkedPart.COMMON if mark is _MarkedPart.END else mark
        self._at += len(line)

    def _take(self, line: str) -> None:
        is_common = self.part is _MarkedPart.COMMON
        if is_common or self.part is _MarkedPart.OURS:
            if self._at - self._ours_at != self.marked_starts[-1] - self.starts[-1]:
                self.starts.append(self._ours_at)
                self.marked_starts.append(self._at)
            self._ours_at += len(line)
            self.ours.append(line)
        if is_common or self.part is _MarkedPart.THEIRS:
            self.theirs.append(line)
        if is_common or self.part is _MarkedPart.BASE:
            self.base.append(line)


def with_markers(ours: str, theirs: str, size: int = MARKER_SIZE) -> str:
    """A text with markers around both sides of every difference, of so many signs each."""
    one, other = _LINE.findall(ours), _LINE.findall(theirs)
    end = "\r\n" if "\r\n" in ours else "\n"
    found: list[str] = []
    at = 0
    for start, stop, new_start, new_stop in hunks(one, other):
        found += one[at:start]
        found += [f"{'<' * size} {OURS_LABEL}{end}", *_whole(one[start:stop], end)]
        found += [f"{'=' * size}{end}", *_whole(other[new_start:new_stop], end)]
        found.append(f"{'>' * size} {THEIRS_LABEL}{end}")
        at = stop
    return "".join([*found, *one[at:]])


def _mark(line: str, part: _MarkedPart) -> _MarkedPart | None:
    """The part that a line begins, if it is a marker that can follow."""
    match = _MARK.match(line)
    if match is None:
        return None
    mark = _MarkedPart(match[1] or match[2])
    return mark if mark in _FOLLOWING[part] else None


def _whole(lines: list[str], end: str) -> list[str]:
    """The lines, the last one with a line end: a marker follows."""
    if lines and not lines[-1].endswith("\n"):
        return [*lines[:-1], lines[-1] + end]
    return lines
