"""What two sides changed differently, as a value: no marker is ever written into a notebook."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from livebook_ls.notebook.pieces.cutting import PieceKind

if TYPE_CHECKING:
    from livebook_ls.notebook.model import Span


class ConflictKind(Enum):
    """What is in conflict."""

    LINES = "lines"  # lines of one cell
    CELLS = "cells"  # cells that both sides put in one place, or a smart cell as a whole
    DELETED_BY_US = "deleted by us"  # and changed by them
    DELETED_BY_THEM = "deleted by them"  # and changed by us
    NAME = "name"  # of the notebook or of a section
    METADATA = "metadata"


class Take(Enum):
    """How a conflict is settled."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"  # one after the other, as cells


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """What each side and the base have, without outputs; empty where one has nothing.

    `span` is where ours stands in our text and `theirs_span` where theirs does in theirs; where a
    side has nothing, an empty span tells where it would stand. `section` is the section's name.
    """

    kind: ConflictKind
    ours: str
    theirs: str
    base: str
    span: Span
    theirs_span: Span
    section: str
    can_keep_both: bool


class SideName(Enum):
    """Whose a piece is."""

    BASE = "base"
    OURS = "ours"
    THEIRS = "theirs"


class PieceIdentity(NamedTuple):
    """A piece by one of the texts that have it: the same piece has one identity in all of them."""

    side: SideName
    position: int


# The section without a heading that the cells above all headings are: no piece, and one in all.
NAMELESS = PieceIdentity(SideName.BASE, -1)


@dataclass(frozen=True, slots=True, kw_only=True)
class PieceOrigin:
    """Where a merged piece stands in each text, as the positions of pieces; None where it lacks."""

    base: int | None = None
    ours: int | None = None
    theirs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MergedPiece:
    """A piece that is in the result whatever is chosen; conflicts can be inside it."""

    kind: PieceKind
    identity: PieceIdentity
    origin: PieceOrigin
    comment: str | Conflict
    lines: tuple[str | Conflict, ...]
    parent: PieceIdentity | None = None

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The conflicts in it, in order."""
        return tuple(it for it in (self.comment, *self.lines) if isinstance(it, Conflict))


@dataclass(frozen=True, slots=True, kw_only=True)
class Alternative:
    """Whole pieces of one side or of the other, by their positions there."""

    conflict: Conflict
    base: tuple[int, ...]
    ours: tuple[int, ...]
    theirs: tuple[int, ...]

    @property
    def conflicts(self) -> tuple[Conflict, ...]:
        """The one conflict."""
        return (self.conflict,)


Slot: TypeAlias = "MergedPiece | Alternative"
