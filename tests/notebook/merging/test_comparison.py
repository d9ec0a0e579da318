"""What changed from one notebook to another, cell by cell."""

from __future__ import annotations

from livebook_ls.notebook.merging.comparison import compare
from tests.notebook.merging.test_merge import BASE, edited, stamped, with_output

CELL = '```elixir\nIO.puts("second")\n```\n\n'


def changes(old: str, new: str) -> list[tuple[str, str | None, str | None, bool]]:
    return [
        (
            it.kind.value,
            it.before.text if it.before else None,
            it.after.text if it.after else None,
            it.is_moved,
        )
        for it in compare(old, new)
    ]


def test_equal_notebooks_have_no_changes() -> None:
    assert changes(BASE, BASE) == []


def test_outputs_stamps_and_line_ends_are_no_changes() -> None:
    assert changes(BASE, stamped(with_output(BASE, "1"), "x")) == []
    assert changes(BASE, BASE.replace("\n", "\r\n")) == []


def test_an_edited_cell() -> None:
    old = "```elixir\na = 1\nb = 2\nc = 3\n```"

    assert changes(BASE, edited(("b = 2", "b = 20"))) == [
        ("code", old, old.replace("b = 2", "b = 20"), False)
    ]


def test_cells_that_came_and_went_stand_where_they_do_or_did() -> None:
    new = edited((CELL, ""), ("Some words", "```elixir\n:new\n```\n\nSome words"))

    assert changes(BASE, new) == [
        ("code", None, "```elixir\n:new\n```", False),
        ("code", CELL.strip(), None, False),
    ]


def test_a_moved_cell_is_said_to_have_moved() -> None:
    new = edited((CELL, ""), ("Some words", CELL + "Some words"))

    assert changes(BASE, new) == [("code", CELL.strip(), CELL.strip(), True)]


def test_names_and_metadata() -> None:
    new = edited(("## Two", "## 2"), ("```elixir\na", '<!-- livebook:{"x":1} -->\n\n```elixir\na'))

    assert [(it.kind.value, it.is_edited, it.is_moved) for it in compare(BASE, new)] == [
        ("code", True, False),
        ("section", True, False),
    ]


def test_a_branch_whose_parent_moved_down_has_not_changed() -> None:
    old = edited(("## Two", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Two'))
    new = edited(("## One", "## Zero\n\n## One"), ('index":0', 'index":1'), text=old)

    assert changes(old, new) == [("section", None, "## Zero", False)]


def test_places_are_those_of_either_text() -> None:
    new = edited(("b = 2", "b = 20"))
    (it,) = compare(BASE, new)
    assert it.before
    assert it.after

    assert BASE[slice(*it.before.span)] == it.before.text
    assert new[slice(*it.after.span)] == it.after.text
    assert (it.before.section, it.before.number) == ("One", 5)


def test_places_are_right_with_any_line_ends() -> None:
    old = BASE.replace("\n", "\r\n")
    (it,) = compare(old, edited(("Last", "Final")))
    assert it.before

    assert old[slice(*it.before.span)] == "Last words of this notebook."
