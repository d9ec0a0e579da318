"""What holds of a sync from any text to any other: it is foreseen, and two steps lose nothing."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from livebook_ls.notebook.importing.importer import build_notebook, read_document
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.syncing.forecast import forecast_texts, two_step
from livebook_ls.settings import Guard
from livebook_ls.sync.guarding.guard import Consent, judge
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.guarding.sync_losses import foresee
from tests.support.arbitrary import TEXTS
from tests.support.examples import tried

LINES = st.sampled_from(
    [
        *("# T", "## A", "## B", "### Part", "words", "```elixir\n1\n```", "```elixir\n2\n```"),
        *("```python\n1\n```", "", "- a", '<!-- livebook:{"branch_parent_index":0} -->'),
        '<!-- livebook:{"branch_parent_index":1} -->',
        '<!-- livebook:{"output":true} -->\n\n```\n1\n```',
        '<!-- livebook:{"reevaluate_automatically":true} -->',
        '<!-- livebook:{"attrs":"e30","chunks":null,"kind":"K","livebook_object":"smart_cell"} -->',
    ]
)
# Notebooks that have much in common, which is where syncs are hard to foresee.
NOTEBOOKS = st.lists(LINES, max_size=14).map("\n\n".join)
CHANGES = st.tuples(NOTEBOOKS, NOTEBOOKS) | st.tuples(TEXTS, TEXTS)


@given(CHANGES)
@tried(60)
def test_any_change_is_foreseen(change: tuple[str, str]) -> None:
    found = forecast_texts(*change)

    assert (found.session is None) == (found.raises is not None)
    assert not (found.equal and found.losses)


@given(NOTEBOOKS)
@settings(max_examples=30, deadline=None)
def test_what_the_session_holds_arrives_again(text: str) -> None:
    found = forecast_texts(text, text)

    assert found.raises is not None or (found.equal and not found.losses)


@given(CHANGES)
@tried(60)
def test_two_steps_lose_nothing(change: tuple[str, str]) -> None:
    before, after = change
    halfway = two_step(build_notebook(read_document(Source(before))), after)
    if halfway is not None:
        steps = (forecast_texts(before, halfway), forecast_texts(halfway, after))

        assert all(it.equal and not it.losses for it in steps)


@given(CHANGES, st.sampled_from(Guard))
@tried(60)
def test_what_would_end_a_session_is_held_whatever_was_agreed_to(
    change: tuple[str, str], guard: Guard
) -> None:
    held, reading = (NotebookText(it) for it in change)
    foresight = foresee(held, reading)
    verdict = judge(reading, foresight, guard, Consent(for_notebook=True), None)

    assert all(it.sentence and it.code for it in verdict.findings)
    if foresight is not None and foresight.forecast.raises is not None:
        assert verdict.is_held
