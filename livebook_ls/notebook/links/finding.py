"""The links of a whole notebook: in its prose, and nowhere in code, comments and outputs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.links.inline import Link, links_in_prose
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import block_span
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument

_PROSE = frozenset(
    (
        BlockKind.PARAGRAPH,
        BlockKind.LIST,
        BlockKind.QUOTE,
        BlockKind.TABLE,
        BlockKind.HEADING,
        BlockKind.WORDS,
        BlockKind.HTML,
        BlockKind.HTML_HEADING,
        BlockKind.LOOSE_ATTRIBUTES,
    )
)
_SIGNS = re.compile(r"\]\(|<[A-Za-z]")
_DEFINITION = re.compile(
    r"[ ]{0,3}\[(?P<label>(?:\\.|[^\[\]\\])+)\]:[ \t]*(?:<(?P<angled>[^<>]*)>|(?P<plain>\S+))"
)
# Code in a list or quote, whose brackets are none of Markdown's.
_INNER_FENCE = re.compile(
    r"^[ \t>*+\-\d.)]*(?P<fence>`{3,}|~{3,})[^\n]*\n.*?(?:^[ \t>]*(?P=fence)|\Z)",
    re.MULTILINE | re.DOTALL,
)


def links_of(document: BlockDocument) -> tuple[Link, ...]:
    """All links of a document, in the order of the text."""
    found = sorted(_links(document), key=lambda it: (it.span.start, -it.span.end))
    return tuple(found)


def _links(document: BlockDocument) -> Iterator[Link]:
    source = document.source
    for node in with_lines(document.blocks):
        kind = node[0].kind
        if kind is BlockKind.LINK:
            yield from _defined(document, node[1])
        elif kind in _PROSE:
            span = block_span(source, node)
            text = source.text[span.start : span.end]
            if _SIGNS.search(text) is None:
                continue
            if "```" in text or "~~~" in text:
                text = _INNER_FENCE.sub(lambda it: " " * len(it[0]), text)
            yield from links_in_prose(text, span.start)


def _defined(document: BlockDocument, line: int) -> Iterator[Link]:
    """The link of a definition, which stands for those that name it."""
    found = _DEFINITION.match(document.source.lines[line])
    if found is None:
        return
    start = document.source.starts[line]
    group = "plain" if found["angled"] is None else "angled"
    yield Link(
        Span(*found.span()).moved(start),
        Span(*found.span("label")).moved(start),
        Span(*found.span(group)).moved(start),
        found[group],
        is_image=False,
    )
