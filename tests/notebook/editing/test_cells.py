"""A cell as a whole: selected, duplicated, deleted, moved."""

from __future__ import annotations

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.cells import (
    delete_cell,
    duplicate_cell,
    move_cell,
    move_cell_down,
    move_cell_up,
    select_cell,
)
from livebook_ls.notebook.editing.inserting import Beside
from livebook_ls.notebook.editing.outcome import Edited
from tests.notebook.editing.marked_edits import tried, tried_in_form

BREAK = '<!-- livebook:{"break_markdown":true} -->'
OUTPUT = '<!-- livebook:{"output":true} -->\n\n```\n1\n```'
KEPT = '<!-- livebook:{"persist_outputs":true} -->\n\n# T\n\n## S\n\n'


def code(*lines: str) -> str:
    return "\n".join(("```elixir", *lines, "```"))


def test_a_moved_cell_takes_its_comment_its_outputs_and_the_cursor_along() -> None:
    automatic = '<!-- livebook:{"reevaluate_automatically":true} -->'
    text = f"{KEPT}{automatic}\n\n{code('x =$0 1')}\n\n{OUTPUT}\n\n{code('y')}\n\nEnd.\n"
    moved = f"{KEPT}{code('y')}\n\n{automatic}\n\n{code('x =$0 1')}\n\n{OUTPUT}\n\nEnd.\n"

    assert tried_in_form(move_cell_down, text) == moved
    assert tried_in_form(move_cell_up, moved) == text


def test_a_cell_moves_across_sections() -> None:
    text = f"# T\n\n## A\n\n{code('$01')}\n\n## B\n\n{code('2')}\n"
    moved = f"# T\n\n## A\n\n## B\n\n{code('$01')}\n\n{code('2')}\n"

    assert tried_in_form(move_cell_down, text) == moved
    assert tried_in_form(move_cell_up, moved) == text


def test_text_cells_that_come_together_are_kept_apart_and_others_joined_no_more() -> None:
    text = f"# T\n\n## S\n\nOne\n\n{code('$01')}\n\nTwo\n"
    moved = f"# T\n\n## S\n\nOne\n\n{BREAK}\n\nTwo\n\n{code('$01')}\n"

    assert tried_in_form(move_cell_down, text) == moved
    assert tried_in_form(move_cell_up, moved) == text


def test_neither_the_first_nor_the_last_cell_leaves_the_notebook() -> None:
    setup = code("Mix.install([])")
    text = f"# T\n\n{setup}\n\n## S\n\n{code('$01')}\n"

    assert tried(move_cell_up, text) == refusals.FIRST_CELL.sentence
    assert tried(move_cell_down, text) == refusals.LAST_CELL.sentence
    assert tried(move_cell_down, f"# T\n\n$0{setup}\n\n## S\n") == refusals.SETUP.sentence


def test_a_cell_moves_beside_any_other() -> None:
    text = f"# T\n\n## A\n\n{code('1')}\n\n## B\n\n{code('2')}\n"
    moved = move_cell(text, text.index("2"), text.index("1"), Beside.ABOVE)

    assert isinstance(moved, Edited)
    assert moved.text == f"# T\n\n## A\n\n{code('2')}\n\n{code('1')}\n\n## B\n"


def test_line_breaks_stay_those_of_the_text() -> None:
    text = f"# T\n\n## S\n\nOne\n\n{code('$01')}\n\nTwo\n".replace("\n", "\r\n")

    assert "\n" not in tried(move_cell_down, text).replace("\r\n", "")


def test_a_copy_has_not_run() -> None:
    text = f"{KEPT}{code('$01')}\n\n{OUTPUT}\n"

    assert tried_in_form(duplicate_cell, text) == (
        f"{KEPT}{code('1')}\n\n{OUTPUT}\n\n{code('$01')}\n"
    )


def test_a_copied_text_is_a_cell_of_its_own() -> None:
    text = "# T\n\n## S\n\n$0One\n"

    assert tried_in_form(duplicate_cell, text) == f"# T\n\n## S\n\nOne\n\n{BREAK}\n\n$0One\n"


def test_a_deleted_cell_takes_its_outputs_along_and_leaves_texts_apart() -> None:
    text = f"{KEPT}One\n\n{code('$01')}\n\n{OUTPUT}\n\nTwo\n"

    assert tried_in_form(delete_cell, text) == f"{KEPT}One\n\n{BREAK}\n\n$0Two\n"


def test_behind_the_last_cell_the_cursor_goes_to_the_one_above() -> None:
    text = f"# T\n\n## S\n\n{code('1')}\n\n$0{code('2')}\n"

    assert tried_in_form(delete_cell, text) == f"# T\n\n## S\n\n{code('$01')}\n"


def test_what_would_become_the_setup_cell_is_not_left_alone() -> None:
    text = f"# T\n\n$0One\n\n{code('1')}\n"

    assert tried(delete_cell, text) == refusals.READS_OTHERWISE.sentence


def test_a_whole_cell_is_selected() -> None:
    text = f"{KEPT}One\n\n{code('$01')}\n\n{OUTPUT}\n\nTwo\n"

    assert tried(select_cell, text) == f"{KEPT}One\n\n«{code('1')}\n\n{OUTPUT}»\n\nTwo\n"
    assert tried(select_cell, "# T$0\n\n## S\n") == refusals.NO_CELL.sentence
