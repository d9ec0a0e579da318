"""HTML read as it streams by: what is open, and whole elements where somebody asks for them.

Python's own HTML parser does the reading: pages reach 23 MB, of which only little is kept, so no
tree of the page is built; and a parser written in C can't come along in a bundle for any machine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import TypeAlias

from livebook_ls.livebook.live.errors import PageNotUnderstood

Attributes: TypeAlias = Mapping[str, str]

_CHUNK_CHARACTERS = 65_536
# An image is one attribute with all its data; but Livebook writes no “<” into a tag.
_LONGEST_ODD_TAG = 500_000
# Livebook's own pages go 24 deep, outputs in tabs and frames a few more for each. What is asked of
# an element is asked of all in it, one call in the other: what is deeper counts as here.
_DEEPEST = 100
_VOID = frozenset(
    "area base br col embed hr img input link meta param source track wbr".split()  # noqa: SIM905
)


@dataclass(slots=True)
class PageElement:
    """An element with what is in it; attributes without a value have an empty one."""

    tag: str
    attributes: Attributes
    children: list[PageElement | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it, as written."""
        return "".join(it if isinstance(it, str) else it.text for it in self.children)

    def elements(self) -> Iterator[PageElement]:
        """The elements directly in it."""
        return (it for it in self.children if isinstance(it, PageElement))

    def walk(self, into: Callable[[PageElement], bool] = lambda _: True) -> Iterator[PageElement]:
        """All elements in it, in the page's order; only `into` those where it says so."""
        for child in self.elements():
            yield child
            if into(child):
                yield from child.walk(into)


Ended: TypeAlias = Callable[[PageElement], None]


class ElementReader(HTMLParser):
    """Tells of every element as it begins; `begin` may ask for what is in it, or for its end.

    To be subclassed: `begin` answers what to call with the whole element, or None. What is in an
    element that is asked for is not told of, it is in the element.
    """

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        # Open elements: the tag, what to call at its end, and the element while it is collected.
        self._open: list[tuple[str, Ended | None]] = []
        self._collected: list[PageElement] = []

    def read(self, html: str) -> None:
        """Read all of `html`; raises PageNotUnderstood where it is none that anybody means."""
        try:
            self._feed_all(html)
            self.close()
        except (AssertionError, ValueError):
            # The parser asserts what it knows of declarations, and reads no number of more than
            # 4300 digits as a character's.
            raise PageNotUnderstood("its HTML makes no sense") from None

    def begin(self, tag: str, attributes: Attributes) -> Ended | None:
        """An element begins that is not part of one being collected."""
        raise NotImplementedError

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As called by the parser."""
        attributes = {name: value or "" for name, value in attrs}
        if self._collected:
            element = self._collected[-1]
            if len(self._collected) < _DEEPEST:
                element = PageElement(tag, attributes)
                self._collected[-1].children.append(element)
            if tag not in _VOID:
                self._open.append((tag, None))
                self._collected.append(element)
            return
        ended = self.begin(tag, attributes)
        if tag in _VOID:
            if ended is not None:
                ended(PageElement(tag, attributes))
            return
        self._open.append((tag, ended))
        if ended is not None:
            self._collected.append(PageElement(tag, attributes))

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """As called by the parser: only in SVG does the slash end an element."""
        self.handle_starttag(tag, attrs)
        if tag not in _VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        """As called by the parser; an end without its beginning is nobody's."""
        is_open = bool(self._open) and self._open[-1][0] == tag
        if not is_open and not any(tag == it for it, _ in self._open):
            return
        while True:
            ended_tag, ended = self._open.pop()
            if self._collected:
                element = self._collected.pop()
                if ended is not None:
                    ended(element)
            self.closed(len(self._open))
            if ended_tag == tag:
                return

    def handle_data(self, data: str) -> None:
        """As called by the parser."""
        if self._collected:
            self._collected[-1].children.append(data)

    def updatepos(self, i: int, j: int) -> int:  # noqa: ARG002 — as inherited
        """As called by the parser, to count lines, which nobody asks for: a sixth of the time."""
        return j

    def closed(self, depth: int) -> None:
        """An element has ended, and `depth` are open still."""

    @property
    def depth(self) -> int:
        """How many elements are open."""
        return len(self._open)

    def _feed_all(self, html: str) -> None:
        """Feed it in chunks, so that little is copied; raises PageNotUnderstood where it ends, or
        goes on, in the midst of a tag.
        """
        at = 0
        while at < len(html):
            # The parser looks at what has no end yet from its beginning each time.
            end = at + max(_CHUNK_CHARACTERS, len(self.rawdata))
            self.feed(html[at:end])
            at = end
            if len(self.rawdata) > _LONGEST_ODD_TAG and self.rawdata.find("<", 1) > 0:
                break
        # When it is closed, the parser would look for an end once more from each sign that could
        # begin a tag.
        if self.rawdata.startswith("<") or at < len(html):
            raise PageNotUnderstood("it has a tag without an end")
