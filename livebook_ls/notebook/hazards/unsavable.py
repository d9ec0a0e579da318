"""Texts that Livebook reads but could not write back, or not in a form that it can read again."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_decoding import InvalidJson, decode_json
from livebook_ls.notebook.exporting.canonical import canonical_document
from livebook_ls.notebook.exporting.rendering import markdown
from livebook_ls.notebook.hazard import Hazard, Severity, replacement
from livebook_ls.notebook.hazards.crashes import inert_comment
from livebook_ls.notebook.importing.annotations import BREAK_MARKDOWN, FORCE_MARKDOWN, PREFIX
from livebook_ls.notebook.importing.heading_rewriting import shown_nodes, with_lines
from livebook_ls.notebook.importing.importer import parse, read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.characters import from_byte_view
from livebook_ls.notebook.markdown.html import opening_tag
from livebook_ls.notebook.markdown.lines import Scan
from livebook_ls.notebook.markdown.places import block_span, comment_lines, line_span
from livebook_ls.notebook.markdown.tree import UnwritableError, tree
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook

_CODE = frozenset((BlockKind.FENCED, BlockKind.INDENTED))
_KEPT_LINES = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST))
# Nothing but marks of lists and quotes before it.
_BARE = re.compile(r"[\s>*+\-\d.)\ufeff]*\{:")


def unsavable_hazards(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    """What would keep Livebook from saving, as far as it is seen without writing."""
    if block.kind is BlockKind.HTML:
        yield from _cut_tag(document, line)
    elif block.kind is BlockKind.COMMENT and block.size > 1:
        yield from _split_comment(document, block, line)


def write_hazards(document: BlockDocument, notebook: Notebook) -> list[Hazard]:
    """The same, found by writing the notebook as Livebook would and reading that again."""
    if notebook.failures:
        return []
    found = [
        hazard
        for block, line in shown_nodes(document.blocks)
        for hazard in unsavable_hazards(document, block, line)
    ]
    return found or unwritable_hazards(document, notebook)


def unwritable_hazards(document: BlockDocument, notebook: Notebook) -> list[Hazard]:
    """What is only seen by writing, where no block shows anything by itself."""
    if notebook.failures or not _is_suspicious(document, notebook):
        return []
    written = canonical_document(document)
    if written is not None and not parse(written).failures:
        return []
    message = (
        "Livebook would read this text, but write it in a form that it can't open or save again;"
        " put a blank line around what looks like a comment or attribute list, or remove it."
    )
    return [Hazard("unsavable", Severity.UNSAVABLE, _suspect(document, notebook), message)]


def _cut_tag(document: BlockDocument, line: int) -> Iterator[Hazard]:
    if document.scan.lines[line].isascii():
        return
    tag = opening_tag(document.scan.lines[line])
    if tag is None:
        return
    parts = [tag.name, tag.rest, *(part for pair in tag.attributes for part in pair)]
    if all(from_byte_view(part) is not None for part in parts):
        return
    message = (
        "Livebook cuts a letter of this tag in two and could never save the notebook again;"
        " write &lt; for <."
    )
    start = document.source.starts[line]
    fix = replacement("Write < as &lt;", Span(start, start + 1), "&lt;")
    yield Hazard(
        "cut-character", Severity.UNSAVABLE, line_span(document.source, line), message, fix
    )


def _split_comment(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    """A `livebook:` comment over two lines: written back in one, it is read as JSON."""
    said = comment_lines(document.scan.lines[line : line + block.size])
    if len(said) != 1 or said[0].startswith(PREFIX) or not _is_broken(said[0].strip()):
        return
    span = block_span(document.source, (block, line))
    message = (
        "Livebook would write this comment in one line, and then read it as its own;"
        " write it in one line or without livebook:."
    )
    fix = inert_comment(document.source, span)
    yield Hazard("split-livebook-comment", Severity.UNSAVABLE, span, message, fix)


def _is_broken(said: str) -> bool:
    """Whether a comment could not be read as Livebook's own."""
    if not said.startswith(PREFIX):
        return False
    try:
        decode_json(said[len(PREFIX) :])
    except InvalidJson:
        return True
    return False


def _is_suspicious(document: BlockDocument, notebook: Notebook) -> bool:
    """Whether something could be read in another way once it is written back."""
    text = document.source.text
    if "{:" in text and any(_could_be_attributes(document)):
        return True
    # These two say nothing about what stands around them, and so can't stand in a wrong place.
    inert = text.count(BREAK_MARKDOWN) + text.count(FORCE_MARKDOWN)
    return text.count(PREFIX) - inert > _known_comments(notebook)


def _could_be_attributes(document: BlockDocument) -> Iterator[bool]:
    """For each line of prose with `{:`, whether it could be an attribute list once written."""
    lines = document.source.lines
    for block, line in with_lines(document.blocks):
        if block.kind in _CODE or not any("{:" in it for it in lines[line : line + block.size]):
            continue
        if block.kind is BlockKind.HTML:
            yield not _stays_html(document, block, line)
            continue
        for at in range(line, line + block.size):
            if "{:" in lines[at]:
                # Written anew, these keep their lines, and what stands before it on them.
                yield block.kind not in _KEPT_LINES or _BARE.match(lines[at]) is not None


def _stays_html(document: BlockDocument, block: Block, line: int) -> bool:
    """Whether the block, once it is written, is read as one element again."""
    lines, kinds = document.scan
    part = slice(line, line + block.size)
    try:
        written = markdown(tree(Scan(lines[part], kinds[part]), [(0, block)])[0])
    except UnwritableError:
        return False
    again = read_document(Source(written)).blocks
    return len(again) == 1 and again[0].kind is BlockKind.HTML and not again[0].notes


def _known_comments(notebook: Notebook) -> int:
    cells = [*notebook.setup, *(cell for section in notebook.sections for cell in section.cells)]
    return len(_comments(notebook)) + sum(len(cell.outputs) for cell in cells)


def _comments(notebook: Notebook) -> list[Span]:
    """Where the comments stand that Livebook takes for its own."""
    cells = [*notebook.setup, *(cell for section in notebook.sections for cell in section.cells)]
    comments = [notebook.metadata_comment]
    comments += [section.metadata_comment for section in notebook.sections]
    comments += [cell.metadata_comment for cell in cells]
    spans = [comment.span for comment in comments if comment is not None]
    return spans if notebook.stamp is None else [*spans, notebook.stamp.span]


def _prose_lines(document: BlockDocument) -> Iterator[int]:
    line = 0
    for block in document.blocks:
        if block.kind not in _CODE:
            yield from range(line, line + block.size)
        line += block.size + block.gap


def _suspect(document: BlockDocument, notebook: Notebook) -> Span:
    """The first place that looks like the cause."""
    taken = {span.start for span in _comments(notebook)}
    source = document.source
    for line in _prose_lines(document):
        content = source.lines[line]
        if ("<!--" in content and PREFIX in content) or "{:" in content:
            span = line_span(source, line)
            if span.start not in taken:
                return span
    return line_span(source, 0)
