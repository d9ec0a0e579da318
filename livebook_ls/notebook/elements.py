"""Blocks to the elements that Livebook's `import.ex` sorts them into (`group_elements`).

Its two rewrites of the blocks come first: headings are downgraded when there are several titles,
and a title that comes late moves to the top.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.blocks import Block, BlockKind
from livebook_ls.notebook.characters import TRIMMED
from livebook_ls.notebook.elixir_json import InvalidJson, decode_json
from livebook_ls.notebook.model import Failure, ImportWarning, Metadata, Output, Span
from livebook_ls.notebook.places import Node, block_span, code_text, comment_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livebook_ls.notebook.places import Document

CODE_LANGUAGES = frozenset(("elixir", "erlang", "python", "pyproject.toml"))

FORCE_MARKDOWN = 'livebook:{"force_markdown":true}'
BREAK_MARKDOWN = 'livebook:{"break_markdown":true}'
OUTPUT = 'livebook:{"output":true}'
_PREFIX = "livebook:"


class Role(Enum):
    """What a `livebook:` comment is for."""

    INPUT = "input"
    SMART = "smart"
    STAMP = "stamp"
    METADATA = "metadata"


@dataclass(frozen=True, slots=True)
class Title:
    """The heading that names the notebook."""

    node: Node


@dataclass(frozen=True, slots=True)
class SectionHeading:
    """A heading that begins a section."""

    node: Node


@dataclass(frozen=True, slots=True)
class Code:
    """A code block that is a cell, with the outputs behind it."""

    node: Node
    outputs: tuple[Output, ...]


@dataclass(frozen=True, slots=True)
class Prose:
    """Blocks that make a Markdown cell; none where a comment breaks an empty one open."""

    nodes: list[Node]
    span: Span


@dataclass(frozen=True, slots=True)
class Annotation:
    """A `livebook:` comment that Livebook reads."""

    role: Role
    metadata: Metadata


Element = Title | SectionHeading | Code | Prose | Annotation


class Grouping(NamedTuple):
    """The elements in order, what the rewrites said, and comments that are no JSON."""

    elements: list[Element]
    warnings: list[ImportWarning]
    failures: list[Failure]


def group_elements(document: Document) -> Grouping:
    """The elements of a document."""
    grouper = _Grouper(document)
    grouper.run()
    return Grouping(grouper.elements, grouper.warnings, grouper.failures)


class _Grouper:
    def __init__(self, document: Document) -> None:
        self.source, self.scan, self.blocks = document
        self.elements: list[Element] = []
        self.warnings: list[ImportWarning] = []
        self.failures: list[Failure] = []
        self.shift = 0
        self.at = 0
        self.nodes: list[Node] = []

    def run(self) -> None:
        self.nodes = self.rewritten(list(_shown(self.blocks)))
        count = len(self.nodes)
        while self.at < count:
            node = self.nodes[self.at]
            self.at += 1
            kind = node.block.kind
            if kind is BlockKind.HEADING and node.block.level + self.shift <= 2:
                is_title = node.block.level + self.shift == 1
                self.elements.append(Title(node) if is_title else SectionHeading(node))
            elif kind is BlockKind.COMMENT:
                self.add_comment(node)
            elif kind is BlockKind.FENCED and node.block.label in CODE_LANGUAGES:
                self.elements.append(Code(node, self.take_outputs()))
            else:
                self.add_prose(node)

    def rewritten(self, nodes: list[Node]) -> list[Node]:
        titles = [
            at
            for at, node in enumerate(nodes)
            if node.block.level == 1 and node.block.kind is BlockKind.HEADING
        ]
        if len(titles) > 1:
            self.shift = 1
            message = (
                f"downgrading all headings, because {len(titles)} instances of heading 1 were found"
            )
            self.warn(message, nodes[titles[1]])
        elif titles:
            return self.with_title_first(nodes, titles[0])
        return nodes

    def with_title_first(self, nodes: list[Node], title: int) -> list[Node]:
        first = title
        while first and nodes[first - 1].block.kind is BlockKind.COMMENT:
            first -= 1
        if first == 0:
            return nodes
        self.warn("moving heading 1 to the top of the notebook", nodes[title])
        return nodes[first : title + 1] + nodes[:first] + nodes[title + 1 :]

    def warn(self, message: str, node: Node) -> None:
        self.warnings.append(ImportWarning(message, block_span(self.source, node)))

    def says(self, node: Node) -> str | None:
        """The one line that a comment says; None for longer ones and other blocks."""
        if node.block.kind is not BlockKind.COMMENT:
            return None
        said = comment_lines(self.scan.lines[node.line : node.line + node.block.size])
        return said[0] if len(said) == 1 else None

    def add_prose(self, node: Node) -> None:
        if self.elements and isinstance(self.elements[-1], Prose):
            self.elements[-1].nodes.append(node)
        else:
            self.elements.append(Prose([node], block_span(self.source, node)))

    def add_comment(self, node: Node) -> None:
        said = self.says(node)
        if said == FORCE_MARKDOWN and self.at < len(self.nodes):
            forced = self.nodes[self.at]
            self.at += 1
            self.add_prose(forced)
        elif said == BREAK_MARKDOWN:
            self.elements.append(Prose([], block_span(self.source, node)))
        elif said is not None and said.startswith(_PREFIX):
            self.add_annotation(node, said[len(_PREFIX) :])
        else:
            self.add_prose(node)

    def add_annotation(self, node: Node, json: str) -> None:
        span = block_span(self.source, node)
        json_span = self.json_span(span)
        try:
            value = decode_json(json)
        except InvalidJson as error:
            self.failures.append(Failure("invalid-json", str(error), json_span))
            return
        role = Role.METADATA
        if isinstance(value, dict):
            kind = value.get("livebook_object")
            if kind == "cell_input":
                role = Role.INPUT
            elif kind == "smart_cell":
                role = Role.SMART
            elif "stamp" in value:
                role = Role.STAMP
        self.elements.append(
            Annotation(role, Metadata(span=span, json_span=json_span, value=value))
        )

    def json_span(self, span: Span) -> Span:
        start = self.source.text.find(_PREFIX, span.start, span.end) + len(_PREFIX)
        end = self.source.text.find("-->", start, span.end)
        if end == -1:
            end = span.end
        raw = self.source.text[start:end]
        end = start + len(raw.rstrip(TRIMMED))
        return Span(start, min(max(end, start), span.end))

    def take_outputs(self) -> tuple[Output, ...]:
        outputs: list[Output] = []
        while self.at < len(self.nodes):
            node = self.nodes[self.at]
            if node.block.kind is BlockKind.FENCED and node.block.label == "output":
                outputs.append(self.output(node, node, is_kept=True))
                self.at += 1
                continue
            below = self.nodes[self.at + 1] if self.at + 1 < len(self.nodes) else None
            if below is None or not _is_code(below.block) or self.says(node) != OUTPUT:
                break
            outputs.append(self.output(node, below, is_kept=not below.block.label))
            self.at += 2
        return tuple(outputs)

    def output(self, first: Node, code: Node, *, is_kept: bool) -> Output:
        span = Span(block_span(self.source, first).start, block_span(self.source, code).end)
        return Output(span=span, text=code_text(self.scan, code), is_kept=is_kept)


_UNSHOWN = frozenset((BlockKind.BLANK, BlockKind.LINK, BlockKind.ATTRIBUTES))


def _shown(blocks: Iterable[Block]) -> Iterable[Node]:
    """The blocks that are part of the document's tree, with their lines."""
    line = 0
    for block in blocks:
        if block.kind not in _UNSHOWN:
            yield Node(block, line)
        line += block.size + block.gap


def _is_code(block: Block) -> bool:
    return block.kind is BlockKind.FENCED or block.kind is BlockKind.INDENTED
