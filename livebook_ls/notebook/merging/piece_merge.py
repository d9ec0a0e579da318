"""One piece in three versions made one: its comment by keys, its body by lines."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind
from livebook_ls.notebook.merging.lines.merge import Clash, MergedLines, merge_lines
from livebook_ls.notebook.merging.metadata_merge import KeyClash, merge_values
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.pieces.cutting import Piece, PieceKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from livebook_ls.notebook.model import JsonValue

_NAMED = (PieceKind.TITLE, PieceKind.SECTION)
_SEPARATOR = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """A piece's comment and the lines of its body, with conflicts where they are."""

    comment: str | Conflict
    lines: tuple[str | Conflict, ...]

    @property
    def has_conflict(self) -> bool:
        """Whether any part is in conflict."""
        return any(isinstance(it, Conflict) for it in (self.comment, *self.lines))


def merge_piece(base: Piece | None, ours: Piece, theirs: Piece) -> Content | None:
    """The merged content; None where the piece can't be taken apart: a smart cell."""
    if ours.content == theirs.content:
        return _whole(min((ours, theirs), key=lambda it: it.source))
    if base is not None and theirs.content == base.content:
        return _whole(ours)
    if base is not None and ours.content == base.content:
        return _whole(theirs)
    if ours.kind is PieceKind.SMART:
        return None
    return Content(comment=_comment(base, ours, theirs), lines=tuple(_lines(base, ours, theirs)))


def _whole(piece: Piece) -> Content:
    return Content(comment=piece.comment, lines=tuple(piece.body.split("\n")))


def _comment(base: Piece | None, ours: Piece, theirs: Piece) -> str | Conflict:
    old = None if base is None else base.value
    try:
        value = merge_values(old, ours.value, theirs.value)
    except KeyClash:
        return _metadata_conflict(base, ours, theirs)
    return written_comment(value, ours, theirs)


def written_comment(value: JsonValue, *pieces: Piece) -> str:
    """The comment that says the value, as one of the pieces has it where one does."""
    as_is = [it.comment for it in pieces if to_json(it.value) == to_json(value)]
    if as_is:
        return min(as_is)
    return "" if value is None else f"<!-- livebook:{to_json(value)} -->{_SEPARATOR}"


def _metadata_conflict(base: Piece | None, ours: Piece, theirs: Piece) -> Conflict:
    return Conflict(
        kind=ConflictKind.METADATA,
        ours=ours.comment,
        theirs=theirs.comment,
        base="" if base is None else base.comment,
        span=_span_of_comment(ours),
        theirs_span=_span_of_comment(theirs),
        section=ours.name,
        can_keep_both=False,
    )


def _span_of_comment(piece: Piece) -> Span:
    return Span(piece.span.start, piece.span.start + len(piece.comment.rstrip()))


def _lines(base: Piece | None, ours: Piece, theirs: Piece) -> Iterator[str | Conflict]:
    old = [] if base is None else base.body.split("\n")
    one, other = ours.body.split("\n"), theirs.body.split("\n")
    our_starts, their_starts = _starts(ours, one), _starts(theirs, other)
    for it in _merged_lines((base, old), (ours, one), (theirs, other)):
        if not isinstance(it, Clash):
            yield it
            continue
        first, other_first = it.ours_start, it.theirs_start
        yield Conflict(
            kind=ConflictKind.NAME if ours.kind in _NAMED else ConflictKind.LINES,
            ours=_joined(it.ours),
            theirs=_joined(it.theirs),
            base=_joined(it.base),
            span=_span(our_starts, first, first + len(it.ours), ours),
            theirs_span=_span(their_starts, other_first, other_first + len(it.theirs), theirs),
            section=ours.name,
            can_keep_both=ours.kind is not PieceKind.TITLE,
        )


def _merged_lines(*versions: tuple[Piece | None, list[str]]) -> MergedLines:
    """The merged lines; with the blank lines above, where these keep apart what both sides did."""
    merged = merge_lines(*(lines for _, lines in versions))
    above = [0 if piece is None else piece.blank_above for piece, _ in versions]
    if any(above) and any(isinstance(it, Clash) for it in merged):
        led = merge_lines(
            *([""] * count + lines for count, (_, lines) in zip(above, versions, strict=True))
        )
        if not any(isinstance(it, Clash) for it in led):
            return list(dropwhile(lambda it: it == "", led))
    return merged


def _joined(lines: tuple[str, ...]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _starts(piece: Piece, lines: list[str]) -> list[int]:
    starts = [piece.span.start + len(piece.comment)]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    return starts


def _span(starts: list[int], first: int, end: int, piece: Piece) -> Span:
    """The lines without the last one's break."""
    start = min(starts[first], piece.span.end)
    return Span(start, max(start, min(starts[end] - 1, piece.span.end)))
