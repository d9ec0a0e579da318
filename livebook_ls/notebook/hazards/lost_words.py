"""Words inside HTML, lists and quotes that are gone once Livebook has written the block back."""

from __future__ import annotations

import re
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.rendering import markdown
from livebook_ls.notebook.hazard import Hazard, Severity, replacement
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.html import opening_tag, tag_of
from livebook_ls.notebook.markdown.places import BlockDocument, block_span
from livebook_ls.notebook.markdown.tree import UnwritableError, tree
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.markdown.lines import Scan

_WORD = re.compile(r"[^\W\d_][\w]*")
# From where a line or what the last brace has closed ends, so that nothing is looked at twice.
_ATTRIBUTES = re.compile(
    r"(?:^|(?<=[}\r]))((?:(?!\{:)[^}\r\n])*+)\{:[^}\r\n]++\}[ \t]*$", re.MULTILINE
)
_NESTED = (BlockKind.LIST, BlockKind.QUOTE)
# An attribute list for each of so many lines is enough to show what is the matter.
_MOST_LISTS = 20


def lost_words_hazards(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    """A hazard for each attribute list inside of the block, and one where it loses other words."""
    if block.notes and any(note.kind == "fault" for note in block.notes):
        return
    span = block_span(document.source, (block, line))
    raw = document.source.text[span.start : span.end]
    is_nested = block.kind in _NESTED
    if is_nested and "]:" not in raw and "{:" not in raw:
        return
    written = _written(document.scan.part(line, line + block.size), block)
    if written is None:
        return
    lists = _attribute_lists(document, raw, written) if is_nested else []
    for found in lists:
        place = Span(span.start + found.start, span.start + found.end)
        message = "Livebook would drop this attribute list."
        fix = replacement("Remove the attribute list", place, "")
        start = document.source.text.index("{:", place.start)
        yield Hazard("attribute-list", Severity.DROP, Span(start, place.end), message, fix)
    kept = raw
    for found in reversed(lists):
        kept = kept[: found.start] + " " * (found.end - found.start) + kept[found.end :]
    lost = Counter(_WORD.findall(kept)) - Counter(_WORD.findall(written))
    if lost:
        yield _lost(span, kept, next(iter(lost)), is_html=not is_nested)


def _lost(span: Span, raw: str, word: str, *, is_html: bool) -> Hazard:
    match = re.search(rf"\b{word}\b", raw)
    start = span.start + (match.start() if match else 0)
    what = "HTML" if is_html else "block"
    message = f"Livebook would drop “{word}” and perhaps more from this {what}."
    return Hazard("lost-words", Severity.DROP, Span(start, start + len(word)), message)


def _written(scan: Scan, block: Block) -> str | None:
    """The block as Livebook writes it; None where it can't."""
    if block.kind is BlockKind.HTML_HEADING:
        # It becomes a heading; that its attributes go is told as such.
        tag = opening_tag(scan.lines[0])
        attributes = () if tag is None else tag.attributes
        names = [word for pair in attributes for word in pair]
        return " ".join([block.label, tag_of(scan.lines[0]), tag_of(scan.lines[0]), *names])
    try:
        return markdown(tree(scan, [(0, block)])[0])
    except UnwritableError:
        return None


def _attribute_lists(document: BlockDocument, raw: str, written: str) -> list[Span]:
    """The attribute lists in a list or quote: what can be away without a change of what is kept."""
    found: list[Span] = []
    for place in islice(attribute_places(raw), _MOST_LISTS):
        without = raw[: place.start] + raw[place.end :]
        again = read_document(Source(without), document.scan.parser)
        if len(again.blocks) == 1 and _written(again.scan, again.blocks[0]) == written:
            found.append(place)
    return found


def attribute_places(raw: str) -> Iterator[Span]:
    """Where attribute lists stand at the ends of lines, with the blanks around them."""
    for match in _ATTRIBUTES.finditer(raw):
        yield Span(match.start() + len(match[1].rstrip(" \t")), match.end())
