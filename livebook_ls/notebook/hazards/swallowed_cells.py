"""Cells, headings and comments inside another block, where Livebook does not see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.importing.annotations import PREFIX
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES
from livebook_ls.notebook.markdown.line_forms import fence_of, heading_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livebook_ls.notebook.source import Source

_SECTION_LEVEL = 2
_SIGNS = frozenset("#`~<")


def first_swallowed(source: Source, lines: Iterable[int]) -> int | None:
    """The first of these lines that would begin a cell or section, or annotate one."""
    contents = source.lines
    for line in lines:
        content = contents[line]
        if content[:1] in _SIGNS and begins_something(content):
            return line
    return None


def begins_something(line: str) -> bool:
    """Whether a line, standing free, would begin a cell or section, or annotate one."""
    first = line[:1]
    if first == "#":
        heading = heading_of(line)
        return heading is not None and heading.level <= _SECTION_LEVEL
    if first in ("`", "~"):
        fence = fence_of(line)
        return fence is not None and fence.info in CODE_LANGUAGES
    return first == "<" and line.startswith("<!--") and line[4:].lstrip().startswith(PREFIX)
