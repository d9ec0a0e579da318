"""What a Livebook session holds, and what each operation of a sync does to it.

The operations are those of Livebook's `session/data.ex`, with their ways to fail: a refused one
changes nothing and is only remembered. Runtime, evaluation and clients are left out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, TypeAlias

from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.syncing.session_content import (
    HeldCell,
    HeldNotebook,
    HeldSection,
    ReadCells,
    held_setup,
)

if TYPE_CHECKING:
    from livebook_ls.notebook.model import JsonValue, Notebook

Id: TypeAlias = int

DEFAULT_SECTION_NAME = "Section"
PYTHON_SETUP = "pyproject.toml"
# The operation by which a text of a cell becomes another.
EDIT_SOURCE = "apply_cell_delta"

# What Livebook puts into the setup cell of a language that it enables (`add_extra_setup_cell`).
_PYTHON_SETUP_SOURCE = """\
[project]
name = "project"
version = "0.0.0"
requires-python = "==3.13.*"
dependencies = []"""


@dataclass(slots=True)
class _Section:
    id: Id
    name: str
    parent: Id | None
    cells: list[Id]


def section_ids(notebook: Notebook, first: Id = 0) -> list[Id]:
    """The sections' numbers when sections and cells are numbered in the order they stand in."""
    before = accumulate(len(section.cells) + 1 for section in notebook.sections)
    return [first, *(first + count for count in before)][:-1]


