"""What kind of Markdown line this is, by the rules of EarmarkParser's line scanner.

Lines come without their ends. Where the scanner expands tabs, the expanded line is what counts:
`scan` returns the lines as the parser sees them, beside their kinds.
"""

from __future__ import annotations

import re
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.markdown.characters import (
    LATIN_SPACE,
    LATIN_WORD,
    SPACE,
    WIDE_SPACE,
    expand_tabs,
    to_byte_view,
)
from livebook_ls.notebook.markdown.line_forms import (
    attributes_of,
    fence_of,
    is_heading,
    is_link_definition,
    item_of,
    stops_fence,
)
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.markdown.tables import is_table_line

if TYPE_CHECKING:
    from collections.abc import Callable


class LineKind(StrEnum):
    """What a line is on its own; which block it becomes depends on its neighbours."""

    BLANK = "b"
    TEXT = "t"
    COMMENT = "c"
    COMMENT_START = "C"
    DASHES = "-"
    STARS = "*"
    UNDERSCORES = "_"
    HEADING = "h"
    QUOTE = "q"
    INDENT = "n"
    FENCE = "f"
    HTML_LINE = "l"
    HTML_OPEN = "o"
    HTML_CLOSE = "e"
    LINK = "k"
    ITEM = "i"
    TABLE = "T"
    UNDERLINE = "u"
    ATTRIBUTES = "a"


class Scan(NamedTuple):
    """Lines as the parser sees them, and one character for the kind of each.

    Runs of lines are then found by patterns over `kinds`, much faster than line by line.
    """

    lines: list[str]
    kinds: str
    parser: ParserVersion = RELEASED

    def part(self, start: int, end: int) -> Scan:
        """The lines from `start` to before `end`."""
        return Scan(self.lines[start:end], self.kinds[start:end], self.parser)


class RawRun(NamedTuple):
    """Lines that are only text because of the fence or comment above; the stop is typed again."""

    start: int
    stop: int


_RULERS = {
    "-": (LineKind.DASHES, re.compile(rf"(?:-[{SPACE}]?){{3,}}+\Z")),
    "*": (LineKind.STARS, re.compile(rf"(?:\*[{SPACE}]?){{3,}}+\Z")),
    "_": (LineKind.UNDERSCORES, re.compile(rf"(?:_[{SPACE}]?){{3,}}+\Z")),
}
_LEADING_SPACE = re.compile(rf"[{SPACE}]*+")
_UNDERLINE = re.compile(rf"[=-]++[{SPACE}]*+\Z")
_TAG = re.compile(rf"<([{LATIN_WORD}]+)(?=[>/{LATIN_SPACE}])")
_CLOSE_TAG = re.compile(rf"</([{LATIN_WORD}]+)>")

_CODE_INDENT = 4

_UNTYPED = "?"
_FENCE = LineKind.FENCE
_COMMENT_START = LineKind.COMMENT_START


class _Guesses(dict[int, str]):
    """A first guess at a line's kind from its first character, for `str.translate`."""

    def __missing__(self, code: int) -> str:
        return LineKind.TEXT.value


class _Seen(dict[str, LineKind]):
    """The kinds of lines; many of a text's are alike."""

    def __init__(self, classify: Callable[[str], LineKind]) -> None:
        super().__init__()
        self._classify = classify

    def __missing__(self, line: str) -> LineKind:
        self[line] = kind = self._classify(line)
        return kind


# A line that begins with none of these is text, unless a bar makes it part of a table.
_GUESSES = _Guesses(dict.fromkeys(map(ord, "<-*_#>`~[+0123456789|={" + WIDE_SPACE), _UNTYPED))
_GUESSES[ord("\n")] = LineKind.BLANK.value


def scan(lines: list[str], parser: ParserVersion = RELEASED) -> Scan:
    """The kinds of the lines of a document."""
    return scan_with_runs(lines, parser)[0]


def scan_with_runs(lines: list[str], parser: ParserVersion) -> tuple[Scan, list[RawRun]]:
    """The kinds of the lines of a document, and where the scanner looked ahead."""
    if parser.replaces_nul and any("\0" in line for line in lines):
        lines = [line.replace("\0", "\ufffd") for line in lines]
    runs: list[RawRun] = []
    typed, kinds = _typed(lines, partial(kind_of, parser=parser), runs)
    return Scan(typed, kinds, parser), runs


def scan_nested(lines: list[str], parser: ParserVersion) -> Scan:
    """The kinds of the lines inside a list item or quote, where HTML is not recognised."""
    return Scan(*_typed(lines, nested_kind_of), parser)


def kind_of(line: str, parser: ParserVersion) -> LineKind:
    """The kind of a line whose tabs are expanded."""
    content = line.lstrip(" ")
    if content[:1] == "<":
        indent = len(line) - len(content)
        found = _html_kind(content, indent, parser)
        if found is not None:
            return found
    return nested_kind_of(line)


