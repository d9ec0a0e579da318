"""Headings a level higher or lower, and sections that become branches or leave off being any."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.cell_text import markdown_body
from livebook_ls.notebook.editing.outcome import Refusal
from livebook_ls.notebook.editing.places import heading_at, piece_at
from livebook_ls.notebook.editing.plan import PlannedPiece, newline_of, planned
from livebook_ls.notebook.editing.proof import Selected, settled
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.pieces.cutting import PieceKind, Pieces, cut
from livebook_ls.notebook.source import Source

if TYPE_CHECKING:
    from livebook_ls.notebook.editing.outcome import EditOutcome

_SIGNS = re.compile("#+")
_SECTION_LEVEL = 2
_DEEPEST_LEVEL = 6


def promote(text: str, offset: int) -> EditOutcome:
    """The heading at `offset` a level higher.

    A heading in a text cell that reaches the second level begins a section, which takes what is
    below it. A branch becomes a section of its own.
    """
    pieces = cut(text)
    found = _heading_in_text(pieces, offset)
    if found is not None:
        at, line, level = found
        if level - 1 == _SECTION_LEVEL:
            return _begun_section(pieces, at, line)
        return _releveled(pieces, at, line, level - 1, offset)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return refusals.NO_HEADING
    if pieces.all[heading].parent is None:
        return refusals.IS_TOP
    return _with_parent(pieces, heading, None, offset)


def demote(text: str, offset: int) -> EditOutcome:
    """The heading at `offset` a level lower; a section's becomes text of the section above."""
    pieces = cut(text)
    found = _heading_in_text(pieces, offset)
    if found is not None:
        at, line, level = found
        if level == _DEEPEST_LEVEL:
            return refusals.DEEPEST
        return _releveled(pieces, at, line, level + 1, offset)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return refusals.NO_HEADING
    if any(it.parent == heading for it in pieces.all):
        return refusals.HAS_BRANCHES
    if not any(it.kind is PieceKind.SECTION for it in pieces.all[:heading]):
        return refusals.NO_SECTION_ABOVE
    return _ended_section(pieces, heading)


def make_branch(text: str, offset: int) -> EditOutcome:
    """The section at `offset` as a branch of the nearest one above that is none."""
    pieces = cut(text)
    heading = heading_at(pieces, offset)
    if isinstance(heading, Refusal):
        return heading
    if pieces.all[heading].parent is not None:
        return refusals.IS_BRANCH
    if any(it.parent == heading for it in pieces.all):
        return refusals.HAS_BRANCHES
    above = [
        at
        for at, it in enumerate(pieces.all[:heading])
        if it.kind is PieceKind.SECTION and it.parent is None
    ]
    if not above:
        return refusals.NO_SECTION_ABOVE
    return _with_parent(pieces, heading, above[-1], offset)


def _with_parent(pieces: Pieces, heading: int, parent: int | None, offset: int) -> EditOutcome:
    plan = planned(pieces)
    plan[heading] = replace(plan[heading], parent=parent)
    at = piece_at(pieces, offset) or 0
    start = offset - pieces.all[at].span.start
    if at == heading:
        start = max(0, start - len(pieces.all[at].comment))
    return settled(pieces, plan, Selected(at, start, of_body=at == heading))


def _heading_in_text(pieces: Pieces, offset: int) -> tuple[int, int, int] | None:
    """The text cell, the line in it and the level of the heading at a place in the text."""
    at = piece_at(pieces, offset)
    if at is None or pieces.all[at].kind is not PieceKind.MARKDOWN:
        return None
    piece = pieces.all[at]
    inside = Source(piece.body)
    wanted = inside.line_at(offset - (piece.span.end - len(piece.body)))
    for block, line in with_lines(read_document(inside).blocks):
        if block.kind is BlockKind.HEADING and line == wanted and _signs(inside.lines[line]):
            return at, line, block.level
    return None


def _signs(line: str) -> re.Match[str] | None:
    return _SIGNS.match(line)


def _releveled(pieces: Pieces, at: int, line: int, level: int, offset: int) -> EditOutcome:
    was = pieces.all[at].body
    begin = Source(was).starts[line]
    body = was[:begin] + _SIGNS.sub("#" * level, was[begin:], count=1)
    plan = planned(pieces)
    plan[at] = replace(plan[at], body=body)
    start = offset - pieces.all[at].span.start + len(body) - len(was)
    return settled(pieces, plan, Selected(at, max(0, start)))


def _begun_section(pieces: Pieces, at: int, line: int) -> EditOutcome:
    """The text above the heading, a section of its name, and the text below in it."""
    lines = Source(pieces.all[at].body).lines
    heading = _SIGNS.sub("#" * _SECTION_LEVEL, lines[line], count=1).rstrip()
    plan = planned(pieces)
    kept = [_text("\n".join(it)) for it in (lines[:line], lines[line + 1 :])]
    above, below = kept
    if above is None or below is None:
        return refusals.UNWRITABLE
    newline = newline_of(pieces)
    section = PlannedPiece(kind=PieceKind.SECTION, body=heading)
    parts = [replace(plan[at], body=above.replace("\n", newline))] if above else []
    parts.append(section)
    if below:
        parts.append(PlannedPiece(kind=PieceKind.MARKDOWN, body=below.replace("\n", newline)))
    plan[at : at + 1] = parts
    return settled(pieces, plan, Selected(at + bool(above), _SECTION_LEVEL + 1))


def _text(text: str) -> str | None:
    return markdown_body(text) if text.strip() else ""


def _ended_section(pieces: Pieces, heading: int) -> EditOutcome:
    """The heading as text, in one cell with the text below it."""
    plan = planned(pieces)
    body = "#" + plan[heading].body.lstrip()
    is_followed = heading + 1 < len(plan) and plan[heading + 1].kind is PieceKind.MARKDOWN
    if is_followed:
        body += newline_of(pieces) * 2 + plan[heading + 1].body
    plan[heading : heading + 1 + is_followed] = [PlannedPiece(kind=PieceKind.MARKDOWN, body=body)]
    return settled(pieces, plan, Selected(heading, _SECTION_LEVEL + 2))
