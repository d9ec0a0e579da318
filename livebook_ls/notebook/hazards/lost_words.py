"""Words inside HTML, lists and quotes that are gone once Livebook has written the block back."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from livebook_ls.notebook.exporting.rendering import markdown
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.markdown.blocks import Block, BlockKind
from livebook_ls.notebook.markdown.lines import Scan
from livebook_ls.notebook.markdown.places import block_span
from livebook_ls.notebook.markdown.tree import UnwritableError, tree
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.markdown.places import BlockDocument

_WORD = re.compile(r"[^\W\d_][\w]*")
_NESTED = (BlockKind.LIST, BlockKind.QUOTE)


def lost_words_hazards(document: BlockDocument, block: Block, line: int) -> Iterator[Hazard]:
    """A hazard where the block would lose words."""
    if any(note.kind == "fault" for note in block.notes):
        return
    span = block_span(document.source, (block, line))
    raw = document.source.text[span.start : span.end]
    if block.kind in _NESTED and "]:" not in raw and "{:" not in raw:
        return
    lines, kinds = document.scan
    end = line + block.size
    try:
        written = markdown(tree(Scan(lines[line:end], kinds[line:end]), [(0, block)])[0])
    except UnwritableError:
        return
    lost = Counter(_WORD.findall(raw)) - Counter(_WORD.findall(written))
    if lost:
        word = next(iter(lost))
        match = re.search(rf"\b{word}\b", raw)
        start = span.start + (match.start() if match else 0)
        what = "HTML" if block.kind is BlockKind.HTML else "block"
        message = f"Livebook would drop “{word}” and perhaps more from this {what}."
        yield Hazard("lost-words", Severity.DROP, Span(start, start + len(word)), message)
