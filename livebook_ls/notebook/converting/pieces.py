"""What a notebook of any form consists of, on its way into another one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

    from livebook_ls.notebook.model import JsonValue


@dataclass(frozen=True, slots=True)
class ProsePiece:
    """Markdown that makes a cell of its own."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CodePiece:
    """Code; `metadata` is what Livebook's comment says of it, `is_setup` whether it stands first.

    `outputs` are texts only.
    """

    source: str
    language: str
    is_setup: bool = False
    metadata: Mapping[str, JsonValue] = field(default_factory=dict)
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SectionPiece:
    """The heading of a section, and which one it branches off."""

    name: str
    parent_index: int | None = None


Piece: TypeAlias = ProsePiece | CodePiece | SectionPiece


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadPieces:
    """A file of another form, read: `files` are what it carries along, by their names.

    `title` and `attributes` are the notebook's, as far as the file says them.
    """

    pieces: tuple[Piece, ...]
    title: str | None = None
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Unconvertible:
    """Why a file is not what its name says, in one sentence."""

    sentence: str
