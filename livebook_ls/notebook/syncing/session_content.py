"""What a Livebook session holds: sections and cells as values without a place in any text."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from livebook_ls.notebook.model import Cell, CellType, JsonValue, Notebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_ELIXIR = "elixir"
# Made once: `json.dumps` makes another one for each value.
_ENCODER = json.JSONEncoder(sort_keys=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldCell:
    """A cell as a session holds it, free of any text's positions."""

    type: CellType
    source: str
    language: str | None = None
    metadata: dict[str, JsonValue] = field(default_factory=dict)
    kind: JsonValue = None
    attrs: JsonValue = None
    chunks: JsonValue = None
    outputs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HeldSection:
    """A section as a session holds it; `parent_index` as in `model.Section`."""

    name: str
    parent_index: int | None
    cells: tuple[HeldCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldNotebook:
    """A whole notebook as a session holds it, or would hold it after reading a file."""

    name: str
    leading_comments: tuple[tuple[str, ...], ...]
    attrs: dict[str, JsonValue]
    setup: tuple[HeldCell, ...]
    sections: tuple[HeldSection, ...]


class ReadCells(NamedTuple):
    """A notebook, and the cells of its sections as a session would hold them."""

    notebook: Notebook
    cells: tuple[HeldCell, ...]


def reading(notebook: Notebook, prose: Iterable[str]) -> ReadCells:
    """What a session gets when it reads the notebook; `prose` has each Markdown cell's source."""
    coming = iter(prose)
    cells = [cell for section in notebook.sections for cell in section.cells]
    return ReadCells(notebook, tuple(_held_cell(cell, coming) for cell in cells))


def held_notebook(read: ReadCells) -> HeldNotebook:
    """What a session holds that was opened on this notebook."""
    coming = iter(read.cells)
    notebook = read.notebook
    return HeldNotebook(
        name=notebook.name,
        leading_comments=notebook.leading_comments,
        attrs=notebook.attrs,
        setup=held_setup(notebook),
        sections=tuple(
            HeldSection(
                section.name, section.parent_index, tuple(islice(coming, len(section.cells)))
            )
            for section in notebook.sections
        ),
    )


def exported(notebook: HeldNotebook) -> str:
    """A text that is the same for two notebooks when Livebook's export of them is."""
    keeps_outputs = notebook.attrs.get("persist_outputs", False) not in (False, None)
    has_setup = len(notebook.setup) > 1 or notebook.setup[0].source != ""
    setup = [_exported(cell, keeps_outputs=False) for cell in notebook.setup if has_setup]
    sections = [
        [section.name, section.parent_index]
        + [_exported(cell, keeps_outputs=keeps_outputs) for cell in section.cells]
        for section in notebook.sections
    ]
    body = [notebook.name, notebook.leading_comments, notebook.attrs, setup, sections]
    return json.dumps(body, sort_keys=True)


def held_setup(notebook: Notebook) -> tuple[HeldCell, ...]:
    """The setup cells; a notebook without any gets an empty one."""
    cells = tuple(_held_cell(cell, iter(())) for cell in notebook.setup)
    return cells or (HeldCell(type=CellType.CODE, source="", language=_ELIXIR),)


def same_json(one: JsonValue, other: JsonValue) -> bool:
    """Whether the values are written alike; Python's own `==` takes `true` for 1."""
    return one is other or frozen(one) == frozen(other)


def frozen(value: JsonValue) -> str:
    """A text that stands for the value, whatever the order of its keys."""
    # Nearly every cell's attributes are empty.
    return "{}" if isinstance(value, dict) and not value else _ENCODER.encode(value)


def _held_cell(cell: Cell, prose: Iterator[str]) -> HeldCell:
    is_prose = cell.type is CellType.MARKDOWN
    return HeldCell(
        type=cell.type,
        source=next(prose, cell.source) if is_prose else cell.source,
        language=cell.language if cell.type is CellType.CODE else None,
        metadata=cell.metadata,
        kind=cell.kind,
        attrs=cell.attrs,
        chunks=cell.chunks,
        outputs=tuple(output.text for output in cell.outputs if output.is_kept),
    )


def _exported(cell: HeldCell, *, keeps_outputs: bool) -> list[JsonValue]:
    attributes = (cell.metadata, cell.kind, cell.attrs, cell.chunks)
    outputs = cell.outputs if keeps_outputs else ()
    return [cell.type.value, cell.language, cell.source, *attributes, *outputs]
