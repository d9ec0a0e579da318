"""A notebook's text cut into what is merged: title, headings and cells, without losing anything.

Pieces with the text behind each, the head and the stamp are the whole text again.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum
from typing import TYPE_CHECKING

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.matching.pairing import Part
from livebook_ls.notebook.model import CellType, JsonValue, Span
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import Cell, Metadata, Notebook

BREAK = '<!-- livebook:{"break_markdown":true} -->'
PARENT = "branch_parent_index"

_BREAKS = re.compile(r'\s*(?:<!-- *livebook:\{"break_markdown": *true\} *-->\s*)*')
_FORCE = re.compile(r'<!-- *livebook:\{"force_markdown": *true\} *-->\Z')
_COMMENTS = re.compile(r"<!-- *livebook:.*?-->", re.DOTALL)
_BLOCKS = re.compile(
    r"^ {0,3}(`{3,}|~{3,})[^\n]*(?:\n(?:.*?\n)??(?: {0,3}\1[`~]*[ \t]*$|\Z)|\Z)",
    re.DOTALL | re.MULTILINE,
)
# What the importer takes for blank: Python knows more.
_BLANK = " \t\r\n"
_BLANK_END = re.compile(r"\s*\Z")


class PieceKind(Enum):
    """What a piece is."""

    PREFACE = "preface"  # comments before the title
    TITLE = "title"
    SETUP = "setup"
    SECTION = "section"
    CODE = "code"
    MARKDOWN = "markdown"
    SMART = "smart"
    LOOSE = "loose"  # text that is no part of any cell, such as a comment nobody takes


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A piece: `comment` as written with what separates it from `body`, then `outputs`.

    `value` is what the comment says, without the parent of a branch, which `parent` has as the
    position of that section's piece; the cells above all headings have none, and a branch off these
    `is_off_nameless`. `after` is the text up to the next piece. `span` is that of
    comment and body. `heading` is the position of the piece of its section, -1 without one.
    `blank_above` counts the blank lines above it that are more than the one that parts cells.
    """

    kind: PieceKind
    name: str
    comment: str
    value: JsonValue
    body: str
    outputs: str
    after: str
    span: Span
    heading: int
    blank_above: int = 0
    parent: int | None = None
    is_off_nameless: bool = False

    @property
    def text(self) -> str:
        """All of it, as written."""
        return self.comment + self.body + self.outputs

    @property
    def source(self) -> str:
        """Comment and body, as written: what people write."""
        return self.comment + self.body

    @property
    def content(self) -> tuple[str, str]:
        """What is the same where two pieces say the same, wherever and with whatever outputs."""
        return to_json(self.value) + self.unread, self.body

    @property
    def unread(self) -> str:
        """What people wrote between comment and body, and Livebook doesn't read: definitions of
        links.
        """
        return _COMMENTS.sub("", self.comment).strip()

    @property
    def unread_in_outputs(self) -> str:
        """The same between body and outputs, and among these."""
        return unread_in(self.outputs)

    @property
    def part(self) -> Part:
        """The piece as it is paired with those of another version."""
        is_single = self.kind in (PieceKind.PREFACE, PieceKind.TITLE, PieceKind.SETUP)
        is_heading = self.kind is PieceKind.SECTION
        kind = f"{self.kind.value} {self.name}" if self.kind is PieceKind.SETUP else self.kind.value
        return Part(kind, self._telling, is_single, is_heading)

    @property
    def _telling(self) -> str:
        """What tells a piece from others: no fence, which all code has."""
        if self.kind in (PieceKind.CODE, PieceKind.SMART):
            text = self.body.partition("\n")[2].rpartition("\n")[0]
        else:
            text = self.body
        is_told_apart = self.value is not None and self.kind is not PieceKind.SECTION
        return text + to_json(self.value) if is_told_apart else text


@dataclass(frozen=True, slots=True, kw_only=True)
class Pieces:
    """A whole text: `head` is what is blank before the first piece, `tail` what is in the stamp."""

    draft: Draft
    head: str
    all: tuple[Piece, ...]
    stamp: str

    @property
    def text(self) -> str:
        """The text that was cut."""
        return self.head + "".join(it.text + it.after for it in self.all) + self.stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    kind: PieceKind
    name: str
    comment: Metadata | None
    body: Span
    end: int
    parent: int | None = None

    @property
    def start(self) -> int:
        return self.body.start if self.comment is None else self.comment.span.start


def unread_in(outputs: str) -> str:
    """What people wrote among outputs, and Livebook doesn't read."""
    return _COMMENTS.sub("", _BLOCKS.sub("", outputs)).strip()


def cut(text: str) -> Pieces:
    """The pieces of a text."""
    draft = Draft(Source(text))
    notebook = draft.notebook
    end = len(text) if notebook.stamp is None else notebook.stamp.span.start
    places = sorted(_places(notebook, draft.source), key=lambda it: it.start)
    places = list(_with_loose_text(list(_apart(places, text)), text, end))
    head = places[0].start if places else end
    return Pieces(
        draft=draft, head=text[:head], all=tuple(_pieces(places, text, end)), stamp=text[end:]
    )


