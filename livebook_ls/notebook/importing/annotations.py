"""Comments that Livebook reads: `<!-- livebook:{…} -->` and what each is for."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.elixir.json_decoding import InvalidJson, decode_json
from livebook_ls.notebook.markdown.characters import TRIMMED
from livebook_ls.notebook.markdown.places import block_span, comment_lines
from livebook_ls.notebook.model import Failure, Metadata, Span

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument, Node
    from livebook_ls.notebook.model import JsonValue

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


class _Said(NamedTuple):
    """What a comment's line says to Livebook, and where in the line its JSON is."""

    text: str
    start: int
    end: int


class AnnotationReader:
    """Reads the comments of one document; what is written twice is decoded once."""

    def __init__(self, document: BlockDocument) -> None:
        self._source, self._scan, _blocks = document
        self._said: dict[str, _Said | None] = {}
        self._decoded: dict[str, tuple[Role, JsonValue]] = {}

    def says(self, node: Node) -> str | None:
        """What a comment says to Livebook in its one line; None for all other comments."""
        said = self._line_said(node)
        return None if said is None else said.text

    def read(self, node: Node, said: str) -> Annotation | Failure:
        """The annotation that a comment is; a failure where its JSON is broken."""
        span = block_span(self._source, node)
        decoded = self._decoded.get(said)
        if decoded is None:
            try:
                value = decode_json(said[len(PREFIX) :])
            except InvalidJson as error:
                return Failure("invalid-json", str(error), self._json_span(node, span))
            self._decoded[said] = decoded = (_role_of(value), value)
        role, value = decoded
        return Annotation(
            role, Metadata(span=span, json_span=self._json_span(node, span), value=value)
        )

    def _line_said(self, node: Node) -> _Said | None:
        block, line = node
        first = self._scan.lines[line]
        if block.size > 1:
            return _said(self._scan.lines[line : line + block.size])
        if first not in self._said:
            self._said[first] = _said([first]) if PREFIX in first else None
        return self._said[first]

    def _json_span(self, node: Node, span: Span) -> Span:
        block, line = node
        source = self._source
        raw = source.lines[line]
        if block.size == 1 and raw is self._scan.lines[line]:
            said = self._said.get(raw)
            if said is not None:
                start = source.starts[line]
                return Span(start + said.start, start + said.end)
        start = source.text.find(PREFIX, span.start, span.end) + len(PREFIX)
        end = source.text.find("-->", start, span.end)
        inside = source.text[start : span.end if end == -1 else end]
        return Span(start, start + len(inside.rstrip(TRIMMED)))


def _said(lines: list[str]) -> _Said | None:
    said = comment_lines(lines)
    if len(said) != 1 or not said[0].startswith(PREFIX):
        return None
    start = lines[0].find(PREFIX) + len(PREFIX)
    return _Said(said[0], start, start + len(said[0]) - len(PREFIX))


def _role_of(value: JsonValue) -> Role:
    if not isinstance(value, dict):
        return Role.METADATA
    match value.get("livebook_object"):
        case "cell_input":
            return Role.INPUT
        case "smart_cell":
            return Role.SMART
    return Role.STAMP if "stamp" in value else Role.METADATA
