"""Blocks that hold no hazard, seen at a glance: nearly all of a notebook's.

A glance may not see that a block is harmless; that it calls one so is to be relied on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.lines import LineKind

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument

_PARAGRAPH = BlockKind.PARAGRAPH
_FENCED = BlockKind.FENCED
_COMMENT = BlockKind.COMMENT
_LIST = BlockKind.LIST
_QUOTE = BlockKind.QUOTE
_COMPLETE_COMMENT = LineKind.COMMENT.value
_BLANKS = frozenset(" \t")
_BULLETS = frozenset("-*+")


def is_harmless(document: BlockDocument, block: Block, line: int) -> bool:
    """Whether the block certainly has nothing that the looks at its kind look for."""
    kind, size, _gap, _label, level, notes = block
    source, (lines, kinds, _parser), _blocks = document
    if kind is _FENCED:
        # Closed by nothing but backticks.
        return level > 0 and not lines[line + size - 1].strip("`")
    content = source.lines[line] if size == 1 else "\n".join(source.lines[line : line + size])
    if kind is _PARAGRAPH:
        is_prose = not notes and not kinds[line : line + size].strip("tT")
        return (
            is_prose
            and content[:1] not in _BLANKS
            and "```" not in content
            and "~~~" not in content
        )
    if kind is _COMMENT:
        is_complete = size == 1 and kinds[line] == _COMPLETE_COMMENT
        return is_complete and content.find("-->") + 3 == len(content)
    if kind is _LIST:
        return content[:1] in _BULLETS and not _may_lose(content) and not _may_swallow(content)
    return kind is _QUOTE and not _may_lose(content)


def _may_lose(content: str) -> bool:
    """Whether there could be a link definition or an attribute list in it."""
    return "]:" in content or "{:" in content


def _may_swallow(content: str) -> bool:
    """Whether a line below the first could begin a cell or section, or annotate one."""
    return "\n#" in content or "\n`" in content or "\n~" in content or "\n<" in content
