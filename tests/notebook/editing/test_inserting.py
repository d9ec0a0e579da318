"""Cells put into a notebook: beside a cell, at the start or the end of a section."""

from __future__ import annotations

from functools import partial

import pytest

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.inserting import (
    Beside,
    insert_code_cell,
    insert_markdown_cell,
    insert_markdown_source,
)
from livebook_ls.notebook.editing.outcome import Edited, Refusal
from livebook_ls.notebook.importing.importer import parse
from tests.notebook.editing.marked_edits import tried, tried_in_form
from tests.notebook.editing.test_cells import BREAK, code

below = partial(insert_code_cell, side=Beside.BELOW)
above = partial(insert_code_cell, side=Beside.ABOVE)
text_below = partial(insert_markdown_cell, side=Beside.BELOW)
text_above = partial(insert_markdown_cell, side=Beside.ABOVE)


def test_code_comes_below_and_above() -> None:
    text = f"# T\n\n## S\n\n{code('$01')}\n\nOne\n"

    assert tried_in_form(below, text) == f"# T\n\n## S\n\n{code('1')}\n\n{code('$0')}\n\nOne\n"
    assert tried_in_form(above, text) == f"# T\n\n## S\n\n{code('$0')}\n\n{code('1')}\n\nOne\n"


def test_code_is_in_the_notebooks_own_language() -> None:
    text = '<!-- livebook:{"default_language":"erlang"} -->\n\n# T\n\n## S\n\nOne$0\n'

    assert tried_in_form(below, text).endswith("One\n\n```erlang\n$0\n```\n")


def test_on_a_heading_below_is_the_start_of_its_section_and_above_the_end_of_the_last() -> None:
    text = f"# T\n\n## A\n\n{code('1')}\n\n## B$0\n\n{code('2')}\n"

    assert tried_in_form(below, text).endswith(f"## B\n\n{code('$0')}\n\n{code('2')}\n")
    assert tried_in_form(above, text).startswith(f"# T\n\n## A\n\n{code('1')}\n\n{code('$0')}\n")
    assert tried(above, "# T\n\n## S$0\n") == refusals.FIRST_SECTION.sentence


def test_title_and_setup_cell_lead_to_the_first_section() -> None:
    setup = code("Mix.install([])")

    assert tried_in_form(below, "# T$0\n\n## A\n") == f"# T\n\n## A\n\n{code('$0')}\n"
    assert tried_in_form(below, f"# T\n\n$0{setup}\n\n## A\n").endswith(f"## A\n\n{code('$0')}\n")


def test_the_first_code_of_a_notebook_is_not_its_setup_cell() -> None:
    assert tried(below, "# T$0\n") == f"# T\n\n## Section\n\n{code('$0')}\n"
    assert tried(below, "$0") == f"## Section\n\n{code('$0')}\n"


def test_a_line_for_text_is_apart_from_other_text_only() -> None:
    text = f"# T\n\n## S\n\n$0One\n\n{code('1')}\n"

    assert tried(text_below, text) == f"# T\n\n## S\n\nOne\n\n{BREAK}\n\n$0\n\n{code('1')}\n"
    assert tried(text_above, text) == f"# T\n\n## S\n\n$0\n\n{BREAK}\n\nOne\n\n{code('1')}\n"
    code_first = f"# T\n\n## S\n\n{code('$01')}\n\n{code('2')}\n"
    assert tried(text_below, code_first) == (f"# T\n\n## S\n\n{code('1')}\n\n$0\n\n{code('2')}\n")


@pytest.mark.parametrize(
    "source",
    [
        "x = 1",
        "",
        "\n\nx\n\n",
        '"""\n```elixir\nIO.puts(1)\n```\n"""',
        "````\n```",
        '<!-- livebook:{"output":true} -->',
        "<!-- open",
        "# Title\n## Section",
        "  indented\n\tby a tab",
        "a\u2028b\x0cc",
    ],
)
def test_code_is_read_back_just_as_it_was_given(source: str) -> None:
    text = f"# T\n\n## S\n\nOne\n\n{code('1')}\n"
    outcome = insert_code_cell(text, text.index("One"), Beside.BELOW, source)

    assert isinstance(outcome, Edited)
    cells = parse(outcome.text).sections[0].cells
    assert [it.source for it in cells] == ["One", source, "1"]
    assert outcome.text[outcome.selection.start :].startswith(source)


def test_code_that_no_fence_holds_is_refused() -> None:
    outcome = insert_code_cell("# T\n\n## S\n", 0, Beside.BELOW, "a\rb")

    assert outcome == refusals.UNWRITABLE


def test_only_livebooks_languages_make_cells() -> None:
    outcome = insert_code_cell("# T\n\n## S\n", 0, Beside.BELOW, "", "ruby")

    assert isinstance(outcome, Refusal)
    assert "ruby" in outcome.sentence


def test_code_in_a_text_stays_in_the_text() -> None:
    source = "Like this:\n\n```elixir\nx\n```\n\n```python\ny\n```"
    outcome = insert_markdown_source("# T\n\n## S\n", 5, Beside.BELOW, source)

    assert isinstance(outcome, Edited)
    force = '<!-- livebook:{"force_markdown":true} -->'
    assert outcome.text.count(force) == 2
    assert [len(it.cells) for it in parse(outcome.text).sections] == [1]


@pytest.mark.parametrize(
    "source",
    [
        "# Another title",
        "Text\n\n## A section",
        f"One\n\n{BREAK}\n\nTwo",
        "<!-- open",
        "```\nopen",
        '<!-- livebook:{"output":true} -->',
    ],
)
def test_text_that_would_be_something_else_is_refused(source: str) -> None:
    text = f"# T\n\n## S\n\n{code('1')}\n\nEnd.\n"
    outcome = insert_markdown_source(text, text.index("1"), Beside.BELOW, source)

    assert isinstance(outcome, Refusal)


def test_an_empty_text_cell_is_written_as_one() -> None:
    text = f"# T\n\n## S\n\n{code('1')}\n\nEnd.\n"
    outcome = insert_markdown_source(text, text.index("End"), Beside.BELOW, " \n")

    assert isinstance(outcome, Edited)
    assert [it.source for it in parse(outcome.text).sections[0].cells] == ["1", "End.", ""]
