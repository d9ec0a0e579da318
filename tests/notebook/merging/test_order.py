"""Where new cells come to stand beside those that the other side moved."""

from __future__ import annotations

from livebook_ls.notebook.pieces.cutting import BREAK
from tests.notebook.merging.test_merge import clean

CELLS = [
    f"```elixir\ncell_{name}(:{name}, {number})\n```\n\n" for number, name in enumerate("abcd")
]


def text(*cells: str) -> str:
    return "# T\n\n## S\n\n" + "".join(cells).rstrip() + "\n"


A, B, C, D = CELLS
NEW, OTHER = "```elixir\n:new\n```\n\n", "```elixir\n:other\n```\n\n"


def test_a_new_cell_stays_where_the_cell_above_it_was() -> None:
    assert clean(text(A, B, C, D), text(A, B, NEW, C, D), text(A, C, D, B)) == text(A, NEW, C, D, B)


def test_new_cells_above_and_below_a_cell_that_was_moved_keep_their_order() -> None:
    assert clean(text(A, B, C, D), text(A, B, NEW, C, D), text(A, OTHER, C, D, B)) == text(
        A, OTHER, NEW, C, D, B
    )


def test_moves_of_both_sides_come_together() -> None:
    assert clean(text(A, B, C, D), text(B, A, C, D), text(A, B, D, C)) == text(B, A, D, C)


def test_a_cell_that_both_moved_goes_to_the_later_place() -> None:
    long = A.replace("0", "0, long(enough(to, be, the, one, that, stays)))")
    base = text(B, long, C, D)

    assert clean(base, text(long, B, C, D), text(long, C, B, D)) == text(long, C, B, D)


EDITED = A.replace("0", "0, edited(:by, :us)")


def test_a_break_says_which_of_two_new_cells_stands_first() -> None:
    apart = f"{BREAK}\n\n"
    base = text("First words.\n\n", apart, "Some words.\n\n", A, B)
    ours = text("First words.\n\n", NEW, "Some words.\n\n", EDITED, B)
    theirs = text("First words.\n\n", apart, "Between.\n\n", apart, "Some words.\n\n", B, A)

    assert clean(base, ours, theirs) == text(
        "First words.\n\n", NEW, "Between.\n\n", apart, "Some words.\n\n", B, EDITED
    )


def test_a_blank_line_keeps_apart_what_was_deleted_above_it_and_what_came_below() -> None:
    ours = text(C, "\nMore words.\n\n", EDITED, B)
    theirs = text("Some words.\n\nNew words.\nMore words.\n\n", B, A)

    assert clean(text("Some words.\n\nMore words.\n\n", A, B), ours, theirs) == text(
        C, "\nNew words.\nMore words.\n\n", B, EDITED
    )


def test_what_both_moved_to_one_place_goes_with_the_side_that_moved_more() -> None:
    one, two, three = (f"## {name}\n\n{cell}" for name, cell in zip("XYZ", CELLS, strict=False))
    long = three.replace("2", "2, long(enough(to, be, what, stays, where, it, stands, for, both))")
    ours, theirs = long + one + two, two + long + one

    assert clean(one + two + long, ours, theirs) == ours