def nested_kind_of(line: str) -> LineKind:
    """The kind of a line inside a list item or quote."""
    content = line.lstrip(" ")
    if not content:
        return LineKind.BLANK
    indent = len(line) - len(content)
    first = content[0]
    if indent < _CODE_INDENT:
        ruler = _RULERS.get(first)
        if ruler is not None and ruler[1].match(content):
            return ruler[0]
        if first == "#" and indent == 0 and is_heading(line):
            return LineKind.HEADING
        if first == ">":
            return LineKind.QUOTE
    if indent >= _CODE_INDENT or (first in SPACE and _space_run(line) >= _CODE_INDENT):
        return LineKind.INDENT
    return _inner_kind(line, content, indent, first)


def _inner_kind(line: str, content: str, indent: int, first: str) -> LineKind:
    """The kind of a line that is no ruler, heading, quote, HTML or indented code."""
    if (first in "`~" or first in WIDE_SPACE) and fence_of(line) is not None:
        return LineKind.FENCE
    if first == "[" and is_link_definition(content):
        return LineKind.LINK
    if first in "-+*0123456789" and item_of(line) is not None:
        return LineKind.ITEM
    if "|" in content and is_table_line(line):
        return LineKind.TABLE
    if indent == 0 and first in "=-" and _UNDERLINE.match(line):
        return LineKind.UNDERLINE
    if first == "{" and attributes_of(content) is not None:
        return LineKind.ATTRIBUTES
    return LineKind.TEXT


def _html_kind(content: str, indent: int, parser: ParserVersion) -> LineKind | None:
    """The kind of a line that begins with `<`; None when it is no HTML."""
    if indent >= _CODE_INDENT:
        return None
    if content.startswith("<!--"):
        # A comment is complete only when nothing, not even a space, follows `-->`.
        closed = content[-1] == ">" and content[4:-1].rstrip(SPACE).endswith("--")
        return LineKind.COMMENT if closed else LineKind.COMMENT_START
    view = to_byte_view(content)
    if indent == 0:
        found = _tag_kind(view, parser)
        if found is not None:
            return found
    return LineKind.HTML_CLOSE if _CLOSE_TAG.match(view) else None


def _tag_kind(view: str, parser: ParserVersion) -> LineKind | None:
    if parser.is_void(view[1:]) and ">" in view:
        return LineKind.HTML_LINE
    match = _TAG.match(view)
    if match is None:
        return None
    end = match.end()
    if view[end] == "/":
        return LineKind.HTML_LINE if view[end + 1 : end + 2] == ">" else None
    bracket = end if view[end] == ">" else view.find(">", end + 1)
    if bracket == -1:
        return None
    is_closed = view.find(f"</{match.group(1)}>", bracket + 1) != -1
    if is_closed or (view[end] != ">" and view.find("/>", end + 1) != -1):
        return LineKind.HTML_LINE
    return LineKind.HTML_OPEN


def _space_run(line: str) -> int:
    match = _LEADING_SPACE.match(line)
    return match.end() if match else 0


def _typed(
    source: list[str],
    classify: Callable[[str], LineKind],
    runs: list[RawRun] | None = None,
) -> tuple[list[str], str]:
    """Type each line; after a fence in column 0 and in a comment most lines are only text."""
    lines = source.copy()
    guesses = _guess(lines)
    kinds: list[str] = list(guesses)
    seen = _Seen(classify)
    find = guesses.find
    at = find(_UNTYPED)
    while at != -1:
        line = lines[at]
        if "\t" in line:
            lines[at] = line = expand_tabs(line)
        kinds[at] = kind = seen[line]
        at += 1
        if kind is _FENCE and line[0] in "`~":
            stop = _fence_stop(lines, at, line)
        elif kind is _COMMENT_START:
            stop = _comment_stop(lines, at)
        else:
            at = find(_UNTYPED, at)
            continue
        _leave_raw(lines, kinds, at, stop)
        if runs is not None:
            runs.append(RawRun(at, stop))
        if stop < len(lines):
            # The stopping line is typed, but looks ahead no further.
            lines[stop] = line = expand_tabs(lines[stop])
            kinds[stop] = seen[line]
        at = find(_UNTYPED, stop + 1)
    return lines, "".join(kinds)


def _guess(lines: list[str]) -> str:
    """For each line `b`, `t`, or `?` where its first character does not tell."""
    guesses = "".join([line[0] if line else "\n" for line in lines]).translate(_GUESSES)
    text = "\n".join(lines)
    if "|" not in text and "\t" not in text:
        return guesses
    kinds = list(guesses)
    for at, line in enumerate(lines):
        if "|" in line or "\t" in line:
            kinds[at] = _UNTYPED
    return "".join(kinds)


def _leave_raw(lines: list[str], kinds: list[str], start: int, stop: int) -> None:
    """Inside a fence or comment a line is text or blank; its tabs stay."""
    for at in range(start, stop):
        if kinds[at] == _UNTYPED:
            kinds[at] = "t" if lines[at].strip(" \t") else "b"


def _fence_stop(lines: list[str], start: int, opening: str) -> int:
    delimiter = opening[: len(opening) - len(opening.lstrip(opening[0]))]
    for at in range(start, len(lines)):
        if delimiter in lines[at] and stops_fence(lines[at], delimiter):
            return at
    return len(lines)


def _comment_stop(lines: list[str], start: int) -> int:
    for at in range(start, len(lines)):
        if "-->" in lines[at]:
            return at
    return len(lines)
