"""What an exact edit may consist of: values, each about one cell or one section by its handle."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import TypeAlias

from livebook_ls.notebook.model import CellType, JsonValue


class PlaceRelation(Enum):
    """How a place stands to the part that it is named by."""

    AFTER = "after"
    BEFORE = "before"
    START_OF = "start of"
    END_OF = "end of"
    END = "end"


@dataclass(frozen=True, slots=True)
class PartPlace:
    """A place by the handle of a cell or section; `END` is that of the notebook, without one."""

    relation: PlaceRelation
    handle: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCell:
    """A cell as it is to be read; `language` is that of code."""

    type: CellType
    source: str
    language: str = "elixir"
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ReplaceSource:
    """The cell has another source; the setup cell is made where there is none."""

    handle: str
    source: str


@dataclass(frozen=True, slots=True)
class ReplacePassage:
    """`old`, which stands in the cell's source once, becomes `new`."""

    handle: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class InsertCells:
    """New cells, in this order."""

    place: PartPlace
    cells: tuple[NewCell, ...]


@dataclass(frozen=True, slots=True)
class DeleteCell:
    """The cell goes, with its outputs."""

    handle: str


@dataclass(frozen=True, slots=True)
class MoveCell:
    """The cell goes elsewhere, with its outputs."""

    handle: str
    place: PartPlace


@dataclass(frozen=True, slots=True)
class SetCell:
    """The cell's language, where one is given, and attributes; None takes an attribute away."""

    handle: str
    language: str | None = None
    attributes: Mapping[str, JsonValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SmartToCode:
    """The smart cell becomes the code cell of its code."""

    handle: str


@dataclass(frozen=True, slots=True)
class InsertSection:
    """A new section with its cells; a branch where `parent` is the handle of a section."""

    place: PartPlace
    name: str
    cells: tuple[NewCell, ...] = ()
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class RenameSection:
    """The section has another name."""

    handle: str
    name: str


@dataclass(frozen=True, slots=True)
class DeleteSection:
    """The section goes with its cells, or leaves them to the section above."""

    handle: str
    keeps_cells: bool


@dataclass(frozen=True, slots=True)
class MoveSection:
    """The section goes elsewhere with its cells."""

    handle: str
    place: PartPlace


@dataclass(frozen=True, slots=True)
class SetBranch:
    """The section branches off another one, or (None) off none."""

    handle: str
    parent: str | None


@dataclass(frozen=True, slots=True)
class SetTitle:
    """The notebook has another title."""

    name: str


@dataclass(frozen=True, slots=True)
class SetNotebook:
    """Attributes of the notebook itself; None takes one away."""

    attributes: Mapping[str, JsonValue]


EditOperation: TypeAlias = (
    ReplaceSource
    | ReplacePassage
    | InsertCells
    | DeleteCell
    | MoveCell
    | SetCell
    | SmartToCode
    | InsertSection
    | RenameSection
    | DeleteSection
    | MoveSection
    | SetBranch
    | SetTitle
    | SetNotebook
)
