"""A parser's complaint at its place in the notebook, in words that fit there.

Parsers count lines from the cell's first one; people see the notebook's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from livebook_ls.intelligence.answers import CodeProblem
from livebook_ls.intelligence.code_cells import CodeCell
from livebook_ls.notebook.model import Span

_LINE = re.compile(r"(\bline )(\d+)\b")
# Elixirs before 1.16 complain where the code ends, and name the line in which a pair was opened.
_OPENED = re.compile(
    r'^missing terminator: (\S+) \(for (?:"(\S+)"|sigil (\S+)|[^"]+) starting at line (\d+)\)'
)


def in_the_notebook(found: Mapping[str, Any], cell: CodeCell) -> CodeProblem:
    """The problem that a complaint about a cell's code is; lines and columns there count from 1."""
    complaint = str(found["message"])
    line, column = _opened(complaint, cell.code, found["line"] - 1, found["column"] - 1)
    start = cell.text_offset(line, column)
    ends = found.get("end_line"), found.get("end_column")
    if isinstance(ends[0], int) and isinstance(ends[1], int):
        end = cell.text_offset(ends[0] - 1, ends[1] - 1)
    else:
        end = cell.text_offset(line, column + _word_length(cell.code, line, column))
    return CodeProblem(Span(start, max(start, end)), in_cells_words(complaint))


def in_cells_words(complaint: str) -> str:
    """A parser's complaint, which counts a cell's lines, for people who see a whole notebook."""
    return _LINE.sub(lambda it: f"{it[1]}{int(it[2])} of the cell", complaint)


def _opened(complaint: str, code: str, line: int, column: int) -> tuple[int, int]:
    """Where what is never closed was opened, as Livebook and newer parsers have it."""
    found = _OPENED.match(complaint)
    lines = code.split("\n")
    if found is None or int(found[4]) > len(lines):
        return line, column
    opened, sign = int(found[4]) - 1, found[2] or found[3] or found[1]
    if lines[line : line + 1] and lines[line].startswith(sign, column):
        return line, column
    return opened, max(lines[opened].rfind(sign), 0)


def _word_length(code: str, line: int, column: int) -> int:
    """How much to underline: the word that begins there, or one character."""
    lines = code.split("\n")
    rest = lines[line][column:] if line < len(lines) else ""
    found = re.match(r"\w+", rest)
    return len(found[0]) if found else 1
