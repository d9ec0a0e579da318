"""A draft that follows changes says the same as reading the changed text from the start."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.hazards.finding import find_hazards
from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.source import Source
from tests.support.arbitrary import LINES, SOUPS
from tests.support.examples import tried

SECTION = (
    "## S\n\ntext with `code`\n\n* a\n* b\n\n"
    '<!-- livebook:{"reevaluate_automatically":true} -->\n\n```elixir\n1\n```\n\n'
    "```output\n1\n```\n\n### sub\n\n> q\n\n"
)
# Long enough to fall into several fragments, with a few odd lines somewhere.
TEXTS = st.builds(
    lambda title, before, soup, after: title + SECTION * before + soup + SECTION * after,
    st.sampled_from(["# T\n\n", "", "# T\n\n# U\n\n", "text\n\n# T\n\n"]),
    st.integers(0, 13),
    SOUPS,
    st.integers(0, 13),
)
INSERTIONS = st.sampled_from(
    ["", "x", "`", "#", "\n", "- ", "```\n", "<!-- ", "-->", "<div>\n", "# T2\n", "\r", "{: .a}\n"]
    + [line + "\n" for line in LINES]
)


@pytest.mark.slow
@given(TEXTS, st.data())
@tried(300)
def test_a_changed_draft_says_what_a_fresh_one_says(text: str, data: st.DataObject) -> None:
    draft = Draft(Source(text))
    for _ in range(3):
        size = len(draft.source.text)
        start = data.draw(st.integers(0, size))
        end = data.draw(st.integers(start, min(size, start + 60)))
        draft = draft.replaced(start, end, data.draw(INSERTIONS))
        assert_is_fresh(draft)


@given(TEXTS, TEXTS)
@tried(100)
def test_a_draft_can_become_any_other_text(old: str, new: str) -> None:
    assert_is_fresh(Draft(Source(old)).updated(Source(new)))


@pytest.mark.parametrize("title", ["# T\n\n", "# T\n\n# U\n\n"])
def test_a_keystroke_keeps_most_of_the_fragments(title: str) -> None:
    text = title + SECTION * 200
    draft = Draft(Source(text))
    changed = draft.replaced(len(text) // 2, len(text) // 2, "x")
    assert changed.notebook != draft.notebook
    assert_is_fresh(changed)
    kept = sum(fragment in draft.fragments for fragment in changed.fragments)
    assert kept >= len(draft.fragments) - 4


def test_a_keystroke_below_an_open_fence_keeps_most_of_the_fragments() -> None:
    text = "# T\n\n## S\n\n" + "```elixir\nx = 1\n```\n\nSome words.\n\n" * 600
    draft = Draft(Source(text)).replaced(11, 11, "```\n")
    assert len(draft.notebook.cells) == 1
    middle = draft.source.text.index("Some", len(text) // 2)
    changed = draft.replaced(middle, middle, "x")
    assert_is_fresh(changed)
    kept = sum(fragment in draft.fragments for fragment in changed.fragments)
    assert kept >= len(draft.fragments) - 4 > 10


@pytest.mark.slow
@given(st.lists(st.tuples(st.floats(0, 1), INSERTIONS, st.floats(0, 1)), max_size=3))
@tried(20)
def test_what_is_turned_and_turned_back_is_read_as_if_fresh(
    turns: list[tuple[float, str, float]],
) -> None:
    draft = Draft(Source("# T\n\n" + SECTION * 130))
    for place, new, other in turns:
        at = int(place * len(draft.source.text))
        turned = draft.replaced(at, at, new)
        assert_is_fresh(turned)
        meanwhile = int(other * len(turned.source.text))
        draft = turned.replaced(meanwhile, meanwhile, "x")
        assert_is_fresh(draft)
        at += meanwhile < at
        draft = draft.replaced(at, at + len(new), "")
        assert_is_fresh(draft)


def test_a_fence_that_is_closed_brings_back_what_was_read_below_it() -> None:
    text = "# T\n\n## S\n\n" + "```elixir\nx = 1\n```\n\nSome words.\n\n" * 800
    draft = Draft(Source(text))
    opened = draft.replaced(11, 11, "```elixir\n\n")
    for at, letter in enumerate("1 + 1", 21):
        opened = opened.replaced(at, at, letter)
    closed = opened.replaced(27, 27, "```\n\n")
    assert_is_fresh(closed)
    assert len({*map(id, closed.fragments)} & {*map(id, draft.fragments)}) > 20
    again = closed.replaced(27, 32, "")
    assert_is_fresh(again)
    assert len({*map(id, again.fragments)} & {*map(id, opened.fragments)}) > 20


def assert_is_fresh(draft: Draft) -> None:
    document = read_document(Source(draft.source.text))
    notebook = build_notebook(document)
    assert draft.document.blocks == document.blocks
    assert draft.document.scan == document.scan
    assert draft.notebook == notebook
    assert draft.hazards == find_hazards(document, notebook)


def test_a_title_that_goes_and_comes_leaves_what_is_below_as_it_was() -> None:
    section = "## Part\n\nSome words.\n\n```elixir\nx = 1\n```\n\n"
    draft = Draft(Source(f"# Title\n\n{section * 100}"))
    for end, new in ((2, ""), (0, "# ")):
        before, draft = draft, draft.replaced(0, end, new)
        assert_is_fresh(draft)

        assert len({*map(id, before.fragments)} & {*map(id, draft.fragments)}) > 5