class SyncedSession:
    """A session's notebook while a sync is applied to it."""

    def __init__(self, held: ReadCells) -> None:
        """Numbers sections and cells from 0 in the order they stand in."""
        notebook = held.notebook
        self.operations: list[str] = []
        self.failed: list[str] = []
        # Cells that were ever taken to another section while theirs was there.
        self.taken_out: set[Id] = set()
        self._name = notebook.name
        self._comments = notebook.leading_comments
        self._attrs = dict(notebook.attrs)
        self._setup = list(held_setup(notebook))
        self._order: list[Id] = []
        self._sections: dict[Id, _Section] = {}
        self._cells: dict[Id, HeldCell] = {}
        self._place: dict[Id, Id] = {}
        self._branches: Counter[Id] = Counter()
        self._fill(held)

    def holding(self) -> HeldNotebook:
        """What the session holds now."""
        index = {section_id: position for position, section_id in enumerate(self._order)}
        sections = (self._sections[section_id] for section_id in self._order)
        return HeldNotebook(
            name=self._name,
            leading_comments=self._comments,
            attrs=dict(self._attrs),
            setup=tuple(self._setup),
            sections=tuple(
                HeldSection(
                    section.name,
                    None if section.parent is None else index.get(section.parent),
                    tuple(self._cells[cell] for cell in section.cells),
                )
                for section in sections
            ),
        )

    @property
    def setup(self) -> tuple[HeldCell, ...]:
        """The setup cells as they are held now."""
        return tuple(self._setup)

    def section_of(self, cell_id: Id) -> Id | None:
        """The section that the cell stands in; None when the session has no such cell."""
        return self._place.get(cell_id)

    def has_section(self, section_id: Id) -> bool:
        """Whether the session has the section."""
        return section_id in self._sections

    @property
    def keeps_outputs(self) -> bool:
        """Whether the session writes outputs into the file."""
        return self._attrs.get("persist_outputs") is True

    def name_of(self, section_id: Id) -> str:
        """The section's name as it is held now."""
        return self._sections[section_id].name

    def parent_of(self, section_id: Id) -> Id | None:
        """The section that this one branches off."""
        return self._sections[section_id].parent

    def cell(self, cell_id: Id) -> HeldCell:
        """The cell as it is held now."""
        return self._cells[cell_id]

    def set_notebook_attributes(
        self, name: str, leading_comments: tuple[tuple[str, ...], ...]
    ) -> None:
        """Title and leading comments; a sync never sets anything else of a notebook."""
        self._name = name
        self._comments = leading_comments
        self._note("set_notebook_attributes", done=True)

    def enable_python(self) -> None:
        """Adds Python's setup cell, and makes Python the language of new cells."""
        cell = HeldCell(type=CellType.CODE, source=_PYTHON_SETUP_SOURCE, language=PYTHON_SETUP)
        self._setup.append(cell)
        self._attrs["default_language"] = "python"
        self._note("enable_language", done=True)

    def disable_python(self) -> None:
        """Removes Python's setup cell, and makes Elixir the language of new cells."""
        self._setup = [cell for cell in self._setup if cell.language != PYTHON_SETUP]
        self._attrs.pop("default_language", None)
        self._note("disable_language", done=True)

    def set_setup_source(self, index: int, source: str) -> None:
        """Edits a setup cell's text."""
        self._setup[index] = replace(self._setup[index], source=source)
        self._note(EDIT_SOURCE, done=True)

    def insert_section_into(self, section_id: Id | None, index: int, new_id: Id) -> None:
        """A new section below another one, taking that one's cells from `index` on."""
        section = self._find(section_id)
        if section is not None:
            new = _Section(new_id, DEFAULT_SECTION_NAME, None, section.cells[index:])
            del section.cells[index:]
            self._sections[new_id] = new
            self._order.insert(self._order.index(section.id) + 1, new_id)
            self._place.update((cell, new_id) for cell in new.cells)
            self.taken_out.update(new.cells)
        self._note("insert_section_into", done=section is not None)

    def set_section_name(self, section_id: Id, name: str) -> None:
        """Renames a section."""
        section = self._find(section_id)
        if section is not None:
            section.name = name
        self._note("set_section_name", done=section is not None)

    def set_section_parent(self, section_id: Id, parent_id: Id) -> None:
        """Makes a section a branch of one above it that is none itself; not if it has branches."""
        section, parent = self._find(section_id), self._find(parent_id)
        done = False
        if section is not None and parent is not None and section.parent != parent_id:
            above = self._order.index(parent_id) < self._order.index(section_id)
            done = above and parent.parent is None and not self._branches[section_id]
            if done:
                self._set_parent(section, parent_id)
        self._note("set_section_parent", done=done)

    def unset_section_parent(self, section_id: Id) -> None:
        """Makes a branch an ordinary section."""
        section = self._find(section_id)
        done = section is not None and section.parent is not None
        if section is not None:
            self._set_parent(section, None)
        self._note("unset_section_parent", done=done)

    def delete_section(self, section_id: Id) -> None:
        """Removes a section; its cells go to the one before, and the first must have none."""
        section = self._find(section_id)
        done = False
        if section is not None:
            position = self._order.index(section_id)
            done = (position > 0 or not section.cells) and not self._branches[section_id]
            if done:
                if position > 0:
                    previous = self._sections[self._order[position - 1]]
                    previous.cells.extend(section.cells)
                    self._place.update((cell, previous.id) for cell in section.cells)
                self._set_parent(section, None)
                del self._order[position], self._sections[section_id]
        self._note("delete_section", done=done)

    def insert_cell(self, section_id: Id | None, index: int, new_id: Id, cell: HeldCell) -> None:
        """A new cell."""
        section = self._find(section_id)
        if section is not None:
            section.cells.insert(index, new_id)
            self._cells[new_id] = cell
            self._place[new_id] = section.id
        self._note("insert_cell", done=section is not None)

    def move_cell(self, cell_id: Id, section_id: Id | None, index: int) -> None:
        """Moves a cell. Nobody checks that the section exists: without it the cell is gone."""
        origin, target = self._sections[self._place[cell_id]], self._find(section_id)
        current = origin.cells.index(cell_id)
        del origin.cells[current]
        del self._place[cell_id]
        if target is not None:
            index -= origin is target and index >= current
            # Elixir's `List.insert_at` takes -1 for «at the end».
            target.cells.insert(len(target.cells) if index < 0 else index, cell_id)
            self._place[cell_id] = target.id
        if origin is not target:
            self.taken_out.add(cell_id)
        self._note("move_cell", done=True)

    def delete_cell(self, cell_id: Id) -> None:
        """Removes a cell."""
        section_id = self._place.pop(cell_id, None)
        if section_id is not None:
            self._sections[section_id].cells.remove(cell_id)
        self._note("delete_cell", done=section_id is not None)

    def set_cell_source(self, cell_id: Id, source: str) -> None:
        """Edits a cell's text."""
        done = cell_id in self._place
        if done:
            self._cells[cell_id] = replace(self._cells[cell_id], source=source)
        self._note(EDIT_SOURCE, done=done)

    def set_cell_attributes(
        self, cell_id: Id, language: str | None, metadata: dict[str, JsonValue]
    ) -> None:
        """Sets the language and the attributes of a cell."""
        done = cell_id in self._place
        if done:
            cell = self._cells[cell_id]
            self._cells[cell_id] = replace(cell, language=language, metadata=metadata)
        self._note("set_cell_attributes", done=done)

    def _fill(self, held: ReadCells) -> None:
        notebook, cells = held
        self._order = section_ids(notebook)
        coming = iter(cells)
        for section_id, section in zip(self._order, notebook.sections, strict=True):
            parent = None if section.parent_index is None else self._order[section.parent_index]
            ids = [section_id + 1 + position for position in range(len(section.cells))]
            new = _Section(section_id, section.name, None, ids)
            self._set_parent(new, parent)
            self._sections[section_id] = new
            self._cells.update(zip(ids, coming, strict=False))
            self._place.update((cell, section_id) for cell in ids)

    def _find(self, section_id: Id | None) -> _Section | None:
        return None if section_id is None else self._sections.get(section_id)

    def _set_parent(self, section: _Section, parent: Id | None) -> None:
        if section.parent is not None:
            self._branches[section.parent] -= 1
        if parent is not None:
            self._branches[parent] += 1
        section.parent = parent

    def _note(self, operation: str, *, done: bool) -> None:
        self.operations.append(operation)
        if not done:
            self.failed.append(operation)
