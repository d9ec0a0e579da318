"""Which part of a notebook is which part of another version of it."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.matching.in_order import heaviest_rising
from livebook_ls.notebook.matching.pairing import Part, moved, pair

LONG = "alpha beta gamma delta epsilon zeta eta theta"


def parts(*texts: str) -> list[Part]:
    """Headings begin with `#`, all else is code."""
    return [
        Part("section" if it.startswith("#") else "code", it, is_heading=it.startswith("#"))
        for it in texts
    ]


@pytest.mark.parametrize(
    ("old", "new", "pairs"),
    [
        pytest.param(("a", "b"), ("a", "b"), {0: 0, 1: 1}, id="equal"),
        pytest.param(("a", "b"), ("x", "a", "b"), {0: 1, 1: 2}, id="inserted above"),
        pytest.param(("", ""), ("", "a", ""), {0: 0, 1: 2}, id="empty cells keep their order"),
        pytest.param(("a", "", "b", ""), ("a", "", "b"), {0: 0, 1: 1, 2: 2}, id="one empty gone"),
        pytest.param((LONG, "b"), ("b", LONG), {0: 1, 1: 0}, id="moved"),
        pytest.param(("x = 1", "y = 2"), ("x = 1", "y = 3"), {0: 0, 1: 1}, id="edited"),
        pytest.param(
            (LONG, "b", "c"), ("b", "c", LONG + " more"), {0: 2, 1: 0, 2: 1}, id="moved and edited"
        ),
        pytest.param(("a", "one two"), ("a", "three four"), {0: 0}, id="nothing in common"),
        pytest.param(("# Old", "a"), ("# New", "a"), {0: 0, 1: 1}, id="heading renamed"),
        pytest.param(("# A", "a"), ("# B", "b"), {}, id="another section"),
        pytest.param(
            ("# A", "x", "# B", "x"), ("# B", "x"), {2: 0, 3: 1}, id="a copy goes with its section"
        ),
        pytest.param(
            (LONG, "b", "c"),
            (LONG + " more", "b", LONG, "c"),
            {0: 0, 1: 1, 2: 3},
            id="copied, then edited where it was",
        ),
    ],
)
def test_parts_find_each_other(
    old: tuple[str, ...], new: tuple[str, ...], pairs: dict[int, int]
) -> None:
    assert pair(parts(*old), parts(*new)) == pairs


def test_kinds_are_never_mixed() -> None:
    assert pair([Part("code", "same text")], [Part("markdown", "same text")]) == {}


def test_of_which_there_is_one_that_is_a_pair_whatever_it_says() -> None:
    title, other = Part("title", "# A", is_single=True), Part("title", "# B", is_single=True)

    assert pair([title], [other]) == {0: 0}


def test_what_moved_is_the_smaller_part() -> None:
    old = parts("short", LONG)

    assert moved({0: 1, 1: 0}, old) == {0}


def test_the_heaviest_rising_sequence_need_not_be_the_longest() -> None:
    assert heaviest_rising([3, 1, 2], [9, 1, 1]) == [0]
    assert heaviest_rising([3, 1, 2], [1, 1, 1]) == [1, 2]
    assert heaviest_rising([], []) == []
