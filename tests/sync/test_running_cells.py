"""Saves that would end a cell that runs, as a real Livebook did; and those that let it run on."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.sync.guarding.guard import Verdict
from livebook_ls.sync.guarding.running_cells import could_end_run, keep_running
from tests.support.live_notebooks import live_of

BRANCH = '<!-- livebook:{"branch_parent_index":0} -->\n\n'
LONG = "```elixir\nlong()\n```\n\n"
TEXT = f"# Note\n\n## One\n\n```elixir\nx = 1\n```\n\n## Two\n\n{LONG}Words\n"
AS_BRANCH = TEXT.replace("## Two", f"{BRANCH}## Two")


def told(before: str, after: str) -> list[str]:
    verdict = keep_running(Verdict(False, ()), live_of(before, running="long"), parse(after))
    assert verdict.is_held == bool(verdict.findings)
    return [it.code for it in verdict.findings]


@pytest.mark.parametrize(
    ("before", "after", "wanted"),
    [
        pytest.param(TEXT, AS_BRANCH, "displaces-running-cell", id="becomes a branch"),
        pytest.param(AS_BRANCH, TEXT, "displaces-running-cell", id="is a branch no more"),
        pytest.param(
            TEXT,
            AS_BRANCH.replace("long()", "longer()"),
            "displaces-running-cell",
            id="becomes a branch and is edited",
        ),
        pytest.param(
            TEXT,
            AS_BRANCH.replace("Two", "Deux"),
            "displaces-running-cell",
            id="becomes a branch of another name",
        ),
        pytest.param(
            TEXT,
            TEXT.replace(LONG, "").replace("## Two", f"{LONG}## Two"),
            "displaces-running-cell",
            id="moved into another section",
        ),
        pytest.param(TEXT, TEXT.replace(LONG, ""), "deletes-running-cell", id="deleted"),
    ],
)
def test_a_save_that_ends_a_running_cell_is_held(before: str, after: str, wanted: str) -> None:
    assert told(before, after) == [wanted]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(TEXT, id="the same"),
        pytest.param(TEXT.replace("long()", "longer()"), id="edited"),
        pytest.param(TEXT.replace("## Two", "## Deux"), id="its section renamed"),
        pytest.param(TEXT.replace("long()", "longer()").replace("Two", "Deux"), id="both"),
        pytest.param(TEXT.replace(f"{LONG}Words\n", f"Words\n\n{LONG}"), id="moved within it"),
        pytest.param(TEXT.replace("x = 1", "x = 2"), id="another cell edited"),
    ],
)
def test_other_saves_let_it_run_on(after: str) -> None:
    assert told(TEXT, after) == []


WAITS = "```elixir\nwaits()\n```\n\n"
QUEUED = f"# Note\n\n## One\n\n{LONG}{WAITS}Words\n\n## Two\n\n```elixir\nx = 1\n```\n"


def told_of_waiting(after: str) -> list[str]:
    live = live_of(QUEUED, running="long", waiting="waits")
    return [it.code for it in keep_running(Verdict(False, ()), live, parse(after)).findings]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(
            QUEUED.replace(WAITS, "").replace("## Two\n\n", f"## Two\n\n{WAITS}"), id="moved"
        ),
        pytest.param(QUEUED.replace(WAITS, f"## New\n\n{WAITS}"), id="a heading above it"),
        pytest.param(
            QUEUED.replace("waits()", "y").replace("x = 1", "waits()").replace("y", "x = 1"),
            id="swapped",
        ),
    ],
)
def test_a_save_that_takes_a_waiting_cell_to_another_section_is_held(after: str) -> None:
    assert told_of_waiting(after) == ["displaces-waiting-cell"]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(QUEUED, id="the same"),
        pytest.param(QUEUED.replace(f"{LONG}{WAITS}", f"{WAITS}{LONG}"), id="moved within it"),
        pytest.param(QUEUED.replace(WAITS, ""), id="deleted"),
        pytest.param(QUEUED.replace("waits()", "waits_longer()"), id="edited"),
        pytest.param(QUEUED.replace("## One", "## Eins"), id="its section renamed"),
        pytest.param(QUEUED.replace("\n## Two\n", ""), id="sections made one"),
    ],
)
def test_a_waiting_cell_may_change_else(after: str) -> None:
    assert told_of_waiting(after) == []


@pytest.mark.parametrize("state", ["running", "waiting"])
def test_a_cell_elsewhere_that_says_the_same_is_not_taken_for_it(state: str) -> None:
    before = QUEUED.replace("x = 1", "waits()")
    live = live_of(before, **{state: "waits"})
    edited = before.replace("waits()", "other()", 1)

    assert not keep_running(Verdict(False, ()), live, parse(edited)).is_held


@pytest.mark.parametrize(
    ("after", "asks"),
    [
        pytest.param(QUEUED, False, id="the same"),
        pytest.param(QUEUED.replace("x = 1", "x = 2"), False, id="edited"),
        pytest.param(f"{QUEUED}\n{WAITS}", False, id="another cell"),
        pytest.param(QUEUED.replace("Words\n\n", ""), False, id="words deleted"),
        pytest.param(QUEUED.replace(f"{LONG}{WAITS}", f"{WAITS}{LONG}"), False, id="turned"),
        pytest.param(QUEUED.replace(WAITS, ""), True, id="deleted"),
        pytest.param(QUEUED.replace(WAITS, f"## New\n\n{WAITS}"), True, id="elsewhere"),
        pytest.param(QUEUED.replace("## Two", f"{BRANCH}## Two"), True, id="as a branch"),
    ],
)
def test_what_runs_is_asked_where_code_is_gone_or_elsewhere(after: str, asks: bool) -> None:
    assert could_end_run(parse(QUEUED), parse(after)) is asks


SETUP = "# Note\n\n```elixir\nMix.install([])\n```\n\n"
CELLS = st.lists(st.sampled_from(["```elixir\na\n```", "```elixir\nb\n```", "c"]), max_size=3)
SECTIONS = st.lists(
    st.tuples(st.sampled_from(["One", "Two"]), st.booleans(), CELLS), min_size=1, max_size=3
)


def note_of(sections: list[tuple[str, bool, list[str]]], *, has_setup: bool) -> str:
    parts = [SETUP if has_setup else "# Note"]
    for number, (name, is_branch, cells) in enumerate(sections):
        parts += [*([BRANCH] if is_branch and number else []), f"## {name}", *cells]
    return "\n\n".join(parts) + "\n"


@given(SECTIONS, SECTIONS, st.booleans(), st.booleans(), st.sampled_from(["running", "waiting"]))
def test_whatever_would_be_held_is_asked(
    held: list[tuple[str, bool, list[str]]],
    saved: list[tuple[str, bool, list[str]]],
    had_setup: bool,
    has_setup: bool,
    state: str,
) -> None:
    before, after = note_of(held, has_setup=had_setup), note_of(saved, has_setup=has_setup)
    live = live_of(before, **{state: "a"})
    if keep_running(Verdict(False, ()), live, parse(after)).is_held:
        assert could_end_run(parse(before), parse(after))
