"""What is otherwise when Livebook reads again what it wrote: proven by doing just that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.canonical import canonical_document
from livebook_ls.notebook.exporting.rendering import markdown
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.hazards.swallowed_cells import begins_something
from livebook_ls.notebook.importing.annotations import (
    BREAK_MARKDOWN,
    FORCE_MARKDOWN,
    PREFIX,
)
from livebook_ls.notebook.importing.heading_rewriting import shown_nodes, with_lines
from livebook_ls.notebook.importing.importer import parse, read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.characters import TRIMMED
from livebook_ls.notebook.markdown.lines import LineKind, kind_of
from livebook_ls.notebook.markdown.places import block_span, comment_lines, line_span
from livebook_ls.notebook.markdown.tree import UnwritableError, tree
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.syncing.content_difference import Gone, gone

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.importing.composing import Placed
    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument
    from livebook_ls.notebook.model import Notebook

_SECTION_LEVEL = 2
# Told already as what is gone with the cell that held nothing else.
_HEADINGS = ("html-heading", "indented-heading")
_CODE = frozenset((BlockKind.FENCED, BlockKind.INDENTED))
_KEPT_LINES = frozenset((BlockKind.PARAGRAPH, BlockKind.LIST))
_REARRANGED = frozenset((BlockKind.HTML_HEADING, BlockKind.WORDS))
_PROSE = frozenset((LineKind.TEXT.value, LineKind.TABLE.value))
# What can begin a block: a line of prose that begins so may be one only where it stands.
_MARKS = frozenset("#<>`~-+*_[=|{0123456789" + TRIMMED)
# Nothing but marks of lists and quotes before it.
_BARE = re.compile(r"[\s>*+\-\d.)\ufeff]*\{:")
_INNER_RULE = re.compile(r"\s+([-*_])(?:\s*\1){2,}\s*\Z")


def second_reading_hazards(
    document: BlockDocument, notebook: Notebook, placed: list[Placed], seen: Iterable[Hazard]
) -> list[Hazard]:
    """What nobody has `seen` yet and only shows when what Livebook would write is read again."""
    if notebook.failures or not _may_change(document, known_comments(notebook, placed)):
        return []
    written = canonical_document(document)
    again = None if written is None else parse(written, document.scan.parser)
    if again is None or again.failures:
        message = (
            "Livebook would read this text, but write it in a form that it can't open or save"
            " again; put a blank line around what looks like a comment or attribute list, or"
            " remove it."
        )
        return [Hazard("unsavable", Severity.UNSAVABLE, _suspect(document, notebook), message)]
    told = list(seen)
    if any(hazard.severity is Severity.WIPE for hazard in told):
        return []
    missing = [
        # A title that moves to the top leaves the cell in whose midst it stands.
        it
        for it in gone(notebook, again)
        if not (it.is_word and it.what.strip("“”") in notebook.name)
    ]
    return list(_differences(document, missing, told))


def _differences(
    document: BlockDocument, missing: Iterable[Gone], told: list[Hazard]
) -> Iterator[Hazard]:
    """At most one hazard for cells or sections, and one for words that are not told."""
    words, cells = None, None
    for it in missing:
        # A cell that a comment breaks open and nothing fills is no loss.
        is_nothing = it.is_output or it.span.start == it.span.end
        if is_nothing or _is_told(document, it, told):
            continue
        if it.is_word:
            words = words or it
        else:
            cells = cells or it
    if words is not None:
        message = f"Livebook would drop {words.what} and perhaps more when it saves."
        yield Hazard("lost-words", Severity.DROP, words.span, message)
    if cells is not None:
        what = " ".join(cells.what.split())
        message = (
            "Livebook would write this in a form that it reads otherwise the next time, and"
            f" change {what}; write it without HTML, or without Livebook's comments around it."
        )
        line = document.source.line_at(cells.span.start)
        place = line_span(document.source, line)
        yield Hazard("read-otherwise", Severity.WIPE, place, message)


def _is_told(document: BlockDocument, missing: Gone, told: list[Hazard]) -> bool:
    """Whether a hazard accounts for it: a word's in its block or on a line with it, or a cell's."""
    source = document.source
    if not missing.is_word:
        start, end = missing.span
        return any(start <= it.span.start <= end and it.code in _HEADINGS for it in told)
    start, end = _block_at(document, missing.span.start)
    word = missing.what.strip("“”")
    lines = (source.lines[source.line_at(it.span.start)] for it in told)
    return any(start <= it.span.start <= end for it in told) or any(word in it for it in lines)


def _block_at(document: BlockDocument, offset: int) -> Span:
    for node in with_lines(document.blocks):
        if node[0].size and block_span(document.source, node).end >= offset:
            return block_span(document.source, node)
    return Span(offset, offset)


def known_comments(notebook: Notebook, placed: list[Placed]) -> int:
    """How many comments and outputs Livebook takes for its own; no cell is made for it."""
    count = sum(it is not None for it in (notebook.metadata_comment, notebook.stamp))
    for _fragment, parts, _offset, _line in placed:
        count += sum([it.comment is not None for it in parts.section_recipes])
        count += sum([(it.comment is not None) + len(it.outputs) for it in parts.recipes])
    return count


def _may_change(document: BlockDocument, known: int) -> bool:
    """Whether something could be read in another way once it is written back."""
    text = document.source.text
    if "{:" in text and any(_could_be_attributes(document)):
        return True
    # These two say nothing about what stands around them, and so can't stand in a wrong place.
    inert = text.count(BREAK_MARKDOWN) + text.count(FORCE_MARKDOWN)
    if text.count(PREFIX) - inert > known:
        return True
    is_forced = False
    for block, line in shown_nodes(document.blocks):
        if _is_doubtful(document, block, line, is_forced=is_forced):
            return True
        is_comment = block.kind is BlockKind.COMMENT
        is_forced = is_comment and FORCE_MARKDOWN in document.scan.lines[line]
    return is_forced


def _is_doubtful(document: BlockDocument, block: Block, line: int, *, is_forced: bool) -> bool:
    """Whether this block, written back, could be another one."""
    kind, lines = block.kind, document.scan.lines[line : line + block.size]
    if kind is BlockKind.PARAGRAPH:
        return _may_be_more(document, block, line)
    if kind is BlockKind.COMMENT:
        said = comment_lines(lines)
        is_own = len(said) == 1 and said[0].strip(TRIMMED).startswith(PREFIX)
        return is_own and (is_forced or block.size > 1)
    if kind is BlockKind.HEADING:
        return is_forced and block.level <= _SECTION_LEVEL
    if kind is BlockKind.FENCED:
        return block.label == "output"
    if kind is BlockKind.LIST:
        return any(begins_something(it.lstrip()) or _INNER_RULE.match(it) for it in lines[1:])
    if kind is BlockKind.HTML:
        return block.level > 0 or not _stays_html(document, block, line)
    return kind in _REARRANGED


def _may_be_more(document: BlockDocument, block: Block, line: int) -> bool:
    """Whether a paragraph's line could be more than prose without what stands above it."""
    lines, kinds, parser = document.scan
    first = lines[line][:1]
    if first in TRIMMED:
        return True
    for at in range(line, line + block.size):
        if kinds[at] not in _PROSE:
            return True
        if lines[at][:1] in _MARKS and kind_of(lines[at], parser) not in _PROSE:
            return True
    return False


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
    part = document.scan.part(line, line + block.size)
    try:
        written = markdown(tree(part, [(0, block)])[0])
    except UnwritableError:
        return False
    again = read_document(Source(written), part.parser).blocks
    return len(again) == 1 and again[0].kind is BlockKind.HTML and not again[0].notes


def _comments(notebook: Notebook) -> list[Span]:
    """Where the comments stand that Livebook takes for its own."""
    cells = notebook.cells
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
