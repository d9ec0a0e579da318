"""A button leads to the cell that it was drawn for, or to none."""

from __future__ import annotations

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell
from livebook_ls.running.cell_handle import handles, resolve
from livebook_ls.running.scope import runnable
from tests.running.test_runner import notebook_of


def cells(*sources: str) -> tuple[Cell, ...]:
    return runnable(parse(notebook_of(*sources)))


def test_each_cell_is_found_by_its_handle_also_among_equal_ones() -> None:
    here = cells("1", "2", "1", "")

    assert [resolve(here, it) for it in handles(here)] == list(here)


def test_a_cell_that_has_moved_is_found() -> None:
    handle = handles(cells("1", "2"))[1]
    moved = cells("2", "1")

    assert resolve(moved, handle) is moved[0]


def test_a_cell_that_has_changed_is_not_found() -> None:
    handle = handles(cells("1", "2"))[1]

    assert resolve(cells("1", "3"), handle) is None


def test_equal_cells_that_have_become_more_or_fewer_are_not_told_apart() -> None:
    handle = handles(cells("1", "1"))[1]

    assert resolve(cells("1", "1", "1"), handle) is None
    assert resolve(cells("1"), handle) is None
