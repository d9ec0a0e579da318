"""Where the cursor is: its line, what stands before and behind it there, and in which block."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING

from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.markdown.blocks import BlockKind

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument, Node
    from livebook_ls.notebook.model import Notebook
    from livebook_ls.notebook.source import Source

_CODE = frozenset((BlockKind.FENCED, BlockKind.INDENTED))


@dataclass(frozen=True, slots=True, kw_only=True)
class CursorPlace:
    """A place in a notebook; `node` is the block whose line it is, or on whose gap it is."""

    notebook: Notebook
    source: Source
    offset: int
    line: int
    node: Node | None

    @property
    def before(self) -> str:
        """The line up to the cursor."""
        return self.source.text[self.source.starts[self.line] : self.offset]

    @property
    def behind(self) -> str:
        """The line behind the cursor."""
        return self.source.text[self.offset : self.source.line_end(self.line)]

    @property
    def opens_code(self) -> bool:
        """Whether the line is the one with which a block of code begins."""
        return self._is_in(BlockKind.FENCED) and self.node is not None and self.node[1] == self.line

    @property
    def is_in_code(self) -> bool:
        """Whether the line is code, or the fence that closes it."""
        return any(map(self._is_in, _CODE)) and not self.opens_code

    def next_line(self) -> str:
        """The next line that says something; empty where there is none."""
        return next((it for it in self.source.lines[self.line + 1 :] if it.strip()), "")

    def _is_in(self, kind: BlockKind) -> bool:
        if self.node is None:
            return False
        block, first = self.node
        return block.kind is kind and first <= self.line < first + block.size


def place_in(document: BlockDocument, notebook: Notebook, offset: int) -> CursorPlace:
    """The place at a character."""
    source = document.source
    line = source.line_at(offset)
    nodes = with_lines(document.blocks)
    at = bisect_right([first for _, first in nodes], line) - 1
    node = nodes[at] if at >= 0 else None
    return CursorPlace(notebook=notebook, source=source, offset=offset, line=line, node=node)
