"""Table lines, as EarmarkParser tells them from text and takes them apart."""

from __future__ import annotations

import re

from livebook_ls.notebook.markdown.characters import SPACE, TRIMMED, ends_like_space

_BARS = re.compile(rf"\|(?:[^|]++\|)++[{SPACE}]*+\Z")
_COLUMN_BAR = re.compile(r"(?<!\\)\|")


def is_table_line(line: str) -> bool:
    """Whether the line stands between bars, or has a bar between spaces."""
    if _BARS.match(line.lstrip(" ")):
        return True
    bare = _without_double_brackets(line)
    at = bare.find("|", 1)
    while at != -1:
        following = bare[at + 1 : at + 2]
        if following and following in SPACE and ends_like_space(bare[at - 1]):
            return True
        at = bare.find("|", at + 1)
    return False


def table_columns(line: str) -> list[str]:
    """The cells of a table line."""
    content = line.lstrip(" ")
    # A line in bars loses its outer ones; one that only has ` | ` inside keeps all.
    body = content.strip(TRIMMED).strip("|") if _BARS.match(content) else line
    return [cell.strip(TRIMMED).replace("\\|", "|") for cell in _COLUMN_BAR.split(body)]


def _without_double_brackets(line: str) -> str:
    kept: list[str] = []
    at = 0
    while (start := line.find("[[", at)) != -1:
        end = line.find("]]", start + 2)
        if end == -1:
            break
        kept.append(line[at:start])
        at = end + 2
    kept.append(line[at:])
    return "".join(kept)
