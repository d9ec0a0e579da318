"""A cell made two at the cursor, and two made one."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.splitting import join_with_next, split_cell
from tests.notebook.editing.marked_edits import tried, tried_in_form
from tests.notebook.editing.test_cells import BREAK, KEPT, OUTPUT, code

START = "# T\n\n## S\n\n"


def test_code_is_split_at_a_line_and_joined_again() -> None:
    text = f"{START}{code('a = 1', '', '$0b = 2')}\n"
    halves = f"{START}{code('a = 1', '')}\n\n{code('$0b = 2')}\n"

    assert tried_in_form(split_cell, text) == halves
    joined = tried_in_form(join_with_next, halves.replace("$0", "").replace("a =", "$0a ="))
    assert joined == text


def test_code_is_split_within_a_line() -> None:
    assert tried_in_form(split_cell, f"{START}{code('a;$0 b')}\n") == (
        f"{START}{code('a;')}\n\n{code('$0 b')}\n"
    )


@pytest.mark.parametrize(("source", "halves"), [("$0a", ("", "$0a")), ("a$0", ("a", "$0"))])
def test_at_an_end_of_the_code_one_half_is_empty(source: str, halves: tuple[str, str]) -> None:
    first, second = map(code, halves)

    assert tried_in_form(split_cell, f"{START}{code(source)}\n") == f"{START}{first}\n\n{second}\n"


def test_outputs_and_attributes_stay_with_the_first_half() -> None:
    automatic = '<!-- livebook:{"reevaluate_automatically":true} -->'
    text = f"{KEPT}{automatic}\n\n{code('a', '$0b')}\n\n{OUTPUT}\n"

    assert tried_in_form(split_cell, text) == (
        f"{KEPT}{automatic}\n\n{code('a')}\n\n{OUTPUT}\n\n{code('$0b')}\n"
    )


def test_the_code_of_an_indented_fence_is_split_where_the_cursor_is() -> None:
    text = f"{START}  ```elixir\n  a\n  b$0c\n  ```\n"

    assert tried(split_cell, text) == f"{START}{code('  a', '  b')}\n\n{code('$0c')}\n"


def test_text_is_split_between_paragraphs_and_joined_again() -> None:
    text = f"{START}One\n\n$0Two\n"
    halves = f"{START}One\n\n{BREAK}\n\n$0Two\n"

    assert tried_in_form(split_cell, text) == halves
    assert tried_in_form(join_with_next, halves.replace("$0", "").replace("One", "$0One")) == text


def test_at_an_end_of_a_text_one_half_is_an_empty_cell() -> None:
    assert tried(split_cell, f"{START}One$0\n") == f"{START}One\n\n{BREAK}\n\n$0\n"
    assert tried(split_cell, f"{START}$0One\n") == f"{START}{BREAK}\n\n{BREAK}\n\n$0One\n"


def test_code_in_a_text_is_not_split() -> None:
    text = f"{START}One\n\n```ruby\na\n$0b\n```\n"

    assert tried(split_cell, text) == refusals.ONE_BLOCK.sentence


def test_what_both_gave_stays_with_the_joined_cell() -> None:
    text = f"{KEPT}{code('$0a')}\n\n{OUTPUT}\n\n{code('b')}\n\n{OUTPUT}\n"

    assert tried_in_form(join_with_next, text) == (
        f"{KEPT}{code('a', '$0b')}\n\n{OUTPUT}\n\n{OUTPUT}\n"
    )


def test_only_cells_of_one_kind_in_one_section_are_joined() -> None:
    other_kind = f"{START}$0One\n\n{code('1')}\n"
    other_language = f"{START}{code('$01')}\n\n```erlang\n2.\n```\n"
    other_section = f"{START}{code('$01')}\n\n## Two\n\n{code('2')}\n"

    assert tried(join_with_next, other_kind) == refusals.OTHER_KIND.sentence
    assert tried(join_with_next, other_language) == refusals.OTHER_KIND.sentence
    assert tried(join_with_next, other_section) == refusals.NO_NEXT.sentence


def test_a_cell_is_split_inside_its_text_only() -> None:
    assert tried(split_cell, f"{START}``$0`elixir\n1\n```\n") == refusals.NOT_IN_TEXT.sentence
    assert tried(split_cell, "# T$0\n") == refusals.NO_CELL.sentence
