"""Links that name a definition elsewhere, written out in full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.blocks import BlockKind
from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import QuickFix, lines_removal
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.places import line_span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.places import Document

_DEFINITION = re.compile(r"\s*\[([^\]]+)\]:\s+(?:<(\S+)>|(\S+))(?:\s+[\"'(](.*)[\"')])?\s*\Z")
_CODE = frozenset((BlockKind.FENCED, BlockKind.INDENTED, BlockKind.COMMENT, BlockKind.LINK))


def inlined_links(document: Document, line: int) -> QuickFix | None:
    """Write the address of the definition on this line into the links that use it."""
    source = document.source
    match = _DEFINITION.match(source.lines[line])
    if match is None:
        return None
    name, bracketed, bare, title = match.groups()
    target = (bracketed or bare) + (f' "{title}"' if title else "")
    removal = lines_removal("", source, line_span(source, line)).replacements
    changes = [*_uses(document, name, target), *removal]
    changes.sort(key=lambda change: change.span.start)
    return QuickFix("Write the address into the links", tuple(changes))


def _uses(document: Document, name: str, target: str) -> Iterator[Replacement]:
    escaped = re.escape(name)
    # [words][name], [name][] and [name] alone, but no definition and no link with an address.
    use = re.compile(
        rf"\[(?P<words>[^\[\]]*)\]\[{escaped}\]|\[(?P<name>{escaped})\](?:\[\])?(?![\[(:])",
        re.IGNORECASE,
    )
    source = document.source
    at = 0
    for block in document.blocks:
        if block.kind not in _CODE:
            for line in range(at, at + block.size):
                start = source.starts[line]
                for match in use.finditer(source.lines[line]):
                    words = match["words"] or match["name"] or name
                    yield Replacement(
                        Span(start + match.start(), start + match.end()), f"[{words}]({target})"
                    )
        at += block.size + block.gap
