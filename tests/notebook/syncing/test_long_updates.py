"""What Livebook would compare for long is known before it is asked to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.syncing.long_updates import (
    edits_between,
    long_updates,
    updated_text,
)
from livebook_ls.notebook.syncing.session_content import ReadCells, held_setup
from livebook_ls.sync.guarding.notebook_text import NotebookText

MOST = 100
LONG = "\n".join(f"value_{it} = {it * 7}" for it in range(40))
PROSE = LONG.replace("value_", "words of ").replace("\n", ",\n")
OTHER = "\n".join(f"{it * 3} |> IO.inspect()" for it in range(40))


def cells(*sources: str, setup: str = "") -> ReadCells:
    first = f"```elixir\n{setup}\n```\n\n" if setup else ""
    fenced = "\n\n".join(f"```elixir\n{it}\n```" if it[0] != "!" else it[1:] for it in sources)
    return NotebookText(f"# N\n\n{first}## S\n\n{fenced}\n").cells


@given(st.text("ab\n"), st.text("ab\n"), st.integers(0, 30))
def test_never_less_is_said_to_differ_than_does(before: str, after: str, most: int) -> None:
    said = edits_between(before, after, most)

    assert fewest_edits(before, after) <= said <= len(before) + len(after)


def fewest_edits(before: str, after: str) -> int:
    """By the longest common subsequence."""
    row = [0] * (len(after) + 1)
    for one in before:
        above, row = row, [0]
        for at, other in enumerate(after):
            row.append(above[at] + 1 if one == other else max(row[at], above[at + 1]))
    return len(before) + len(after) - 2 * row[-1]


def test_a_cell_that_is_written_anew_is_long() -> None:
    [found] = long_updates(cells("1", LONG, "2"), cells("1", OTHER, "2"), MOST)

    assert (found.before, found.after) == (LONG, OTHER)
    assert MOST < found.edits <= len(LONG) + len(OTHER)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (["1", LONG], ["1", f"{LONG}\n1 + 1"]),
        # Every line gets two spaces.
        ([LONG], [LONG.replace("\n", "\n ")]),
        (["1"], ["1", LONG]),
        ([LONG, "1"], ["1"]),
        ([LONG, "1", "2"], ["1", "2", LONG]),
    ],
    ids=["a line more", "indented", "a new cell", "a deleted one", "a moved one"],
)
def test_what_is_compared_quickly_is_not(before: list[str], after: list[str]) -> None:
    assert long_updates(cells(*before), cells(*after), MOST) == ()


def test_text_and_setup_count_too() -> None:
    before = cells("!Some words", setup="1")
    after = cells(f"!{LONG.replace(chr(10), ' ')}", setup=OTHER)

    assert [it.before for it in long_updates(before, after, MOST)] == ["1", "Some words"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (cells("1", "x"), cells("1", LONG)),
        (cells("x", "!Words", "1"), cells(LONG, f"!{PROSE}", "1")),
        (cells("1", setup="x"), cells("1", setup=LONG)),
        (cells("1"), cells("1", setup=LONG)),
    ],
    ids=["code", "code and Markdown", "setup", "a first setup"],
)
def test_what_the_session_saves_then_is_foreseen(before: ReadCells, after: ReadCells) -> None:
    updates = long_updates(before, after, MOST)
    text = updated_text(before, updates)

    assert updates
    assert text is not None
    read = NotebookText(text)
    assert read.is_canonical
    assert read.cells.cells == after.cells
    assert held_setup(read.notebook) == held_setup(after.notebook)
