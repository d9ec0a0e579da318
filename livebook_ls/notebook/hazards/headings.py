"""Headings that Livebook takes for something else than their author: titles, sections, nothing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import Hazard, QuickFix, Severity, replacement
from livebook_ls.notebook.importing.heading_rewriting import shown_nodes
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.html import opening_tag
from livebook_ls.notebook.markdown.line_forms import heading_of
from livebook_ls.notebook.markdown.places import block_span, line_span
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument, Node
    from livebook_ls.notebook.source import Source

_HTML = (BlockKind.HTML, BlockKind.HTML_HEADING)
# The first level that is no heading to the importer.
_FREE_TAG = "h3"
_SECTION_LEVEL = 2
_BLANKS = frozenset(" \t")
_INDENTED = re.compile(r"[ \t]+(?=#{1,2}[ \t]|<h[12][\s/>])")


def heading_hazards(
    source: Source, titles: list[Node], document: Callable[[], BlockDocument], *, may_be_html: bool
) -> Iterator[Hazard]:
    """What is seen only in the whole text: several titles, and headings written as HTML where there
    may be such.
    """
    if len(titles) > 1:
        yield _several_titles(source, titles)
    elif may_be_html:
        whole = document()
        for node in shown_nodes(whole.blocks):
            if node[0].kind in _HTML and node[0].level:
                yield from _html_heading(whole, node)


def indented_heading_hazards(document: BlockDocument, block: Block, line: int) -> Iterable[Hazard]:
    """A heading behind blanks: text at first, a heading once the blanks are gone, then dropped."""
    is_indented = block.kind is BlockKind.PARAGRAPH and document.source.lines[line][:1] in _BLANKS
    return _behind_blanks(document.source, line) if is_indented else ()


def _behind_blanks(source: Source, line: int) -> Iterator[Hazard]:
    match = _INDENTED.match(source.lines[line])
    if match is None:
        return
    content = source.lines[line][match.end() :]
    if content.startswith("#") and heading_of(content) is None:
        return
    span = Span(source.starts[line] + match.end(), source.line_end(line))
    message = (
        "Livebook takes an indented heading for text, and would drop it when it saves;"
        " write it without the indentation."
    )
    blanks = Span(source.starts[line], source.starts[line] + match.end())
    fix = replacement("Remove the indentation", blanks, "")
    yield Hazard("indented-heading", Severity.DROP, span, message, fix)


def _several_titles(source: Source, titles: list[Node]) -> Hazard:
    # A title in Markdown is surely meant as one; HTML may be there for its looks.
    kept = next((it for it in titles if it[0].kind is BlockKind.HEADING), titles[0])
    others = [it for it in titles if it is not kept]
    changes = [_demoted(source, it) for it in others]
    block, line = others[0]
    message = (
        f"With {len(titles)} titles Livebook would name the notebook “Untitled notebook”, make"
        " sections of its titles, and text of its sections; keep one title."
    )
    is_html = block.kind is not BlockKind.HEADING
    name = f"Write it as <{_FREE_TAG}>" if is_html else "Make it a section"
    found = [change for change in changes if change is not None]
    fix = None
    if len(found) == len(changes):
        parts = sorted((it for change in found for it in change), key=lambda it: it.span.start)
        fix = QuickFix(name if len(others) == 1 else "Keep one title", tuple(parts))
    return Hazard("several-titles", Severity.WIPE, line_span(source, line), message, fix)


def _demoted(source: Source, title: Node) -> list[Replacement] | None:
    """The heading one level lower, or as HTML that is none; None where that is not sure."""
    block, line = title
    start = source.starts[line]
    if block.kind is not BlockKind.HEADING:
        return _renamed(source, title)
    if source.lines[line].startswith("#"):
        return [Replacement(Span(start, start), "#")]
    below = line_span(source, line + 1)
    dashes = source.text[below.start : below.end].replace("=", "-")
    return [Replacement(below, dashes)] if block.size == 2 else None


def _renamed(source: Source, node: Node) -> list[Replacement] | None:
    """The element under a name that is no heading to the importer."""
    span = block_span(source, node)
    text = source.text[span.start : span.end]
    tag = text[1:3]
    tags = [it.start() for it in re.finditer(rf"<(?={tag}[\s/>])", text)]
    ends = [it.start() for it in re.finditer(rf"</(?={tag}>)", text)]
    if len(tags) != 1 or len(ends) > 1:
        return None
    places = [tags[0] + 1, *(at + 2 for at in ends)]
    return [
        Replacement(Span(span.start + at, span.start + at + len(tag)), _FREE_TAG) for at in places
    ]


def _html_heading(document: BlockDocument, node: Node) -> Iterator[Hazard]:
    """HTML whose attributes, or which itself, is gone once Livebook has taken it for a heading."""
    block, line = node
    source = document.source
    tag = opening_tag(document.scan.lines[line])
    if tag is None:
        return
    span = line_span(source, line)
    if block.kind is BlockKind.HTML:
        if not any(map(str.isalnum, _content(source, node))):
            return
        message = (
            f"Livebook drops a <{tag.name}> that holds more than words when it saves;"
            f" write it as <{_FREE_TAG}>."
        )
        changes = _renamed(source, node)
        fix = None if changes is None else QuickFix(f"Write it as <{_FREE_TAG}>", tuple(changes))
        yield Hazard("html-heading", Severity.DROP, span, message, fix)
    elif tag.attributes:
        what = "title" if block.level == 1 else "name of a section"
        message = (
            f"Livebook takes this <{tag.name}> for the {what} and would drop its attributes;"
            f" write it with #, or as <{_FREE_TAG}>."
        )
        yield Hazard("html-heading", Severity.DROP, span, message, _as_markdown(source, node))


def _content(source: Source, node: Node) -> str:
    span = block_span(source, node)
    return re.sub(r"</?h[12][^>]*>", "", source.text[span.start : span.end])


def _as_markdown(source: Source, node: Node) -> QuickFix | None:
    block, _line = node
    written = "#" * block.level + " " + block.label
    heading = heading_of(written)
    if "\n" in block.label or heading is None or heading.text != block.label:
        return None
    return replacement(f"Write it with {'#' * block.level}", block_span(source, node), written)
