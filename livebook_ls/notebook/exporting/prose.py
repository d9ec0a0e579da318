"""What Livebook makes of Markdown cells: it keeps no text as it was, but reads and rewrites it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.rendering import markdown
from livebook_ls.notebook.importing.annotations import FORCE_MARKDOWN
from livebook_ls.notebook.importing.assembly import CODE_LANGUAGES, prose_of_cells
from livebook_ls.notebook.importing.heading_rewriting import shown_nodes, titles_of
from livebook_ls.notebook.markdown.lines import scan
from livebook_ls.notebook.markdown.nodes import Code, Comment, Heading, Html, Node
from livebook_ls.notebook.markdown.parser_version import RELEASED, ParserVersion
from livebook_ls.notebook.markdown.splitting import split_blocks
from livebook_ls.notebook.markdown.tree import placed, tree
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.markdown.places import BlockDocument

_SECTION_LEVEL = 2
_SECTION_TAGS = ("h1", "h2")
_LOWERED_TAGS = {**{f"h{level}": f"h{level + 1}" for level in range(1, 6)}, "h6": "strong"}
_FORCED = Comment((FORCE_MARKDOWN,))

# Each line begins with a letter and ends without a blank; code in it begins and ends there too.
_PLAIN = re.compile(
    r"(?:[A-Za-z](?:[^\n\r\t|`\\]|`[^\n\r\t|`\\]+`)*+(?<=[!-~])(?:\n\n?(?=[A-Za-z])|\Z))++"
)


def cell_sources(document: BlockDocument) -> list[str]:
    """The source of each Markdown cell as a session holds it, in order."""
    proses = prose_of_cells(document)
    blocks = [(line, block) for prose in proses for block, line in prose]
    nodes = iter(tree(document.scan, blocks))
    lowers = _lowers_headings(document)
    sources = []
    for prose in proses:
        inside = [node for _ in prose for node in next(nodes)]
        sources.append(markdown(map(_lowered, inside) if lowers else inside))
    return sources


def reread(text: str, parser: ParserVersion = RELEASED) -> str:
    """The source of a Markdown cell that has this text, read on its own."""
    if _is_plain(text):
        return text
    scanned = scan(Source(text).lines, parser)
    nodes = [node for found in tree(scanned, placed(split_blocks(scanned))) for node in found]
    return markdown(node for node in nodes if node != _FORCED)


def exported_prose(source: str, parser: ParserVersion) -> str:
    """A Markdown cell as the file gets it: without headings that would be taken for a section's."""
    if _is_plain(source):
        return source
    scanned = scan(Source(source).lines, parser)
    nodes = (node for found in tree(scanned, placed(split_blocks(scanned))) for node in found)
    return markdown(_for_file(nodes))


def _is_plain(text: str) -> bool:
    """Whether the text is paragraphs of such simple lines that nothing about them can change."""
    return _PLAIN.fullmatch(text) is not None


def _lowers_headings(document: BlockDocument) -> bool:
    return len(titles_of(shown_nodes(document.blocks))) > 1


def _lowered(node: Node) -> Node:
    if isinstance(node, Heading):
        return Heading(node.level + 1, node.text)
    if isinstance(node, Html) and node.tag in _LOWERED_TAGS:
        return replace(node, tag=_LOWERED_TAGS[node.tag])
    return node


def _for_file(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Heading) and node.level <= _SECTION_LEVEL:
            continue
        if isinstance(node, Html) and node.tag in _SECTION_TAGS:
            continue
        if isinstance(node, Code) and node.info in CODE_LANGUAGES:
            yield _FORCED
        yield node
