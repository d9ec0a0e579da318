"""What a single Markdown line says: its heading, fence, list item or attributes."""

from __future__ import annotations

import re
from typing import NamedTuple

from livebook_ls.notebook.markdown.characters import (
    LATIN_SPACE,
    SPACE,
    TRIMMED,
    WIDE_SPACE,
    to_byte_view,
)

_WIDE = re.escape(WIDE_SPACE)
_HEADING = re.compile(rf"(#{{1,6}})[{_WIDE}]+")
_FENCE = re.compile(rf"([{_WIDE}]*+)(`{{3,}}+|~{{3,}}+)[{_WIDE}]*+([^`{_WIDE}]*+)[{_WIDE}]*+\Z")
_INFO = re.compile(rf"[{_WIDE}]*+[^`{_WIDE}]*+[{_WIDE}]*+\Z")
_BULLET = re.compile(rf"([-*+])[{SPACE}]([{SPACE}]*+)(.*)")
_NUMBER = re.compile(rf"([0-9]{{1,9}}[.)])[{SPACE}]([{SPACE}]*+)(.*)")
_ATTRIBUTES = re.compile(rf"\{{:([^}}]++)\}}[{SPACE}]*+\Z")
_TARGET = re.compile(rf"[{LATIN_SPACE}]*+[^{LATIN_SPACE}]++[{LATIN_SPACE}]*+")
_TITLE_ENDS = {'"': '"', "'": "'", "(": ")"}


class HeadingLine(NamedTuple):
    """A `#` heading; `attributes` is the inside of a `{: …}` at its end."""

    level: int
    text: str
    attributes: str | None


class FenceLine(NamedTuple):
    """A code fence; `indent` in bytes, `info` escaped as EarmarkParser does."""

    indent: int
    delimiter: str
    info: str


class ItemLine(NamedTuple):
    """The first line of a list item; lines indented by `width` belong to it."""

    bullet: str
    content: str
    indent: int
    width: int


def is_heading(line: str) -> bool:
    """Whether there is a heading on this line."""
    # An attribute list can take the only space behind the `#`.
    return _HEADING.match(line) is not None and ("{:" not in line or heading_of(line) is not None)


def heading_of(line: str) -> HeadingLine | None:
    """The heading on this line, if it is one."""
    stripped, attributes = _without_attributes(line)
    match = _HEADING.match(stripped)
    if match is None:
        return None
    text = stripped[match.end() :].rstrip(WIDE_SPACE).rstrip("#").strip(TRIMMED)
    return HeadingLine(match.end(1), text, attributes)


def fence_of(line: str) -> FenceLine | None:
    """The code fence on this line, if it is one."""
    match = _FENCE.match(line)
    if match is None:
        return None
    leading, delimiter, info = match.groups()
    escaped = info.replace("&", "&amp;").replace("<", "&lt;")
    return FenceLine(len(leading.encode()), delimiter, escaped)


def stops_fence(line: str, delimiter: str) -> bool:
    """Whether the scanner takes this line for the end of a fence in column 0."""
    content = line.lstrip(WIDE_SPACE)
    if not content.startswith(delimiter):
        return False
    return _INFO.match(content, len(delimiter)) is not None


def item_of(line: str) -> ItemLine | None:
    """The list item that begins on this line, if one does."""
    content = line.lstrip(" ")
    indent = len(line) - len(content)
    match = _BULLET.match(content)
    if match is not None:
        bullet, spaces, text = match.groups()
        return ItemLine(bullet, spaces + text, indent, indent + len(spaces) + 2)
    match = _NUMBER.match(content)
    if match is None:
        return None
    bullet, spaces, text = match.groups()
    # More than three further spaces are taken for the item's content.
    gap = 1 if len(spaces) > 3 else len(spaces) + 1
    return ItemLine(bullet, spaces + text, indent, indent + gap + len(bullet))


def quote_of(line: str) -> str:
    """What stands behind the `>` of a quote line."""
    inner = line.lstrip(" ")[1:]
    return inner[1:] if inner[:1] and inner[0] in SPACE else inner


def attributes_of(line: str) -> str | None:
    """The inside of a `{: …}` line, as written, if it is one."""
    match = _ATTRIBUTES.match(line.lstrip(" "))
    return match.group(1) if match else None


def underline_level(line: str) -> int:
    """1 for `===` and 2 for `---`; the last character decides."""
    return 1 if line.rstrip(SPACE)[-1:] == "=" else 2


def _without_attributes(line: str) -> tuple[str, str | None]:
    """The line without a `{: …}` at its end, and the inside of that."""
    body = line.rstrip(SPACE)
    if not body.endswith("}"):
        return line, None
    # The attributes begin at the leftmost `{:` with no `}` in between, but not in column 0.
    start = body.find("{:", max(body.rfind("}", 0, -1) + 1, 1))
    if start == -1 or start + 2 >= len(body) - 1:
        return line, None
    return body[:start].rstrip(TRIMMED), body[start + 2 : -1].strip(TRIMMED)


def is_link_definition(content: str) -> bool:
    """Whether a line without its indent is a link reference definition."""
    view = to_byte_view(content)
    if view[1:2] == "^":
        return False
    last = view.rstrip(LATIN_SPACE)[-1:]
    at = view.find("]:", 2)
    while at != -1:
        rest = view[at + 2 : at + 3]
        if rest and rest in LATIN_SPACE and _is_target(view, at + 3, last):
            return True
        at = view.find("]:", at + 1)
    return False


def _is_target(view: str, start: int, last: str) -> bool:
    """Whether a web address and at most a title stand from here to the end."""
    match = _TARGET.match(view, start)
    if match is None:
        return False
    end = match.end()
    if end == len(view):
        return True
    closing = _TITLE_ENDS.get(view[end])
    return closing == last and len(view.rstrip(LATIN_SPACE)) > end + 1
