"""Which cells of a notebook the arguments mean, and by which numbers they are told."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass

from livebook_ls.notebook.model import Cell, Notebook
from livebook_ls.notebook.source import Source
from livebook_ls.running.scope import RunScope, runnable


class NoSuchCells(Exception):
    """What the arguments name is not in the notebook; the sentence says what there is."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What a run is asked for: a scope, from a place."""

    scope: RunScope
    offset: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A notebook's cells with code as they are told: the `number`th, from a `line` of the file."""

    cell: Cell
    number: int
    line: int
    section: str


def select(options: Namespace, notebook: Notebook) -> Selection:
    """What `--cell`, `--section` and `--stale` mean here; raises NoSuchCells."""
    cells = runnable(notebook)
    if not cells:
        raise NoSuchCells("There are no cells with code in this notebook.")
    if options.cell is not None:
        if not 1 <= options.cell <= len(cells):
            raise NoSuchCells(
                f"There is no cell {options.cell}: the cells with code are 1 to {len(cells)}."
            )
        return Selection(RunScope.CELL, cells[options.cell - 1].span.start)
    if options.section is not None:
        return Selection(RunScope.SECTION, _section_start(notebook, options.section))
    return Selection(RunScope.STALE if options.stale else RunScope.ALL)


def numbered(notebook: Notebook, text: Source) -> tuple[Numbered, ...]:
    """All cells with code, setup cells too, counted from 1."""
    names = {id(cell): it.name for it in notebook.sections for cell in it.cells}
    return tuple(
        Numbered(
            cell=cell,
            number=number,
            line=text.line_at(cell.body_span.start) + 1,
            section=names.get(id(cell), ""),
        )
        for number, cell in enumerate(runnable(notebook), 1)
    )


def _section_start(notebook: Notebook, name: str) -> int:
    same = [it for it in notebook.sections if it.name == name]
    if len(same) > 1:
        raise NoSuchCells(f"There are {len(same)} sections “{name}”: name a cell by --cell.")
    if not same:
        names = ", ".join(f"“{it.name}”" for it in notebook.sections)
        raise NoSuchCells(f"There is no section “{name}”. There {_are(notebook)}: {names}.")
    return same[0].span.start


def _are(notebook: Notebook) -> str:
    return "are" if len(notebook.sections) > 1 else "is"