def _places(notebook: Notebook, source: Source) -> Iterator[_Place]:
    if notebook.name_span is not None:
        yield _line_place(
            PieceKind.TITLE, notebook.name, notebook.metadata_comment, notebook.name_span, source
        )
    for cell in notebook.setup:
        yield _cell_place(PieceKind.SETUP, cell.language or "", cell)
    for section in notebook.sections:
        if section.name_span is not None:
            yield _line_place(
                PieceKind.SECTION,
                section.name,
                section.metadata_comment,
                section.name_span,
                source,
                section.parent_index,
            )
        for cell in section.cells:
            yield _cell_place(_kind(cell), section.name, cell)


def _line_place(
    kind: PieceKind,
    name: str,
    comment: Metadata | None,
    name_span: Span,
    source: Source,
    parent: int | None = None,
) -> _Place:
    first, last = source.line_at(name_span.start), source.line_at(name_span.end)
    body = Span(source.starts[first], source.line_end(last))
    return _Place(kind=kind, name=name, comment=comment, body=body, end=body.end, parent=parent)


def _cell_place(kind: PieceKind, name: str, cell: Cell) -> _Place:
    start = cell.span.start if cell.metadata_comment is None else cell.body_span.start
    body = Span(min(start, cell.body_span.start), cell.body_span.end)
    return _Place(kind=kind, name=name, comment=cell.metadata_comment, body=body, end=cell.span.end)


def _kind(cell: Cell) -> PieceKind:
    return {
        CellType.CODE: PieceKind.CODE,
        CellType.MARKDOWN: PieceKind.MARKDOWN,
        CellType.SMART: PieceKind.SMART,
    }[cell.type]


def _apart(places: list[_Place], text: str) -> Iterator[_Place]:
    """The places without what a later one has: a title can stand in the middle of prose."""
    starts = [*(it.start for it in places), len(text)]
    for place, limit in zip(places, starts[1:], strict=True):
        if place.end <= limit:
            yield place
        elif kept := text[place.start : limit].rstrip(_BLANK):
            end = place.start + len(kept)
            body = Span(min(place.body.start, end), min(place.body.end, end))
            yield replace(place, body=body, end=end)


def _with_loose_text(places: list[_Place], text: str, end: int) -> Iterator[_Place]:
    """The places, and between them those of text that belongs to none."""
    at = 0
    for place in [*places, None]:
        start = end if place is None else place.start
        loose = _BREAKS.match(text, at, start)
        begin = loose.end() if loose else at
        blank = _BLANK_END.search(text, begin, start)
        stop = blank.start() if blank else start
        if place and place.kind is PieceKind.MARKDOWN and _FORCE.match(text, begin, stop):
            # The comment keeps a code block that the cell begins with in the cell.
            place = replace(place, body=Span(begin, place.body.end), comment=None)
        elif stop > begin:
            kind = PieceKind.LOOSE if at else PieceKind.PREFACE
            yield _Place(kind=kind, name="", comment=None, body=Span(begin, stop), end=stop)
        if place is not None:
            yield place
            at = place.end


def _pieces(places: list[_Place], text: str, end: int) -> Iterator[Piece]:
    headings = [at for at, place in enumerate(places) if place.kind is PieceKind.SECTION]
    has_nameless = False
    heading = -1
    for at, place in enumerate(places):
        if place.kind is PieceKind.SECTION:
            heading = at
        elif heading < 0 and place.kind in (PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART):
            has_nameless = True
        following = places[at + 1].start if at + 1 < len(places) else end
        yield Piece(
            kind=place.kind,
            name=place.name,
            comment=text[place.start : place.body.start],
            value=_value(place),
            body=text[place.body.start : place.body.end],
            outputs=text[place.body.end : place.end],
            after=text[place.end : following],
            span=Span(place.start, place.body.end),
            heading=heading,
            blank_above=_blank_lines(text, places[at - 1].end if at else 0, place.start),
            parent=_parent(place.parent, headings, has_nameless=has_nameless),
            is_off_nameless=has_nameless and place.parent == 0,
        )


def _blank_lines(text: str, start: int, end: int) -> int:
    blank = end - start - len(text[start:end].rstrip("\n"))
    return max(0, blank - 2)


def _value(place: _Place) -> JsonValue:
    value = None if place.comment is None else place.comment.value
    if isinstance(value, dict) and place.kind is PieceKind.SECTION and place.parent is not None:
        return {key: it for key, it in value.items() if key != PARENT} or None
    return value


def _parent(index: int | None, headings: list[int], *, has_nameless: bool) -> int | None:
    """The heading of a section; cells before any heading are a section without one."""
    if index is None:
        return None
    at = index - has_nameless
    return headings[at] if 0 <= at < len(headings) else None
