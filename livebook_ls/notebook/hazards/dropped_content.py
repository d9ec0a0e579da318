"""Texts of which Livebook would drop a part: words, attributes, outputs."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.hazard import (
    Hazard,
    Severity,
    lines_removal,
    replacement,
)
from livebook_ls.notebook.hazards.lost_words import lost_words_hazards
from livebook_ls.notebook.hazards.named_links.reference_links import ReferenceLinks
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.line_forms import item_of
from livebook_ls.notebook.markdown.places import block_span, line_span
from livebook_ls.notebook.markdown.tables import table_columns
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import ImportWarning, Notebook
    from livebook_ls.notebook.source import Source

_READ_ANEW = (BlockKind.HTML, BlockKind.HTML_HEADING, BlockKind.QUOTE)
_LEFT_ALIGNED = re.compile(r":-+\Z")
_BULLETS = frozenset("-*+")
_FIRST_NUMBER = re.compile(r"0*1[.)]\Z")
_SAID = {
    "discarding file entry": (
        "file-entry",
        "Livebook would drop this file entry; mend its name or form.",
    ),
    "ignoring the parent section": (
        "ignored-parent",
        "Livebook would drop this section's parent; name an earlier section"
        " that is no branch itself.",
    ),
    "found an input cell": (
        "input-cell",
        "Livebook no longer has input cells and would drop this one; use Kino.Input instead.",
    ),
    "found an invalid sequence of comments": (
        "leading-comments",
        "Livebook would drop the comments above the title; put your own at the very top.",
    ),
}


def text_drop_hazards(source: Source, notebook: Notebook) -> Iterator[Hazard]:
    """What is seen only in the whole text: how it begins, and what Livebook says of it."""
    yield from _at_the_start(source)
    for warning in notebook.warnings:
        yield from _from_warning(warning)


def link_hazards(document: BlockDocument) -> Iterator[Hazard]:
    """Link definitions, whose fix reaches into the whole text."""
    links = ReferenceLinks(document)
    for block, line in with_lines(document.blocks):
        if block.kind is BlockKind.LINK:
            yield _link(document, block, line, links)


def drop_hazards(document: BlockDocument, block: Block, line: int) -> Iterable[Hazard]:
    """Whatever of this block would be gone after Livebook's next save."""
    kind = block.kind
    if kind in _READ_ANEW:
        return lost_words_hazards(document, block, line)
    if kind is BlockKind.ATTRIBUTES:
        return _attributes(document, block, line)
    if kind is BlockKind.LIST:
        return _in_list(document, block, line)
    if kind is BlockKind.TABLE:
        return _alignment(document, block, line)
    if kind is BlockKind.COMMENT:
        return _tail(document, block, line)
    if kind is BlockKind.PARAGRAPH and block.notes:
        return _unexpected(document, block, line)
    return ()


def _at_the_start(source: Source) -> Iterator[Hazard]:
    if source.text.startswith("\ufeff"):
        message = "Livebook would take the byte order mark for text and lose the title; remove it."
        fix = replacement("Remove the byte order mark", Span(0, 1), "")
        yield Hazard("byte-order-mark", Severity.DROP, Span(0, 1), message, fix)
    if source.lines[0].rstrip() != "---" or not source.lines[1:2]:
        return
    ends = [at for at, line in enumerate(source.lines[:200]) if at and line.rstrip() == "---"]
    if not ends or not re.match(r"[\w-]+:", source.lines[1]):
        return
    span = Span(0, source.line_end(ends[0]))
    inside = source.text[source.starts[1] : source.starts[ends[0]]].rstrip()
    message = "Livebook knows no front matter and would take it apart; keep it in a comment."
    fix = replacement("Move the front matter into a comment", span, f"<!--\n{inside}\n-->\n")
    yield Hazard("front-matter", Severity.DROP, line_span(source, 0), message, fix)


def _link(document: BlockDocument, block: Block, line: int, links: ReferenceLinks) -> Hazard:
    message = "Livebook would drop this link definition; write its address into the links."
    span = block_span(document.source, (block, line))
    fix = links.inlined(line)
    return Hazard("link-definition", Severity.DROP, span, message, fix)


def _attributes(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    if any(note.kind == "fault" for note in block.notes):
        return
    source = document.source
    message = "Livebook would drop this attribute list."
    if block.size:
        span = line_span(source, line)
        fix = lines_removal("Remove the attribute list", source, span)
    else:
        # It stands behind a heading, whose line is the one above.
        above = line_span(source, line - 1)
        start = source.text.rfind("{:", above.start, above.end)
        span = Span(start, above.end)
        fix = replacement("Remove the attribute list", span, "")
    yield Hazard("attribute-list", Severity.DROP, span, message, fix)


def _in_list(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    if document.source.lines[line].lstrip(" \t")[:1] not in _BULLETS:
        yield from _list_start(document.source, line)
    yield from lost_words_hazards(document, block, line)


def _list_start(source: Source, line: int) -> Iterator[Hazard]:
    item = item_of(source.lines[line].expandtabs(4))
    if item is None or item.bullet in _BULLETS or _FIRST_NUMBER.match(item.bullet):
        return
    message = f"Livebook would number this list from 1 and not from {item.bullet[:-1]}."
    start = source.text.find(item.bullet, source.starts[line])
    span = Span(start, start + len(item.bullet))
    yield Hazard("list-start", Severity.DROP, span, message)


def _alignment(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    if block.size < 2:
        return
    row = document.scan.lines[line + 1]
    if any(_LEFT_ALIGNED.match(cell) for cell in table_columns(row)):
        message = "Livebook would drop the mark for left alignment, which it takes for granted."
        yield Hazard(
            "table-alignment", Severity.REFORMAT, line_span(document.source, line + 1), message
        )


def _tail(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    source = document.source
    last = line + block.size - 1
    end = source.lines[last].find("-->")
    tail = source.lines[last][end + 3 :]
    if end == -1 or not tail.strip():
        return
    span = Span(source.starts[last] + end + 3, source.line_end(last))
    message = "Livebook would drop what follows --> on its line; move it to a line of its own."
    fix = replacement("Move it to its own line", span, 2 * source.newline_at(last) + tail.strip())
    yield Hazard("comment-tail", Severity.DROP, span, message, fix)


def _unexpected(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    for note in block.notes:
        if note.text.startswith("Unexpected line"):
            span = line_span(document.source, line + note.line)
            message = "Livebook does not expect this line here and would drop it."
            fix = lines_removal("Remove the line", document.source, span)
            yield Hazard("unexpected-line", Severity.DROP, span, message, fix)


def _from_warning(warning: ImportWarning) -> Iterator[Hazard]:
    for beginning, (code, message) in _SAID.items():
        if warning.message.startswith(beginning):
            yield Hazard(code, Severity.DROP, warning.span, message)
