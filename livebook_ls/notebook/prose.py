"""What Livebook makes of Markdown cells: it keeps no text as it was, but reads and rewrites it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.annotations import FORCE_MARKDOWN
from livebook_ls.notebook.assembly import CODE_LANGUAGES, Assembler
from livebook_ls.notebook.lines import scan
from livebook_ls.notebook.markdown import markdown
from livebook_ls.notebook.nodes import Code, Comment, Heading, Node
from livebook_ls.notebook.rewriting import rewrite
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.splitting import split_blocks
from livebook_ls.notebook.tree import placed, tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.places import Document

_SECTION_LEVEL = 2
_FORCED = Comment((FORCE_MARKDOWN,))


def cell_sources(document: Document) -> list[str]:
    """The source of each Markdown cell as a session holds it, in order."""
    rewriting = rewrite(document)
    parts = Assembler(document, rewriting.nodes, rewriting.shift)
    parts.run()
    blocks = [(line, block) for nodes in parts.proses for block, line in nodes]
    found = iter(tree(document.scan, blocks))
    sources = []
    for nodes in parts.proses:
        inside = [node for _ in nodes for node in next(found)]
        sources.append(markdown(map(_lowered, inside) if rewriting.shift else inside))
    return sources


def reread(text: str) -> str:
    """The source of a Markdown cell that has this text, read on its own."""
    scanned = scan(Source(text).lines)
    nodes = [node for found in tree(scanned, placed(split_blocks(scanned))) for node in found]
    return markdown(node for node in nodes if node != _FORCED)


def exported_prose(source: str) -> str:
    """A Markdown cell as the file gets it: without headings that would be taken for a section's."""
    scanned = scan(Source(source).lines)
    nodes = (node for found in tree(scanned, placed(split_blocks(scanned))) for node in found)
    return markdown(_for_file(nodes))


def _lowered(node: Node) -> Node:
    return Heading(node.level + 1, node.text) if isinstance(node, Heading) else node


def _for_file(nodes: Iterable[Node]) -> Iterator[Node]:
    for node in nodes:
        if isinstance(node, Heading) and node.level <= _SECTION_LEVEL:
            continue
        if isinstance(node, Code) and node.info in CODE_LANGUAGES:
            yield _FORCED
        yield node
