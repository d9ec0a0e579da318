"""Which cells an edit has changed, by their texts. Pure."""

from __future__ import annotations

from collections import Counter

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell
from livebook_ls.running.scope import runnable


def changed_cells(before: str, after: str) -> tuple[Cell, ...]:
    """The cells with code of the text `after` that `before` has not, wherever they stood.

    Who moves a cell, or changes the prose around it, has not changed it.
    """
    known = Counter(map(_said, runnable(parse(before))))
    changed = []
    for cell in runnable(parse(after)):
        known[_said(cell)] -= 1
        if known[_said(cell)] < 0 and cell.source.strip():
            changed.append(cell)
    return tuple(changed)


def still_there(cells: tuple[Cell, ...], others: tuple[Cell, ...]) -> tuple[Cell, ...]:
    """Those of `others`, of a later text, that say what one of `cells` does."""
    left = Counter(map(_said, cells))
    found = []
    for cell in others:
        left[_said(cell)] -= 1
        if left[_said(cell)] >= 0:
            found.append(cell)
    return tuple(found)


def _said(cell: Cell) -> tuple[str | None, str]:
    return cell.language, cell.source
