"""The text of a merged notebook, once every conflict in it is settled."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.merging.conflict import (
    NAMELESS,
    Alternative,
    Conflict,
    MergedPiece,
    PieceIdentity,
    PieceOrigin,
    Take,
)
from livebook_ls.notebook.pieces.branch_comments import with_parent, without_parent
from livebook_ls.notebook.pieces.cutting import BREAK, Piece, PieceKind, Pieces, unread_in

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from livebook_ls.notebook.merging.conflict import Slot
    from livebook_ls.notebook.merging.sides import Sides

Taking: TypeAlias = "Callable[[Conflict], Take]"

_APART = "\n\n"
_CELLS = (PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART)
_ONE_CELL = (PieceKind.SETUP, PieceKind.PREFACE, PieceKind.LOOSE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A piece as it is written; `is_branch` where its comment names a section on some side."""

    kind: PieceKind
    identity: PieceIdentity | None
    origin: PieceOrigin
    comment: str
    body: str
    outputs: str
    parent: PieceIdentity | None
    is_branch: bool

    @property
    def text(self) -> str:
        """All of it."""
        return self.comment + self.body + self.outputs


def written(
    sides: Sides, slots: Iterable[Slot], take: Taking, open_: Collection[int] = ()
) -> list[Written]:
    """The pieces of the result, in order.

    Cells with conflicts that are still open, told by their ids, have no outputs: those would be
    in conflict, too.
    """
    found: list[Written] = []
    for slot in slots:
        if isinstance(slot, Alternative):
            found += _chosen(sides, slot, take(slot.conflict))
        else:
            variants = _variants(sides, slot, take)
            is_open = any(id(it) in open_ for it in slot.conflicts)
            found += map(_without_outputs, variants) if is_open else variants
    return _with_parents(_below_a_heading(sides, found))


def written_text(sides: Sides, pieces: list[Written]) -> str:
    """The text of the pieces, without a stamp."""
    three = (sides.base, sides.ours, sides.theirs)
    text = [merged_blank(*(it.head for it in three)) if pieces else ""]
    for piece, following in pairwise(pieces):
        text += [piece.text, _between(sides, piece, following)]
    if not pieces:
        return ""
    return "".join([*text, pieces[-1].text, merged_blank(*map(_end, three))])


def _without_outputs(piece: Written) -> Written:
    unread = unread_in(piece.outputs)
    return replace(piece, outputs=f"{_APART}{unread}" if unread else "")


def _chosen(sides: Sides, slot: Alternative, take: Take) -> Iterator[Written]:
    if take is not Take.THEIRS:
        for at in slot.ours:
            origin = PieceOrigin(ours=at)
            parent = sides.parent_in_ours(origin)
            yield _as_is(sides.ours.all[at], sides.identity_of_ours(at), origin, parent)
    if take is Take.THEIRS or (take is Take.BOTH and slot.conflict.can_keep_both):
        for at in slot.theirs:
            origin = PieceOrigin(theirs=at)
            parent = sides.parent_in_theirs(origin)
            yield _as_is(sides.theirs.all[at], sides.identity_of_theirs(at), origin, parent)


def _as_is(
    piece: Piece, identity: PieceIdentity, origin: PieceOrigin, parent: PieceIdentity | None
) -> Written:
    return Written(
        kind=piece.kind,
        identity=identity,
        origin=origin,
        comment=piece.comment,
        body=piece.body,
        outputs=piece.outputs,
        parent=parent,
        is_branch=parent is not None,
    )


def _variants(sides: Sides, slot: MergedPiece, take: Taking) -> Iterator[Written]:
    """The piece, or two where both versions of it are kept."""
    are_both = any(take(it) is Take.BOTH and it.can_keep_both for it in slot.conflicts)
    if not are_both or slot.kind in _ONE_CELL:
        yield _variant(sides, slot, lambda it: _feasible(it, take(it)))
        return
    yield _variant(sides, slot, lambda it: _instead_of_both(it, take, Take.MINE))
    second = _variant(sides, slot, lambda it: _instead_of_both(it, take, Take.THEIRS))
    yield replace(second, identity=None, origin=PieceOrigin(theirs=None))


def _feasible(conflict: Conflict, take: Take) -> Take:
    return Take.MINE if take is Take.BOTH and not conflict.can_keep_both else take


def _instead_of_both(conflict: Conflict, take: Taking, one: Take) -> Take:
    wanted = _feasible(conflict, take(conflict))
    return one if wanted is Take.BOTH else wanted


def _variant(sides: Sides, slot: MergedPiece, take: Taking) -> Written:
    comment = slot.comment
    if isinstance(comment, Conflict):
        comment = comment.theirs if take(comment) is Take.THEIRS else comment.ours
    body = "\n".join(_lines(slot, take))
    return Written(
        kind=slot.kind,
        identity=slot.identity,
        origin=slot.origin,
        comment=comment,
        body=body,
        outputs=_outputs(sides, slot.origin, body),
        parent=slot.parent,
        is_branch=_is_branch(sides, slot.origin),
    )


