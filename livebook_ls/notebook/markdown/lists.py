"""Which lines belong to a list and to which of its items, by EarmarkParser's list parser."""

from __future__ import annotations

import re
from enum import Enum
from typing import NamedTuple

from livebook_ls.notebook.markdown.backticks import OpenRun, is_balanced, open_run
from livebook_ls.notebook.markdown.characters import SPACE, WIDE_SPACE
from livebook_ls.notebook.markdown.line_forms import ItemLine, fence_of, item_of
from livebook_ls.notebook.markdown.lines import LineKind


class Item(NamedTuple):
    """An item: the line it begins on, its bullet, and its own lines without their indent."""

    first: int
    bullet: str
    lines: list[str]
    is_loose: bool


class ListReading(NamedTuple):
    """The items of a list, the line behind it, and backticks left open at the end of the text."""

    items: list[Item]
    end: int
    open_run: OpenRun | None


class _Step(Enum):
    STAY = "the line belongs to the item"
    NEXT = "the line begins the next item"
    END = "the line ends the list"


_BLANK = LineKind.BLANK.value
_ITEM = LineKind.ITEM.value
_HEADING = LineKind.HEADING.value
_PLAIN = re.compile("[it]*")
_WINDOW = 64
_ITEM_OR_TEXT = frozenset("it")
_INDENTS = frozenset(WIDE_SPACE)
_RULES = frozenset("-*_")
_LEADING = re.compile(rf"[{SPACE}]*+")


def read_list(lines: list[str], kinds: str, start: int, stop: int) -> ListReading:
    """The list that begins on line `start`, in a text that ends before line `stop`."""
    reader = _Reader(lines, kinds, start, stop)
    while reader.read_item():
        pass
    return ListReading(reader.items, reader.at, reader.left_open)


def list_end(lines: list[str], kinds: str, start: int, stop: int) -> int | None:
    """The line behind a plain list of one kind of bullet; None where one must read closely."""
    bullet = lines[start][0]
    if bullet not in "*-+":
        return None
    at = start
    while True:
        # In windows, for a list may end at once and be one of many.
        match = _PLAIN.match(kinds, at, min(stop, at + _WINDOW))
        end = match.end() if match else at
        for line in range(at, end):
            if kinds[line] == _ITEM and lines[line].lstrip()[0] != bullet:
                return None
        if not is_balanced("\n".join(lines[at:end])):
            return None
        if end == stop:
            return end
        at = end
        if kinds[end] in _ITEM_OR_TEXT:
            continue
        if kinds[end] != _BLANK:
            return end if kinds[end] == _HEADING else None
        while kinds[end] == _BLANK:
            end += 1
        if kinds[end] in _RULES or (kinds[end] != _ITEM and lines[end][0] not in _INDENTS):
            return end
        if kinds[end] != _ITEM:
            return None
        at = end


class _Reader:
    """Reads item after item; `is_spaced` once the item had a blank line."""

    def __init__(self, lines: list[str], kinds: str, start: int, stop: int) -> None:
        self.lines = lines
        self.kinds = kinds
        self.at = start
        self.stop = stop
        self.items: list[Item] = []
        self.left_open: OpenRun | None = None
        self.is_loose = False

    def read_item(self) -> bool:
        """Read one item; whether another one follows."""
        first = self.at
        opening = item_of(self.lines[first]) or ItemLine("-", "", 0, 2)
        content = [opening.content]
        width = opening.width
        pending = open_run(self.lines[first], first, None)
        is_spaced = self.is_loose = False
        follows = False
        self.at += 1
        while self.at < self.stop:
            line = self.lines[self.at]
            kind = self.kinds[self.at]
            if pending is None:
                if kind == _BLANK:
                    content.append("")
                    is_spaced = True
                    self.at += 1
                    continue
                step = self.step(kind, line, opening, is_spaced)
                if step is not _Step.STAY:
                    follows = step is _Step.NEXT
                    if follows and is_spaced:
                        self.is_loose = True
                    break
                if kind == _ITEM:
                    is_spaced = False
            content.append(_without_indent(line, width))
            pending = open_run(line, self.at, pending)
            self.is_loose = is_spaced
            self.at += 1
        else:
            if is_spaced:
                self.left_open = pending
        was_loose = bool(self.items) and self.items[-1].is_loose
        self.items.append(Item(first, opening.bullet, content, was_loose or self.is_loose))
        return follows

    def step(self, kind: str, line: str, item: ItemLine, is_spaced: bool) -> _Step:
        """What a line means to the item, when no backticks are open."""
        if kind in _RULES or (kind == _HEADING and not is_spaced):
            return _Step.END
        if kind == _ITEM:
            other = item_of(line)
            if other is None or other.indent >= item.width:
                return _Step.STAY
            return _Step.NEXT if other.bullet[-1] == item.bullet[-1] else _Step.END
        # Before its first blank line an item takes in everything, fences and comments too.
        if not is_spaced or _indent(kind, line) >= item.width:
            return _Step.STAY
        return _Step.END


def _indent(kind: str, line: str) -> int:
    if kind == LineKind.INDENT:
        match = _LEADING.match(line)
        return match.end() if match else 0
    if kind == LineKind.FENCE:
        fence = fence_of(line)
        return fence.indent if fence else 0
    return len(line) - len(line.lstrip(" \t"))


def _without_indent(line: str, width: int) -> str:
    match = _LEADING.match(line, 0, width)
    return line[match.end() :] if match else line
