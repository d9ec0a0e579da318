"""Comments that Livebook reads: `<!-- livebook:{…} -->` and what each is for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.blocks import BlockKind
from livebook_ls.notebook.characters import TRIMMED
from livebook_ls.notebook.elixir_json import InvalidJson, decode_json
from livebook_ls.notebook.model import Failure, Metadata, Span
from livebook_ls.notebook.places import block_span, comment_lines

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue
    from livebook_ls.notebook.places import Document, Node

# Livebook compares these as text: with a space inside they mean nothing.
FORCE_MARKDOWN = 'livebook:{"force_markdown":true}'
BREAK_MARKDOWN = 'livebook:{"break_markdown":true}'
OUTPUT = 'livebook:{"output":true}'
PREFIX = "livebook:"


class Role(Enum):
    """What a comment's JSON is for."""

    INPUT = "input"
    SMART = "smart"
    STAMP = "stamp"
    METADATA = "metadata"


class Annotation(NamedTuple):
    """A comment with JSON in it."""

    role: Role
    metadata: Metadata


class AnnotationReader:
    """Reads the comments of one document; the same JSON is decoded once."""

    def __init__(self, document: Document) -> None:
        self._source, self._scan, _blocks = document
        self._decoded: dict[str, tuple[Role, JsonValue]] = {}

    def says(self, node: Node) -> str | None:
        """What a comment says to Livebook in its one line; None for all other blocks."""
        block, line = node
        if block.kind != BlockKind.COMMENT:
            return None
        lines = self._scan.lines[line : line + block.size]
        if block.size == 1 and PREFIX not in lines[0]:
            return None
        said = comment_lines(lines)
        return said[0] if len(said) == 1 and said[0].startswith(PREFIX) else None

    def read(self, node: Node, said: str) -> Annotation | Failure:
        """The annotation that a comment is; a failure where its JSON is broken."""
        span = block_span(self._source, node)
        json_span = self._json_span(span)
        decoded = self._decoded.get(said)
        if decoded is None:
            try:
                value = decode_json(said[len(PREFIX) :])
            except InvalidJson as error:
                return Failure("invalid-json", str(error), json_span)
            self._decoded[said] = decoded = (_role_of(value), value)
        role, value = decoded
        return Annotation(role, Metadata(span=span, json_span=json_span, value=value))

    def _json_span(self, span: Span) -> Span:
        text = self._source.text
        start = text.find(PREFIX, span.start, span.end) + len(PREFIX)
        end = text.find("-->", start, span.end)
        inside = text[start : span.end if end == -1 else end]
        return Span(start, start + len(inside.rstrip(TRIMMED)))


def _role_of(value: JsonValue) -> Role:
    if not isinstance(value, dict):
        return Role.METADATA
    match value.get("livebook_object"):
        case "cell_input":
            return Role.INPUT
        case "smart_cell":
            return Role.SMART
    return Role.STAMP if "stamp" in value else Role.METADATA
