"""The importer's two changes to the blocks before it reads them (`import.ex`, `rewrite_ast`).

Headings are downgraded when there are several titles, and a title that comes late moves to the top.
"""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import block_span
from livebook_ls.notebook.model import ImportWarning

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument, Node

_TITLES = frozenset((BlockKind.HEADING, BlockKind.HTML_HEADING, BlockKind.HTML))
_UNSHOWN = frozenset((BlockKind.BLANK, BlockKind.LINK, BlockKind.ATTRIBUTES))


class Rewriting(NamedTuple):
    """The blocks in the importer's order, how far headings moved down, and what it says."""

    nodes: list[Node]
    shift: int
    warnings: list[ImportWarning]


def with_lines(blocks: list[Block]) -> list[Node]:
    """The blocks, each with the line on which it begins."""
    return list(zip(blocks, _lines(blocks), strict=False))


def _lines(blocks: list[Block]) -> Iterator[int]:
    return accumulate([block[1] + block[2] for block in blocks], initial=0)


def shown_nodes(blocks: list[Block]) -> list[Node]:
    """The blocks that are part of the document's tree, each with its line."""
    return [node for node in with_lines(blocks) if node[0][0] not in _UNSHOWN]


def titles_of(nodes: list[Node]) -> list[Node]:
    """What counts as a heading of the first level: also any HTML of that name."""
    return [node for node in nodes if node[0][0] in _TITLES and node[0].level == 1]


def titles_in(blocks: list[Block]) -> list[Node]:
    """The same of blocks, of which most texts have one title and most parts of a text none."""
    if not [block for block in blocks if block[4] == 1 and block[0] in _TITLES]:
        return []
    return titles_of(with_lines(blocks))


def rewrite(document: BlockDocument) -> Rewriting:
    """The blocks that the importer goes through."""
    nodes = shown_nodes(document.blocks)
    titles = titles_of(nodes)
    if len(titles) > 1:
        message = (
            f"downgrading all headings, because {len(titles)} instances of heading 1 were found"
        )
        return Rewriting(nodes, 1, [_warning(document, message, titles[1])])
    if titles:
        return _with_title_first(document, nodes, nodes.index(titles[0]))
    return Rewriting(nodes, 0, [])


def _with_title_first(document: BlockDocument, nodes: list[Node], title: int) -> Rewriting:
    first = title
    while first and nodes[first - 1][0].kind == BlockKind.COMMENT:
        first -= 1
    if first == 0:
        return Rewriting(nodes, 0, [])
    message = "moving heading 1 to the top of the notebook"
    moved = nodes[first : title + 1] + nodes[:first] + nodes[title + 1 :]
    return Rewriting(moved, 0, [_warning(document, message, nodes[title])])


def _warning(document: BlockDocument, message: str, node: Node) -> ImportWarning:
    return ImportWarning(message, block_span(document.source, node))
