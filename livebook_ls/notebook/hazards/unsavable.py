"""Texts that Livebook reads but could not write back, or not in a form that it can read again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_decoding import InvalidJson, decode_json
from livebook_ls.notebook.hazard import Hazard, Severity, replacement
from livebook_ls.notebook.hazards.crashes import inert_comment
from livebook_ls.notebook.importing.annotations import PREFIX
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.characters import from_byte_view
from livebook_ls.notebook.markdown.html import opening_tag
from livebook_ls.notebook.markdown.places import block_span, comment_lines, line_span
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument


def unsavable_hazards(document: BlockDocument, block: Block, line: int) -> Iterable[Hazard]:
    """What would keep Livebook from saving, as far as it is seen without writing."""
    if block.kind is BlockKind.HTML:
        return _cut_tag(document, line)
    if block.kind is BlockKind.COMMENT and block.size > 1:
        return _split_comment(document, block, line)
    return ()


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
    place = line_span(document.source, line)
    yield Hazard("split-livebook-comment", Severity.UNSAVABLE, place, message, fix)


def _is_broken(said: str) -> bool:
    """Whether a comment could not be read as Livebook's own."""
    if not said.startswith(PREFIX):
        return False
    try:
        decode_json(said[len(PREFIX) :])
    except InvalidJson:
        return True
    return False
