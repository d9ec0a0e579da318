"""The blocks of a document: headings, paragraphs, lists, code, as EarmarkParser has them.

Blocks know how many lines they have, not where they are: the sizes and gaps of a document's
blocks, added up, are its lines. What is inside a list or quote is read on demand.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from livebook_ls.notebook.markdown.attribute_lists import parse_attributes


class BlockKind(StrEnum):
    """What a run of lines is."""

    BLANK = "blank"
    HEADING = "heading"
    RULE = "rule"
    QUOTE = "quote"
    TABLE = "table"
    PARAGRAPH = "paragraph"
    LIST = "list"
    INDENTED = "indented"
    FENCED = "fenced"
    HTML = "html"
    HTML_HEADING = "html heading"
    WORDS = "words"
    COMMENT = "comment"
    LINK = "link"
    ATTRIBUTES = "attributes"
    LOOSE_ATTRIBUTES = "loose attributes"


class NoteKind(StrEnum):
    """How bad it is: EarmarkParser's two degrees, and what makes Livebook raise."""

    ERROR = "error"
    WARNING = "warning"
    FAULT = "fault"


class Note(NamedTuple):
    """Something wrong in a block, `line` lines below its first."""

    kind: NoteKind
    line: int
    text: str


class Block(NamedTuple):
    """`size` lines of content and `gap` blank ones after them.

    `label` is a heading's text, a rule's character, a code block's info, an attribute list, or the
    words behind an HTML heading. `level` is a heading's level, that of the heading which an HTML
    block is to Livebook, or for fenced code the number of lines (0 or 1) that close it.
    """

    kind: BlockKind
    size: int
    gap: int
    label: str = ""
    level: int = 0
    notes: tuple[Note, ...] = ()


_ATTRIBUTES = BlockKind.ATTRIBUTES

FAULT_ATTRIBUTES = "attributes"
FAULT_TAG = "tag"


def bind_attributes(blocks: list[Block]) -> list[Block]:
    """Settle which attribute lists belong to the block before them; others are shown as text."""
    lists = [at for at, block in enumerate(blocks) if block.kind is _ATTRIBUTES]
    if not lists:
        return blocks
    bound = list(blocks)
    at = lists[-1]
    while at >= 0:
        if blocks[at].kind is not _ATTRIBUTES:
            at -= 1
            continue
        if at == 0 or blocks[at - 1].kind is BlockKind.BLANK:
            bound[at] = blocks[at]._replace(kind=BlockKind.LOOSE_ATTRIBUTES)
            at -= 1
            continue
        # A list takes the block before it, and if that is a list too, it is spent.
        target = blocks[at - 1]
        if target.kind is BlockKind.ATTRIBUTES:
            bound[at - 1] = target._replace(kind=BlockKind.LOOSE_ATTRIBUTES)
        elif _is_fatal(target, blocks[at].label):
            note = Note(NoteKind.FAULT, 0, FAULT_ATTRIBUTES)
            bound[at] = blocks[at]._replace(notes=(*blocks[at].notes, note))
        at -= 2
    return bound


def _is_fatal(target: Block, inside: str) -> bool:
    """Whether Livebook's Markdown writer has no words for this block with these attributes."""
    if target.kind is BlockKind.QUOTE:
        return bool(parse_attributes(inside).values)
    return target.kind is BlockKind.RULE and "class" in parse_attributes(inside).values
