"""The values that a parsed notebook is made of: immutable, with the place of everything.

Positions are characters (code points) of the text that was parsed, half-open.
What depends on lines, bytes or an editor's units is asked of `source.Source`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, overload

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

JsonValue: TypeAlias = "None | bool | int | float | str | list[JsonValue] | dict[str, JsonValue]"


class Span(NamedTuple):
    """A stretch of the text, from character `start` up to but not including `end`."""

    start: int
    end: int

    def moved(self, by: int) -> Span:
        """The same stretch `by` characters further down."""
        return Span(self.start + by, self.end + by)


class CellType(Enum):
    """The three kinds of cells that Livebook has."""

    CODE = "code"
    MARKDOWN = "markdown"
    SMART = "smart"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metadata:
    """A `<!-- livebook:{…} -->` comment: where it is, where its JSON is, and what that says."""

    span: Span
    json_span: Span
    value: JsonValue

    def moved(self, by: int) -> Metadata:
        """The same comment `by` characters further down."""
        return Metadata(
            span=self.span.moved(by), json_span=self.json_span.moved(by), value=self.value
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Output:
    """An output block after a cell; `is_kept` is false for kinds that Livebook's importer skips."""

    span: Span
    text: str
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """A cell. `source` is exact for code and smart cells; for Markdown it is the file's own text.

    `span` covers the cell with its metadata comment and outputs, `body_span` the fence with its
    content (or the Markdown), `source_span` the content alone, `language_span` the info word.
    `metadata` holds only what Livebook keeps of the comment (its cell attributes that differ from
    their defaults); `kind`, `attrs` (decoded) and `chunks` are those of smart cells.
    """

    type: CellType
    span: Span
    body_span: Span
    source_span: Span
    source: str
    language: str | None = None
    language_span: Span | None = None
    metadata_comment: Metadata | None = None
    metadata: dict[str, JsonValue]
    kind: JsonValue = None
    attrs: JsonValue = None
    chunks: JsonValue = None
    outputs: tuple[Output, ...] = ()


class Section:
    """A section; `name_span` is None for the one Livebook makes for cells before any heading.

    `parent_index` is the parent's position among the sections for a branch, else None.
    What is inside may be given for a text in which the section stood `moved_by` characters
    higher, and `cells` as a function: after a keystroke most of them are never asked for.
    """

    __slots__ = ("_cells", "_comment", "_moved_by", "_name_span", "name", "parent_index", "span")

    def __init__(
        self,
        *,
        name: str,
        span: Span,
        name_span: Span | None,
        parent_index: int | None,
        metadata_comment: Metadata | None,
        cells: tuple[Cell, ...] | Callable[[], tuple[Cell, ...]],
        moved_by: int = 0,
    ) -> None:
        self.name = name
        self.span = span
        self.parent_index = parent_index
        self._name_span = name_span
        self._comment = metadata_comment
        self._cells = cells
        self._moved_by = moved_by

    @property
    def name_span(self) -> Span | None:
        """Where the name stands in its heading."""
        return None if self._name_span is None else self._name_span.moved(self._moved_by)

    @property
    def metadata_comment(self) -> Metadata | None:
        """The comment above the heading."""
        return None if self._comment is None else self._comment.moved(self._moved_by)

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The cells in order."""
        if not isinstance(self._cells, tuple):
            self._cells = self._cells()
        return self._cells

    def branching_from(self, parent_index: int) -> Section:
        """The same section as a branch of another one."""
        return self._copy(parent_index, self._cells)

    def with_cells(self, cells: tuple[Cell, ...]) -> Section:
        """The same section with other cells."""
        return self._copy(self.parent_index, cells)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Section) and self._key() == other._key()

    def __hash__(self) -> int:
        return hash((self.name, self.span))

    def __repr__(self) -> str:
        return f"Section({self.name!r}, {self.span!r}, {len(self.cells)} cells)"

    def placed(self, by: int, end: int, cells: Callable[[], tuple[Cell, ...]]) -> Section:
        """The same section `by` characters further down, up to `end`, with these cells."""
        return Section(
            name=self.name,
            span=Span(self.span.start + by, end),
            name_span=self._name_span,
            parent_index=self.parent_index,
            metadata_comment=self._comment,
            cells=cells,
            moved_by=by,
        )

    def _copy(
        self, parent_index: int | None, cells: tuple[Cell, ...] | Callable[[], tuple[Cell, ...]]
    ) -> Section:
        return Section(
            name=self.name,
            span=self.span,
            name_span=self._name_span,
            parent_index=parent_index,
            metadata_comment=self._comment,
            cells=cells,
            moved_by=self._moved_by,
        )

    def _key(self) -> tuple[object, ...]:
        return (
            self.name,
            self.span,
            self.name_span,
            self.parent_index,
            self.metadata_comment,
            self.cells,
        )


class PlacedSections(Sequence[Section]):
    """Sections that are placed when somebody asks for one: of a large notebook that is just being
    typed in, most are not before the next key.
    """

    __slots__ = ("_made", "_make")

    def __init__(self, make: Callable[[], tuple[Section, ...]]) -> None:
        self._make = make
        self._made: tuple[Section, ...] | None = None

    @overload
    def __getitem__(self, index: int) -> Section: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Section, ...]: ...

    def __getitem__(self, index: int | slice) -> Section | tuple[Section, ...]:
        return self._placed()[index]

    def __len__(self) -> int:
        return len(self._placed())

    def __iter__(self) -> Iterator[Section]:
        return iter(self._placed())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, PlacedSections):
            other = other._placed()
        return self._placed() == other

    def __hash__(self) -> int:
        return hash(self._placed())

    def __repr__(self) -> str:
        return repr(self._placed())

    def _placed(self) -> tuple[Section, ...]:
        if self._made is None:
            self._made = self._make()
        return self._made


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The signed comment at the end of a notebook; `offset` as written, in UTF-8 bytes."""

    span: Span
    value: JsonValue
    offset: JsonValue


@dataclass(frozen=True, slots=True)
class ImportWarning:
    """What Livebook says when it imports the notebook, word for word, at its cause."""

    message: str
    span: Span


@dataclass(frozen=True, slots=True)
class Failure:
    """Why Livebook's importer would raise on this text, and where."""

    code: str
    message: str
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Notebook:
    """A notebook as Livebook would import it; `failures` says why it wouldn't.

    `name` is Livebook's own default when there is no title, and `name_span` then None.
    `attrs` are the notebook's attributes as read from its first comment, defaults left out.
    """

    name: str
    name_span: Span | None
    leading_comments: tuple[tuple[str, ...], ...]
    metadata_comment: Metadata | None
    attrs: dict[str, JsonValue]
    setup: tuple[Cell, ...]
    sections: Sequence[Section]
    warnings: tuple[ImportWarning, ...]
    stamp: Stamp | None
    failures: tuple[Failure, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        """The setup cell, where there is one, and the cells of all sections in order."""
        return (*self.setup, *(it for section in self.sections for it in section.cells))
