"""A cell's text and its source: what of a block stays where its source changes."""

from __future__ import annotations

import re

from livebook_ls.notebook.editing.cell_text import FORCE, markdown_text
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exporting.rendering import fence_for
from livebook_ls.notebook.model import JsonValue

_OPENING = re.compile(r"(`{3,})[^`\n\r]*")
_BREAK = re.compile(r"\r\n?")


def with_line_feeds(text: str) -> str:
    """The text with its lines ended as Livebook has them."""
    return _BREAK.sub("\n", text) if "\r" in text else text


def changed_code_block(body: str, source: str) -> str | None:
    """The block with another source between the fences that it has; None where they don't do."""
    opening, _, rest = body.partition("\n")
    closing = rest.rpartition("\n")[2]
    fence = _OPENING.fullmatch(opening)
    if fence is None or closing.rstrip() != fence[1] or len(fence[1]) < len(fence_for(source)):
        return None
    return f"{opening}\n{source}\n{closing}"


def shown_prose(body: str) -> str:
    """A Markdown cell's text as it is read and edited: without what keeps code in it part of it."""
    text = with_line_feeds(body)
    return markdown_text(text) if FORCE in text else text


def comment_line(value: JsonValue) -> str:
    """Livebook's comment with this value, and what is between it and what it is about."""
    return f"<!-- livebook:{to_json(value)} -->\n\n" if value else ""
