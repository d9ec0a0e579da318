"""Links that name a definition elsewhere, written out in full."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.hazard import QuickFix, lines_removal
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import line_span
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import BlockDocument

_DEFINITION = re.compile(r"\s*\[([^\]]+)\]:\s+(?:<(\S+)>|(\S+))(?:\s+[\"'(](.*)[\"')])?\s*\Z")
# [words][name], [name][] and [name] alone, but no definition and no link with an address.
_USE = re.compile(
    r"\[(?P<words>[^\[\]]*)\]\[(?P<name>[^\[\]]+)\]|\[(?P<alone>[^\[\]]+)\](?:\[\])?(?![\[(:])"
)
_CODE = frozenset((BlockKind.FENCED, BlockKind.INDENTED, BlockKind.COMMENT, BlockKind.LINK))


class ReferenceLinks:
    """The links of a document that name a definition, found once, when they are asked for."""

    def __init__(self, document: BlockDocument) -> None:
        self._document = document
        self._uses: dict[str, list[tuple[Span, str]]] | None = None

    def inlined(self, line: int) -> QuickFix | None:
        """Write the address of the definition on this line into the links that use it."""
        source = self._document.source
        match = _DEFINITION.match(source.lines[line])
        if match is None:
            return None
        name, bracketed, bare, title = match.groups()
        target = (bracketed or bare) + (f' "{title}"' if title else "")
        if self._uses is None:
            self._uses = _uses(self._document)
        changes = [
            Replacement(span, f"[{words}]({target})")
            for span, words in self._uses.get(name.lower(), [])
        ]
        changes += lines_removal("", source, line_span(source, line)).replacements
        changes.sort(key=lambda change: change.span.start)
        return QuickFix("Write the address into the links", tuple(changes))


def _uses(document: BlockDocument) -> dict[str, list[tuple[Span, str]]]:
    """For each name the links that use it, and their words."""
    found: dict[str, list[tuple[Span, str]]] = {}
    source = document.source
    at = 0
    for block in document.blocks:
        if block.kind not in _CODE:
            for line in range(at, at + block.size):
                start = source.starts[line]
                for match in _USE.finditer(source.lines[line]):
                    name = match["name"] or match["alone"]
                    span = Span(start + match.start(), start + match.end())
                    found.setdefault(name.lower(), []).append((span, match["words"] or name))
        at += block.size + block.gap
    return found
