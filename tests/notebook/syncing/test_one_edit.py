"""The edit that most saves are is foreseen without comparing notebooks, to the same end."""

from __future__ import annotations

from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livebook_ls.notebook.syncing import forecast as forecasting
from livebook_ls.notebook.syncing.forecast import forecast_texts
from livebook_ls.notebook.syncing.one_edit import is_one_edit
from livebook_ls.sync.guarding.notebook_text import NotebookText
from tests.notebook.syncing.test_any_change import NOTEBOOKS

TWO = "# T\n\n## A\n\n```elixir\n1\n```\n\n## B\n\nwords\n\n```elixir\n2\n```\n"
BRANCH = TWO.replace("## B", '<!-- livebook:{"branch_parent_index":0} -->\n\n## B')
OUTPUT = "\n\n".join((TWO.rstrip(), '<!-- livebook:{"output":true} -->', "```\n2\n```\n"))
SMART = (
    TWO + '\n<!-- livebook:{"attrs":"e30","chunks":null,"kind":"K","livebook_object":"smart_cell"}'
    " -->\n\n```elixir\n3\n```\n"
)
REEVALUATED = TWO.replace(
    "```elixir\n1", '<!-- livebook:{"reevaluate_automatically":true} -->\n\n```elixir\n1'
)
# Of these some are the only ones in a notebook, and some are not.
CODES = st.sampled_from(["1", "2", "3", "words", ""])


def is_edit(before: str, after: str) -> bool:
    return is_one_edit(NotebookText(before).cells, NotebookText(after).cells)


@given(NOTEBOOKS, st.integers(0, 5), CODES)
@settings(max_examples=300, deadline=None)
def test_it_comes_to_what_a_comparison_of_both_notebooks_comes_to(
    before: str, at: int, code: str
) -> None:
    parts = before.split("```elixir\n")
    at = at % len(parts)
    end = parts[at].find("```")
    if at and end >= 0:
        parts[at] = code + "\n" + parts[at][end:]
    after = "```elixir\n".join(parts)
    quickly = forecast_texts(before, after)
    with mock.patch.object(forecasting, "is_one_edit", return_value=False):
        compared = forecast_texts(before, after)

    assert quickly == compared


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
    assert is_edit(before, before.replace(old, new) if old else before) is expected
