"""Which links of a document name a definition, as far as that can be told for sure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from livebook_ls.notebook.hazards.named_links.brackets import Bracket, brackets_in
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.markdown.places import block_span
from livebook_ls.notebook.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livebook_ls.notebook.markdown.blocks import Block
    from livebook_ls.notebook.markdown.places import BlockDocument, Node

_PROSE = (BlockKind.PARAGRAPH, BlockKind.LIST, BlockKind.QUOTE, BlockKind.TABLE, BlockKind.HEADING)
_CONTAINERS = (BlockKind.LIST, BlockKind.QUOTE)
_SECTION_LEVEL = 2
_LABEL = re.compile(r"\[((?:\\.|[^\[\]\\])+)\]")
_CONTINUATION = re.compile(r"[\r\n]+[ \t>]*")
_SPACES = re.compile(r"\s+")
_FENCE = re.compile(r"[ \t>*+\-\d.)]*(?:```|~~~)")
_OPENING = re.compile(r"(`{3,})[^`]*\Z|(~{3,}).*\Z")
_HTML_START = re.compile(r"[ \t>*+\-]*<")
# Elements that CommonMark ends not at a blank line but at their end tag, or never.
_LONG_HTML = re.compile(
    r"^[ \t>*+\-]*<(?:script|pre|style|textarea|\?|!\[|![A-Z])", re.IGNORECASE | re.MULTILINE
)
_CODE_IN_LIST = re.compile(
    r"(?: {4,}|\t)(?! *(?:[-*+]|\d+[.)])[ \t])|[ \t]*(?:[-*+]|\d+[.)]) {5,}| {8,}"
)
# Also of a quote in a list.
_CODE_IN_QUOTE = re.compile(r"> {5,}")
_MARKERS = frozenset(" \t>*+-")


def label_key(label: str) -> str:
    """A label as CommonMark compares it: without differences of case and white space."""
    return _SPACES.sub(" ", label.strip()).lower().upper()


def lines_below_html(document: BlockDocument, nodes: Iterable[Node]) -> frozenset[int]:
    """The first lines of the blocks to which HTML above may go on, whatever they look like: to
    CommonMark it ends at a blank line alone.
    """
    found: set[int] = set()
    is_html = False
    for block, line in nodes:
        if is_html:
            found.add(line)
        lines = document.source.lines[line : line + block.size]
        is_html = not block.gap and (is_html or any(map(_HTML_START.match, lines)))
    return frozenset(found)


class LinkUses:
    """The places of the links that name one of the `keys`, for those whose every use is sure."""

    def __init__(
        self,
        document: BlockDocument,
        keys: frozenset[str],
        definitions: frozenset[int],
        below_html: frozenset[int],
    ) -> None:
        """`definitions` are the lines of those that are surely some; `below_html` is what
        `lines_below_html` finds.
        """
        self._document = document
        self._keys = keys
        self._places: dict[str, list[Span]] = {}
        self._doubtful: set[str] = set()
        if not keys or _LONG_HTML.search(document.source.text) is not None:
            return
        nodes = with_lines(document.blocks)
        if not all(_has_plain_fences(document, node) for node in nodes):
            return
        for index, node in enumerate(nodes):
            if node[0].kind is BlockKind.LINK and node[1] in definitions:
                continue
            above = nodes[index - 1][0] if index else None
            self._look(node, above, is_below_html=node[1] in below_html)

    def of(self, key: str) -> list[Span]:
        """What to replace by an address in the links that name `key`; empty where it isn't sure."""
        return [] if key in self._doubtful else self._places.get(key, [])

    def _look(self, node: Node, above: Block | None, *, is_below_html: bool) -> None:
        block, _line = node
        kind = block.kind
        is_apart = above is None or above.gap > 0 or above.kind is BlockKind.HEADING
        if kind in (BlockKind.FENCED, BlockKind.COMMENT, BlockKind.BLANK):
            return
        if (
            kind is BlockKind.INDENTED
            and is_apart
            and (above is None or above.kind not in _PROSE[1:3])
        ):
            return
        span = block_span(self._document.source, node)
        text = self._document.source.text[span.start : span.end]
        if "[" not in text:
            return
        is_sure = kind in _PROSE and is_apart and not is_below_html and not self._is_odd(node, text)
        pairs = brackets_in(text) if is_sure else None
        if pairs is None or any(_may_define(text, it) for it in pairs):
            self._doubtful.update(self._named(text))
            return
        self._take(text, span.start, pairs)

    def _is_odd(self, node: Node, text: str) -> bool:
        """Whether it could be anything but prose to CommonMark."""
        block, line = node
        lines = self._document.source.lines[line : line + block.size]
        kinds = self._document.scan.kinds[line : line + block.size]
        if block.kind is BlockKind.HEADING:
            return block.level <= _SECTION_LEVEL
        if block.kind is BlockKind.PARAGRAPH and not set(kinds) <= {"t", "T"}:
            return True
        if block.kind in _CONTAINERS:
            if "```" in text or "~~~" in text or "\t" in text:
                return True
            if _CODE_IN_QUOTE.search(text) is not None:
                return True
            if any(_CODE_IN_LIST.match(it.lstrip("> ") if it[:1] == ">" else it) for it in lines):
                return True
        if block.kind is BlockKind.TABLE or "|" in text:
            return "`" in text or "|" in "".join(self._keys)
        return any(_HTML_START.match(it) for it in lines)

    def _named(self, text: str) -> set[str]:
        """The labels that could be named somewhere in the text."""
        return {_key_of(it.group(1)) for it in _LABEL.finditer(text)} & self._keys

    def _take(self, text: str, offset: int, pairs: list[Bracket]) -> None:
        by_end = {pair.end: pair for pair in pairs}
        by_start = {pair.start: pair for pair in pairs}
        for pair in pairs:
            key = _key_of(text[pair.start + 1 : pair.end - 1])
            if pair.has_address and pair.start in by_end and key in self._keys:
                # A label behind words comes before the address behind the label.
                self._doubtful.add(key)
            if pair.inner or pair.has_address or key not in self._keys:
                continue
            found = _place(text, pair, by_start, by_end, self._keys)
            if found is None:
                self._doubtful.add(key)
            elif found.end >= 0:
                place = Span(offset + found.start, offset + found.end)
                self._places.setdefault(key, []).append(place)


