"""Headings of plain Markdown made into a title and sections, of which a notebook has two levels."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from livebook_ls.notebook.converting.pieces import CodePiece, Piece, ProsePiece, SectionPiece
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.markdown.places import Node

_TITLE_LEVEL, _SECTION_LEVEL, _DEEPEST = 1, 2, 6
# Jupyter's users centre titles so; to Livebook any such element is a title.
_HTML_HEADING = re.compile(
    r"[ \t]*<h(?P<level>[1-6])\b[^>]*>(?P<words>.*?)</h(?P=level)>[ \t]*\Z",
    re.IGNORECASE | re.DOTALL,
)
_HTML = (BlockKind.HTML, BlockKind.HTML_HEADING)


def with_sections(pieces: Sequence[Piece]) -> tuple[str | None, tuple[Piece, ...]]:
    """The title, if there is exactly one and nothing before it, and the pieces with sections.

    Where there are several titles, they become sections, and all other headings move down with
    them.
    """
    plain = [_with_plain_headings(it) for it in pieces]
    titles = [it for piece in plain for it in _headings(piece) if it[0].level == _TITLE_LEVEL]
    title = None
    first = next((it for it in plain if not (isinstance(it, CodePiece) and it.is_setup)), None)
    if len(titles) == 1 and first is not None and _begins_with_title(first):
        title = titles[0][0].label.strip()
    shift = 1 if titles and title is None else 0
    return title, tuple(_split(plain, shift, has_title=title is not None))


def _with_plain_headings(piece: Piece) -> Piece:
    if not isinstance(piece, ProsePiece):
        return piece
    source = Source(piece.text.replace("\r\n", "\n").replace("\r", "\n"))
    lines = source.lines[:]
    for block, line in reversed(with_lines(read_document(source).blocks)):
        said = "\n".join(source.lines[line : line + block.size])
        found = _HTML_HEADING.match(said) if block.kind in _HTML else None
        if found is not None:
            words = " ".join(found["words"].split())
            lines[line : line + block.size] = [f"{'#' * int(found['level'])} {words}"]
    return ProsePiece("\n".join(lines))


def _headings(piece: Piece) -> Iterator[Node]:
    if isinstance(piece, ProsePiece) and piece.text.strip():
        for node in with_lines(read_document(Source(piece.text)).blocks):
            if node[0].kind is BlockKind.HEADING:
                yield node


def _begins_with_title(piece: Piece) -> bool:
    first = next(_headings(piece), None)
    if first is None or not isinstance(piece, ProsePiece):
        return False
    above = Source(piece.text).lines[: first[1]]
    return first[0].level == _TITLE_LEVEL and not any(it.strip() for it in above)


def _split(pieces: Iterable[Piece], shift: int, *, has_title: bool) -> Iterator[Piece]:
    for piece in pieces:
        if isinstance(piece, ProsePiece):
            yield from _split_prose(piece, shift, drops_title=has_title)
        else:
            yield piece


def _split_prose(piece: ProsePiece, shift: int, *, drops_title: bool) -> Iterator[Piece]:
    lines = Source(piece.text).lines
    begin, kept = 0, list[str]()
    for block, line in _headings(piece):
        kept += lines[begin:line]
        begin = line + block.size
        level = block.level + shift
        if drops_title and level == _TITLE_LEVEL:
            continue
        if level <= _SECTION_LEVEL:
            yield from _prose(kept)
            kept = []
            if block.label.strip():
                yield SectionPiece(block.label.strip())
        elif shift:
            kept.append(f"{'#' * min(level, _DEEPEST)} {block.label}")
        else:
            kept += lines[line : line + block.size]
    yield from _prose([*kept, *lines[begin:]])


def _prose(lines: Sequence[str]) -> Iterator[ProsePiece]:
    said = [number for number, it in enumerate(lines) if it.strip()]
    if said:
        yield ProsePiece("\n".join(lines[said[0] : said[-1] + 1]))
