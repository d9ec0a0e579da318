"""Which cell of a session is which of a text that was changed since."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running.cell_states import is_moved, views
from tests.running.test_runner import notebook_of
from tests.support.live_notebooks import live_of

HELD = notebook_of("a = 1", "b = 2", "c = 3")


def stands(text: str) -> list[str]:
    return [f"{it.cell.source}: {it.state.value}" for it in views(parse(text), live_of(HELD))]


@pytest.mark.parametrize(
    "cells",
    [
        ("b = 2", "a = 1", "c = 3"),
        ("c = 3", "a = 1", "b = 2"),
        ("b = 2", "new = 0", "a = 1", "c = 3"),
        ("c = 3", "a = 1"),
    ],
)
def test_moved_cells_keep_their_evaluation(cells: tuple[str, ...]) -> None:
    wanted = [f"{it}: {'unknown' if it == 'new = 0' else 'done'}" for it in cells]

    assert stands(notebook_of(*cells)) == wanted


def test_what_was_edited_while_others_moved_is_the_rest() -> None:
    assert stands(notebook_of("b = 2", "a = 10", "c = 3")) == [
        "b = 2: done",
        "a = 10: changed",
        "c = 3: done",
    ]


def test_of_equal_cells_the_order_decides() -> None:
    held = live_of(notebook_of("a = 1", "b = 2", "b = 2", "c = 3"))
    moved = parse(notebook_of("b = 2", "a = 1", "c = 3", "b = 2"))

    assert [it.live.id for it in views(moved, held) if it.live] == ["c2", "c1", "c4", "c3"]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (HELD, False),
        (notebook_of("b = 2", "a = 1", "c = 3"), True),
        (notebook_of("b = 2", "a = 1"), False),
        (notebook_of("a = 1", "b = 20", "c = 3"), False),
        (HELD.replace("## Sec", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Sec'), False),
    ],
)
def test_only_order_and_flow_have_to_be_looked_for(text: str, wanted: bool) -> None:
    assert is_moved(parse(text), live_of(HELD)) is wanted
