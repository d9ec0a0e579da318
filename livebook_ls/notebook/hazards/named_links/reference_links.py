"""Links that name a definition elsewhere, written out in full where that is sure to be right.

A fix leaves what any Markdown renderer shows as it was. Where Livebook's reading of the text and
CommonMark's could differ, or a use can't be told from text, there is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import QuickFix, lines_removal
from livebook_ls.notebook.hazards.named_links.link_uses import (
    LinkUses,
    label_key,
    lines_below_html,
)
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import line_span

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument, Node

_DEFINITION = re.compile(
    r"\[(?P<label>(?:\\.|[^\[\]\\])+)\]:[ \t]+"
    r"(?P<address><[^<>\\`]*>|(?:[^\s<>\\`()\x00-\x1f]|\([^\s<>\\`()\x00-\x1f]*\))+)"
    r"(?P<title>[ \t]+(?:\"[^\"\\`]*\"|'[^'\\`]*'|\([^()\\`]*\)))?[ \t]*\Z"
)
# After these the text goes on as if nothing had been between.
_GOES_ON = frozenset((BlockKind.LIST, BlockKind.INDENTED))
_LONGEST_LABEL = 999
# A renderer with task lists takes these for a box.
_BOXES = frozenset(("", "X"))


@dataclass(frozen=True, slots=True)
class LinkDefinition:
    """A definition on a line of its own: its label to compare by, and what links get of it."""

    line: int
    key: str
    target: str


class ReferenceLinks:
    """The definitions of a document and the links that use them, found once when asked for."""

    def __init__(self, document: BlockDocument) -> None:
        self._document = document

    def inlined(self, line: int) -> QuickFix | None:
        """Write the address of the definition on this line into the links that use it."""
        definition = self._definitions.get(line)
        if definition is None:
            return None
        places = self._uses.of(definition.key)
        if not places:
            return None
        source = self._document.source
        changes = [Replacement(span, f"({definition.target})") for span in places]
        changes += lines_removal("", source, line_span(source, line)).replacements
        changes.sort(key=lambda change: change.span.start)
        return QuickFix("Write the address into the links", tuple(changes))

    @cached_property
    def _uses(self) -> LinkUses:
        keys = frozenset(it.key for it in self._definitions.values())
        definitions = frozenset(self._definitions)
        return LinkUses(self._document, keys, definitions, self._below_html)

    @cached_property
    def _nodes(self) -> list[Node]:
        return with_lines(self._document.blocks)

    @cached_property
    def _below_html(self) -> frozenset[int]:
        return lines_below_html(self._document, self._nodes)

    @cached_property
    def _definitions(self) -> dict[int, LinkDefinition]:
        """The definitions that are sure to be some, by their lines; none that is there twice."""
        nodes = self._nodes
        found: list[LinkDefinition] = []
        at = 0
        while at < len(nodes):
            end = at
            while end < len(nodes) and nodes[end][0].kind is BlockKind.LINK:
                end += 1
                if nodes[end - 1][0].gap:
                    break
            if end > at and nodes[at][1] not in self._below_html:
                found += self._run(nodes, at, end)
            at = max(end, at + 1)
        counts: dict[str, int] = {}
        for it in found:
            counts[it.key] = counts.get(it.key, 0) + 1
        return {it.line: it for it in found if counts[it.key] == 1 and it.key not in _BOXES}

    def _run(self, nodes: list[Node], first: int, end: int) -> list[LinkDefinition]:
        """The definitions on lines that follow each other, if all of them are surely some."""
        is_last = end == len(nodes)
        if not (is_last or nodes[end - 1][0].gap) or not _may_begin(nodes, first):
            return []
        above, below = _neighbours(nodes, first, end)
        if above is not None and above[0].kind in _GOES_ON and below is not None:
            start = self._document.source.lines[below[1]][:1]
            if below[0].kind in _GOES_ON or start.isspace():
                return []
        found = [self._definition(line) for _block, line in nodes[first:end]]
        return [it for it in found if it is not None] if all(found) else []

    def _definition(self, line: int) -> LinkDefinition | None:
        match = _DEFINITION.match(self._document.source.lines[line])
        if match is None or not match["label"].strip() or len(match["label"]) > _LONGEST_LABEL:
            return None
        target = match["address"] + (match["title"] or "")
        return LinkDefinition(line, label_key(match["label"]), target)


def _may_begin(nodes: list[Node], first: int) -> bool:
    """Whether a definition may begin here: it can't in the midst of a paragraph."""
    if first == 0:
        return True
    block = nodes[first - 1][0]
    return block.gap > 0 or block.kind in (BlockKind.HEADING, BlockKind.BLANK)


def _neighbours(nodes: list[Node], first: int, end: int) -> tuple[Node | None, Node | None]:
    """The nearest blocks above and below that are no definitions."""
    above = first - 1
    while above >= 0 and nodes[above][0].kind is BlockKind.LINK:
        above -= 1
    below = end
    while below < len(nodes) and nodes[below][0].kind is BlockKind.LINK:
        below += 1
    return nodes[above] if above >= 0 else None, nodes[below] if below < len(nodes) else None