_NO_USE = Span(-1, -1)


def _place(
    text: str,
    pair: Bracket,
    by_start: dict[int, Bracket],
    by_end: dict[int, Bracket],
    keys: frozenset[str],
) -> Span | None:
    """What an address takes the place of; `_NO_USE` where it is no use, None if that is unsure."""
    words = by_end.get(pair.start)
    following = by_start.get(pair.end)
    if words is not None:
        is_simple = (
            not words.has_address and words.start not in by_end and words.end > words.start + 2
        )
        is_simple = is_simple and all(it.is_image for it in words.inner)
        is_free = words.is_outermost or words.is_image
        is_last = following is None and text[pair.end : pair.end + 1] not in ("[", "(")
        return Span(pair.start, pair.end) if is_simple and is_free and is_last else None
    if not (pair.is_outermost or pair.is_image):
        return None
    after = text[pair.end : pair.end + 1]
    if following is not None:
        if _is_empty(following):
            is_last = text[following.end : following.end + 1] not in ("[", "(")
            return Span(following.start, following.end) if is_last else None
        named = _key_of(text[following.start + 1 : following.end - 1])
        return _NO_USE if named in keys and not following.inner else None
    return None if after in ("[", "(") else Span(pair.end, pair.end)


def _may_define(text: str, pair: Bracket) -> bool:
    """Whether CommonMark may take the pair for a definition's label, also over several lines."""
    if text[pair.end : pair.end + 1] != ":":
        return False
    at = pair.start
    while at and text[at - 1] in _MARKERS:
        at -= 1
    return at == 0 or text[at - 1] in "\r\n"


def _is_empty(pair: Bracket) -> bool:
    return pair.end == pair.start + 2


def _key_of(label: str) -> str:
    return label_key(_CONTINUATION.sub(" ", label))


def _has_plain_fences(document: BlockDocument, node: Node) -> bool:
    """Whether CommonMark sees code begin and end exactly where Livebook does."""
    block, line = node
    lines = document.source.lines[line : line + block.size]
    if block.kind in (BlockKind.COMMENT, BlockKind.INDENTED):
        return True
    if block.kind is not BlockKind.FENCED:
        return sum(_FENCE.match(it) is not None for it in lines) % 2 == 0 and not (
            block.kind is BlockKind.PARAGRAPH and any(map(_FENCE.match, lines))
        )
    opening = _OPENING.match(lines[0])
    if opening is None or block.level == 0:
        return False
    fence = opening.group(1) or opening.group(2)
    closing = re.compile(rf" {{0,3}}{fence[0]}{{{len(fence)},}}[ \t]*\Z")
    return [it for it in range(1, len(lines)) if closing.match(lines[it])] == [len(lines) - 1]
