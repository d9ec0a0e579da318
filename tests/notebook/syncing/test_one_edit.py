"""The edit that most saves are is foreseen without comparing notebooks, to the same end."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.syncing import forecast as forecasting
from livebook_ls.notebook.syncing.forecast import Forecast, forecast_edit, forecast_texts
from livebook_ls.notebook.syncing.one_edit import is_one_edit
from livebook_ls.sync.guarding.notebook_text import NotebookText
from tests.notebook.syncing.test_any_change import NOTEBOOKS
from tests.support.examples import tried

TWO = "# T\n\n## A\n\n```elixir\n1\n```\n\n## B\n\nwords\n\n```elixir\n2\n```\n"
BRANCH = TWO.replace("## B", '<!-- livebook:{"branch_parent_index":0} -->\n\n## B')
OUTPUT = "\n\n".join((TWO.rstrip(), '<!-- livebook:{"output":true} -->', "```\n2\n```\n"))
FORCED = TWO.replace("```elixir\n1", '<!-- livebook:{"force_markdown":true} -->\n\n```elixir\n1')
SMART = (
    TWO + '\n<!-- livebook:{"attrs":"e30","chunks":null,"kind":"K","livebook_object":"smart_cell"}'
    " -->\n\n```elixir\n3\n```\n"
)
REEVALUATED = TWO.replace(
    "```elixir\n1", '<!-- livebook:{"reevaluate_automatically":true} -->\n\n```elixir\n1'
)
# Of these some are the only ones in a notebook, and some are not.
CODES = st.sampled_from(["1", "2", "3", "words", ""])


# What else is typed into a cell, or closes it, or is read as something that goes on below.
TYPED = st.sampled_from(["", "1", "3", "\n", "```", "<!--", "~~~", "# ", "<b>", "[a]: b", "\t"])


def is_edit(before: str, after: str) -> bool:
    return is_one_edit(NotebookText(before).cells, NotebookText(after).cells)


def of_texts(before: str, after: str) -> Forecast | None:
    """What is foreseen by the texts alone."""
    held, read = NotebookText(before), NotebookText(after)
    return forecast_edit(held.cells, held.document, read.document)


@given(NOTEBOOKS, st.integers(0, 5), CODES)
@tried(300)
def test_it_comes_to_what_a_comparison_of_both_notebooks_comes_to(
    before: str, at: int, code: str
) -> None:
    parts = before.split("```elixir\n")
    at = at % len(parts)
    end = parts[at].find("```")
    if at and end >= 0:
        parts[at] = code + "\n" + parts[at][end:]
    after = "```elixir\n".join(parts)
    quickly, at_once = forecast_texts(before, after), of_texts(before, after)
    with mock.patch.object(forecasting, "is_one_edit", return_value=False):
        compared = forecast_texts(before, after)

    assert quickly == compared
    assert at_once in (None, compared) or NotebookText(after).notebook.failures


@given(NOTEBOOKS, st.integers(0), st.integers(0, 2), TYPED)
@tried(300)
def test_what_is_typed_anywhere_comes_to_the_same(
    before: str, at: int, gone: int, typed: str
) -> None:
    at = at % (len(before) + 1)
    after = before[:at] + typed + before[at + gone :]
    with mock.patch.object(forecasting, "is_one_edit", return_value=False):
        compared = forecast_texts(before, after)

    assert of_texts(before, after) in (None, compared) or NotebookText(after).notebook.failures


@pytest.mark.parametrize(
    ("before", "old", "new", "expected"),
    [
        pytest.param(TWO, "\n1\n", "\n3\n", True, id="the first"),
        pytest.param(TWO, "\n2\n", "\n3\n", True, id="the last"),
        pytest.param(REEVALUATED, "\n1\n", "\n3\n", True, id="with attributes"),
        pytest.param(TWO, "\n1\n", "\n2\n", False, id="now like another"),
        pytest.param(TWO.replace("2", "1"), "1", "3", False, id="several"),
        pytest.param(TWO, "words", "other words", False, id="prose"),
        pytest.param(TWO, "## B", "## C", False, id="a name"),
        pytest.param(TWO, "# T", "# U", False, id="the title"),
        pytest.param(TWO, "```elixir\n1", "```erlang\n3", False, id="its language too"),
        pytest.param(REEVALUATED, "true", "1", False, id="attributes that Python takes for equal"),
        pytest.param(REEVALUATED, "true} -->\n\n```elixir\n1", "1} -->\n\n```elixir\n3", False,
                     id="attributes too"),
        pytest.param(BRANCH, "\n1\n", "\n3\n", False, id="beside a branch"),
        pytest.param(OUTPUT, "```\n2\n```\n", "```\n4\n```\n", False, id="an output"),
        pytest.param(SMART, "\n3\n", "\n4\n", False, id="a smart cell"),
        pytest.param(TWO, "words\n\n", "", False, id="a cell gone"),
        pytest.param(TWO, "", "", False, id="nothing"),
    ],
)  # fmt: skip
def test_which_edits_are_taken_for_one(before: str, old: str, new: str, *, expected: bool) -> None:
    after = before.replace(old, new) if old else before

    assert is_edit(before, after) is expected
    assert (of_texts(before, after) is not None) is expected


@pytest.mark.parametrize(
    ("before", "old", "new"),
    [
        pytest.param(TWO, "```elixir\n1\n```", "```elixir\n3", id="no longer closed"),
        pytest.param(TWO.removesuffix("```\n"), "\n2\n", "\n3\n", id="never closed"),
        pytest.param(FORCED, "\n1\n", "\n3\n", id="code that is prose"),
        pytest.param(TWO.replace("## A\n\n", ""), "\n1\n", "\n3\n", id="the setup cell"),
        pytest.param(TWO, "```elixir\n1\n```", "```elixir\n3\n```\n\n## C", id="more below it"),
    ],
)
def test_what_is_no_code_of_a_sections_cell_is_compared(before: str, old: str, new: str) -> None:
    assert of_texts(before, before.replace(old, new)) is None
