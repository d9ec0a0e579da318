r"""Text as lines; characters, bytes and editors' units converted into each other, here only.

Lines end at \r\n, \r and \n and nowhere else: `str.splitlines` would also cut at form feeds.
Lines and columns count from 0. What lies beyond a line's end or the text is moved back to it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import Enum
from itertools import accumulate, islice

_LINE_END = re.compile(r"\r\n?|\n")
_ASTRAL = re.compile("[\U00010000-\U0010ffff]")


class Unit(Enum):
    """What a column counts: bytes, 16-bit units or code points."""

    UTF8 = "utf-8"
    UTF16 = "utf-16"
    UTF32 = "utf-32"


class Source:
    """A text and where its lines are. Immutable: a change makes a new one."""

    __slots__ = ("_is_ascii", "lines", "starts", "text")

    text: str
    lines: list[str]
    starts: list[int]

    def __init__(self, text: str) -> None:
        lines, starts = _split(text)
        self._set(text, lines, starts)

    def _set(self, text: str, lines: list[str], starts: list[int]) -> None:
        self.text = text
        self.lines = lines
        self.starts = starts
        self._is_ascii = text.isascii()

    def newline_at(self, line: int) -> str:
        """The line break to use there: that of the line itself or, at the end, of the one above."""
        if line + 1 >= len(self.lines):
            line = len(self.lines) - 2
        return "\n" if line < 0 else self.text[self.line_end(line) : self.starts[line + 1]]

    def line_at(self, offset: int) -> int:
        """The line on which a character is; the end of the text is on its last line."""
        return bisect_right(self.starts, max(0, min(offset, len(self.text)))) - 1

    def line_end(self, line: int) -> int:
        """The offset at which the content of a line ends, before its line break."""
        return self.starts[line] + len(self.lines[line])

    def position(self, offset: int, unit: Unit) -> tuple[int, int]:
        """Line and column of a character."""
        line = self.line_at(offset)
        column = min(max(offset - self.starts[line], 0), len(self.lines[line]))
        if unit is Unit.UTF32 or self._is_ascii:
            return line, column
        return line, _width(self.lines[line][:column], unit)

    def offset(self, line: int, column: int, unit: Unit) -> int:
        """The character at a line and column; inside a character, that character's start."""
        if line < 0:
            return 0
        if line >= len(self.lines):
            return len(self.text)
        content = self.lines[line]
        column = max(column, 0)
        if unit is not Unit.UTF32 and not self._is_ascii and not content.isascii():
            column = _characters(content, column, unit)
        return self.starts[line] + min(column, len(content))

    def byte_offset(self, offset: int) -> int:
        """How many UTF-8 bytes precede a character."""
        offset = max(0, min(offset, len(self.text)))
        return offset if self._is_ascii else _width(self.text[:offset], Unit.UTF8)

    def from_byte_offset(self, byte_offset: int) -> int | None:
        """The character that begins at a byte; None where that byte is inside a character."""
        if byte_offset < 0:
            return None
        if self._is_ascii:
            return byte_offset if byte_offset <= len(self.text) else None
        data = self.text.encode("utf-8", "surrogatepass")
        if byte_offset > len(data):
            return None
        if byte_offset < len(data) and 0x80 <= data[byte_offset] < 0xC0:
            return None
        return len(data[:byte_offset].decode("utf-8", "surrogatepass"))

    def replaced(self, start: int, end: int, new: str) -> Source:
        """The source after the characters from `start` to `end` gave way to `new`."""
        start = max(0, min(start, len(self.text)))
        end = max(start, min(end, len(self.text)))
        first, last = self.line_at(start), self.line_at(end)
        if first and self.text[self.starts[first] - 1] == "\r":
            # A line feed that is written behind a carriage return joins it.
            first -= 1
        is_last = last == len(self.lines) - 1
        below = len(self.text) if is_last else self.starts[last + 1]
        begin = self.starts[first]
        new_lines, new_starts = _split(self.text[begin:start] + new + self.text[end:below])
        if not is_last:
            new_lines.pop()
            new_starts.pop()
        shift = len(new) - (end - start)
        # A fifth of what a key takes in a megabyte: a list is copied whole, or grows at its end, in
        # a fraction of the time in which one is put together of several.
        lines = self.lines.copy()
        lines[first : last + 1] = new_lines
        starts = self.starts[:first]
        starts += [begin + offset for offset in new_starts]
        starts += [offset + shift for offset in islice(self.starts, last + 1, None)]
        changed = Source.__new__(Source)
        changed._set(self.text[:start] + new + self.text[end:], lines, starts)
        return changed

    def cut(self, first: int, end: int) -> Source:
        """The source of the lines from `first` to before `end`, as a text of its own."""
        start = self.starts[first]
        part = Source.__new__(Source)
        starts = [offset - start for offset in self.starts[first:end]]
        if end >= len(self.lines):
            part._set(self.text[start:], self.lines[first:], starts)
        else:
            stop = self.starts[end]
            lines = [*self.lines[first:end], ""]
            part._set(self.text[start:stop], lines, [*starts, stop - start])
        return part


def decode(data: bytes) -> str | None:
    """The text of a file; None where it is not UTF-8, which Livebook refuses with an exception.

    A byte order mark stays: Livebook takes it for a character of the first line.
    """
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _split(text: str) -> tuple[list[str], list[int]]:
    """The lines without their breaks, and the offset of each."""
    if "\r" not in text:
        lines = text.split("\n")
        lengths = [len(line) + 1 for line in lines]
        lengths.pop()
        return lines, list(accumulate(lengths, initial=0))
    lines, starts = [], [0]
    for match in _LINE_END.finditer(text):
        lines.append(text[starts[-1] : match.start()])
        starts.append(match.end())
    lines.append(text[starts[-1] :])
    return lines, starts


def _width(text: str, unit: Unit) -> int:
    if unit is Unit.UTF32 or text.isascii():
        return len(text)
    if unit is Unit.UTF8:
        return len(text.encode("utf-8", "surrogatepass"))
    return len(text) + len(_ASTRAL.findall(text))


def _characters(content: str, column: int, unit: Unit) -> int:
    """How many whole characters fit into so many units."""
    used = 0
    for count, character in enumerate(content):
        used += _width(character, unit)
        if used > column:
            return count
    return len(content)