def _lines(slot: MergedPiece, take: Taking) -> Iterator[str]:
    for line in slot.lines:
        if not isinstance(line, Conflict):
            yield line
            continue
        wanted = take(line)
        if wanted is not Take.THEIRS:
            yield from line.ours.split("\n")[:-1]
        if wanted is not Take.MINE:
            yield from line.theirs.split("\n")[:-1]


def _is_branch(sides: Sides, origin: PieceOrigin) -> bool:
    parents = (sides.parent_in_ours(origin), sides.parent_in_theirs(origin))
    return any(it is not None for it in parents)


def _outputs(sides: Sides, origin: PieceOrigin, body: str) -> str:
    """The outputs of the side whose source it is; a source that nobody ran has none."""
    fitting = [
        pieces.all[at].outputs
        for pieces, at in ((sides.ours, origin.ours), (sides.theirs, origin.theirs))
        if at is not None and pieces.all[at].body == body
    ]
    if len(fitting) == 2 and origin.base is not None:
        return merged_blank(sides.base.all[origin.base].outputs, *fitting)
    return max(fitting, default="", key=lambda it: (len(it), it))


def _below_a_heading(sides: Sides, pieces: list[Written]) -> list[Written]:
    """The pieces with cells that lost their heading, the first one, below the next.

    Above all headings they would make a plain cell of the setup cell.
    """
    if any(_is_nameless(it) for side in (sides.ours, sides.theirs) for it in side.all):
        return pieces
    kinds = [it.kind for it in pieces]
    heading = kinds.index(PieceKind.SECTION) if PieceKind.SECTION in kinds else 0
    first = next((at for at in range(heading) if kinds[at] in _CELLS), heading)
    return [
        *pieces[:first],
        *pieces[heading : heading + 1],
        *pieces[first:heading],
        *pieces[heading + 1 :],
    ]


def _is_nameless(piece: Piece) -> bool:
    return piece.heading < 0 and piece.kind in _CELLS


def _with_parents(pieces: list[Written]) -> list[Written]:
    """The pieces with the comments of branches saying where their parents now stand."""
    indexes: dict[PieceIdentity, int] = {}
    first = next((it.kind for it in pieces if it.kind in (*_CELLS, PieceKind.SECTION)), None)
    count = 0
    if first in _CELLS:
        # Cells before any heading are a section of their own.
        indexes[NAMELESS], count = 0, 1
    for piece in pieces:
        if piece.kind is PieceKind.SECTION:
            if piece.identity is not None:
                indexes[piece.identity] = count
            count += 1
    return [
        replace(it, comment=_with_parent(it, indexes)) if it.kind is PieceKind.SECTION else it
        for it in pieces
    ]


def _with_parent(piece: Written, indexes: dict[PieceIdentity, int]) -> str:
    index = None if piece.parent is None else indexes.get(piece.parent)
    if index is not None:
        return with_parent(piece.comment, index)
    # A comment that names no section that there is stays as people wrote it.
    return without_parent(piece.comment) if piece.is_branch else piece.comment


def _between(sides: Sides, piece: Written, following: Written) -> str:
    """The blank lines between two pieces, as in a text where they are neighbours."""
    found = {
        name: _after(pieces, one, other)
        for name, pieces, one, other in (
            ("base", sides.base, piece.origin.base, following.origin.base),
            ("ours", sides.ours, piece.origin.ours, following.origin.ours),
            ("theirs", sides.theirs, piece.origin.theirs, following.origin.theirs),
        )
    }
    ours, theirs = found["ours"], found["theirs"]
    if ours is not None and theirs is not None:
        base = found["base"]
        return merged_blank("" if base is None else base, ours, theirs)
    if ours is not None or theirs is not None:
        return ours or theirs or ""
    return _APART + BREAK + _APART if _need_break(piece, following) else _APART


def _after(pieces: Pieces, one: int | None, other: int | None) -> str | None:
    if one is None or other != one + 1:
        return None
    return pieces.all[one].after


def _need_break(piece: Written, following: Written) -> bool:
    """Whether two Markdown cells would be one; an empty one is a break itself."""
    are_markdown = piece.kind is following.kind is PieceKind.MARKDOWN
    return are_markdown and not following.body.startswith(BREAK)


def merged_blank(base: str, ours: str, theirs: str) -> str:
    """Blank text never conflicts: where both sides changed it, the longer one stays."""
    if theirs in (ours, base):
        return ours
    if ours == base:
        return theirs
    return max(ours, theirs, key=lambda it: (len(it), it))


def _end(pieces: Pieces) -> str:
    """What follows the last piece, as it is without a stamp."""
    end = pieces.all[-1].after if pieces.all else ""
    return "\n" if pieces.stamp and end else end
