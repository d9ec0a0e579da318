"""What a Markdown text consists of once read: blocks within blocks, their words untouched."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence


class Align(Enum):
    """How a table column is aligned."""

    LEFT = "left"
    CENTER = "center"
    RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Words:
    """Text that is no block of its own: in a tight list item, or behind HTML on one line."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, its lines joined."""

    text: str


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; level 7 is what Livebook makes of a level 6 that it lowers: bold words."""

    level: int
    text: str


@dataclass(frozen=True, slots=True)
class Ruler:
    """A horizontal rule, drawn with this character."""

    character: str


@dataclass(frozen=True, slots=True)
class Code:
    """A code block; `info` is empty where it is indented or names no language."""

    text: str
    info: str


@dataclass(frozen=True, slots=True)
class Comment:
    """An HTML comment's lines, without its marks and the blanks around them."""

    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Html:
    """An HTML element and the lines in it, which stay as they are."""

    tag: str
    attributes: tuple[tuple[str, str], ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A table; without a header there is none."""

    header: tuple[str, ...] | None
    rows: tuple[tuple[str, ...], ...]
    aligns: tuple[Align, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A block quote."""

    nodes: Sequence[Node]


@dataclass(frozen=True, slots=True)
class List:
    """A list; an item is what stands in it."""

    is_ordered: bool
    items: Sequence[Sequence[Node]]


Node: TypeAlias = Words | Paragraph | Heading | Ruler | Code | Comment | Html | Table | Quote | List
