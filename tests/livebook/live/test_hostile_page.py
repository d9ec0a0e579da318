"""Pages that nobody's Livebook writes: they are read, or not understood, and in time."""

from __future__ import annotations

import pytest

from livebook_ls.livebook.live.cells import LiveCell
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.page.session_page import read_page
from livebook_ls.livebook.live.sources import markup_text
from tests.livebook.live.test_session_state import Side

PAGE = Side("1", "2").html()
NUMBER = "9" * 5000


def first_with(inside: str) -> LiveCell:
    """The first cell of a page that has this in it too."""
    begin = PAGE.index(">", PAGE.index("data-el-cell")) + 1
    return read_page(PAGE[:begin] + inside + PAGE[begin:]).cells[0]


def test_a_number_of_any_length_is_none_that_it_counts_by() -> None:
    assert first_with(f'<div data-el-outputs-container id="x-{NUMBER}"></div>').evaluation == 0
    assert first_with(f'<div data-tooltip="Took {NUMBER}ms"></div>').state.took_ms is None


@pytest.mark.parametrize("tag", ["div", "span style='color: red'", "div data-el-output"])
def test_what_is_nested_a_hundred_thousand_deep_is_read(tag: str) -> None:
    name = tag.split()[0]
    deep = f"<{tag}>" * 100_000 + "words" + f"</{name}>" * 100_000
    shown = first_with(f"<div data-el-output>{deep}</div>")

    assert len(shown.outputs) == 1


@pytest.mark.parametrize(
    "rest", ["<![x[" * 1000, "<div " * 200_000, "<!--" * 200_000, "<a " + "x='" * 300_000]
)
def test_what_has_no_end_is_not_understood(rest: str) -> None:
    with pytest.raises(PageNotUnderstood):
        read_page(PAGE + rest)


def test_a_snippet_that_can_not_be_read_has_no_words() -> None:
    assert markup_text("<p>words</p>") == "words"
    assert markup_text("<![x[") == ""
