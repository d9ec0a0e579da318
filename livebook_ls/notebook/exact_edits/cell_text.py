"""A cell as text, and its source out of that text: fences that hold, and Livebook's own escape.

A block of Elixir, Erlang or Python in prose would be a cell of its own; Livebook keeps it in the
prose by a comment above it (`live_markdown/export.ex`), which nobody needs to see.
"""

from __future__ import annotations

import re

from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exporting.rendering import fence_for, fenced
from livebook_ls.notebook.importing.annotations import FORCE_MARKDOWN
from livebook_ls.notebook.model import JsonValue

APART = "\n\n"
_FORCED = f"<!-- {FORCE_MARKDOWN} -->"
_FORCING = re.compile(
    r'^<!-- *livebook:\{"force_markdown": *true\} *-->\n+(?=[ \t]*(?:```|~~~))', re.MULTILINE
)
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})[ \t]*([^\s`]*)[^\n]*$", re.MULTILINE)
_CODE = frozenset({"elixir", "erlang", "python", "pyproject.toml"})
_OPENING = re.compile(r"(`{3,})[^`\n\r]*")
_BREAK = re.compile(r"\r\n?")


def with_line_feeds(text: str) -> str:
    """The text with its lines ended as Livebook has them."""
    return _BREAK.sub("\n", text) if "\r" in text else text


def code_block(source: str, language: str) -> str:
    """A new code cell's block."""
    return fenced(source, language)


def changed_code_block(body: str, source: str) -> str | None:
    """The block with another source between the fences that it has; None where they don't do."""
    opening, _, rest = body.partition("\n")
    closing = rest.rpartition("\n")[2]
    fence = _OPENING.fullmatch(opening)
    if fence is None or closing.rstrip() != fence[1] or len(fence[1]) < len(fence_for(source)):
        return None
    return f"{opening}\n{source}\n{closing}"


def prose_block(source: str) -> str:
    """A Markdown cell's text for the file: with what keeps blocks of code in it part of it."""
    lines: list[str] = []
    closing = ""
    for line in source.split("\n"):
        fence = _FENCE.fullmatch(line)
        if closing:
            is_end = fence is not None and not fence[2] and fence[1].startswith(closing)
            closing = "" if is_end else closing
        elif fence is not None:
            if fence[2] in _CODE and not _is_forced(lines):
                lines += [_FORCED, ""]
            closing = fence[1]
        lines.append(line)
    return "\n".join(lines)


def shown_prose(body: str) -> str:
    """A Markdown cell's text as it is read and edited: without that."""
    return _FORCING.sub("", with_line_feeds(body))


def comment_line(value: JsonValue) -> str:
    """Livebook's comment with this value, and what is between it and what it is about."""
    return f"<!-- livebook:{to_json(value)} -->{APART}" if value else ""


def _is_forced(lines: list[str]) -> bool:
    above = next((it for it in reversed(lines) if it.strip()), "")
    return above == _FORCED
