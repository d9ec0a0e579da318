"""Saves that would end a cell that runs, as a real Livebook did; and those that let it run on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from livebook_ls.livebook.live.cells import CellState
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.syncing.forecast import forecast_texts
from livebook_ls.sync.guarding.running_cells import could_end_run, ended_run
from tests.support.live_notebooks import live_of

BRANCH = '<!-- livebook:{"branch_parent_index":0} -->\n\n'
LONG = "```elixir\nlong()\n```\n\n"
LONGER = LONG.replace("long()", "longer()")
FIRST = "```elixir\nfirst()\n```\n\n"
TEXT = f"# Note\n\n## One\n\n```elixir\nx = 1\n```\n\n## Two\n\n{LONG}Words\n"
AS_BRANCH = TEXT.replace("## Two", f"{BRANCH}## Two")


def told(before: str, after: str, running: str = "long", waiting: str = "") -> str:
    live = live_of(before, running=running, waiting=waiting)
    found = ended_run(live, parse(before), forecast_texts(before, after).fates)
    return found.code if found else ""


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
            TEXT.replace(LONG, "").replace("## One\n\n", f"## One\n\n{LONG}"),
            "displaces-running-cell",
            id="moved into another section",
        ),
        pytest.param(
            TEXT.replace("Words\n", f"{LONG}Words\n").replace(LONG, FIRST, 1),
            TEXT.replace("Words\n", f"## New\n\n{LONG}Words\n").replace(LONG, FIRST, 1),
            "displaces-running-cell",
            id="a heading above it",
        ),
        pytest.param(
            TEXT,
            AS_BRANCH.replace("long()", "longer()").replace("Two", "Deux"),
            "displaces-running-cell",
            id="becomes a branch of another name and is edited",
        ),
        pytest.param(
            TEXT,
            TEXT.replace(LONG, "") + "\n```elixir\nlast()\n```\n",
            "deletes-running-cell",
            id="deleted where another is added",
        ),
        pytest.param(
            TEXT,
            TEXT.replace(LONG, "").replace("## One\n\n", f"## One\n\n{LONGER}"),
            "deletes-running-cell",
            id="moved and edited",
        ),
        pytest.param(TEXT, TEXT.replace(LONG, ""), "deletes-running-cell", id="deleted"),
    ],
)
def test_a_save_that_ends_a_running_cell_is_held(before: str, after: str, wanted: str) -> None:
    assert told(before, after) == wanted


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(TEXT, id="the same"),
        pytest.param(TEXT.replace("long()", "longer()"), id="edited"),
        pytest.param(TEXT.replace("## Two", "## Deux"), id="its section renamed"),
        pytest.param(TEXT.replace("long()", "longer()").replace("Two", "Deux"), id="both"),
        pytest.param(TEXT.replace(f"{LONG}Words\n", f"Words\n\n{LONG}"), id="moved within it"),
        pytest.param(TEXT.replace("x = 1", "x = 2"), id="another cell edited"),
        pytest.param(TEXT.replace("```elixir\nx = 1\n```\n\n", ""), id="another cell deleted"),
        pytest.param(
            TEXT.replace("```elixir\nx = 1\n```\n\n", "").replace("long()", "longer()"),
            id="another cell deleted, and it edited",
        ),
        pytest.param(
            TEXT.replace("## Two\n\n", "").replace("Words", "## Two\n\nWords"),
            id="the heading above it put below",
        ),
        pytest.param(TEXT.replace("## Two\n\n", ""), id="sections made one"),
    ],
)
def test_other_saves_let_it_run_on(after: str) -> None:
    assert told(TEXT, after) == ""


WAITS = "```elixir\nwaits()\n```\n\n"
QUEUED = f"# Note\n\n## One\n\n{LONG}{WAITS}Words\n\n## Two\n\n```elixir\nx = 1\n```\n"


def told_of_waiting(after: str) -> str:
    return told(QUEUED, after, waiting="waits")


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
        pytest.param(
            QUEUED.replace("## One", "## Eins").replace(WAITS, f"## New\n\n{WAITS}"),
            id="its section renamed and a heading above it",
        ),
        pytest.param(
            QUEUED.replace("## One", "## Eins")
            .replace(WAITS, "")
            .replace("## Two\n\n", f"## Two\n\n{WAITS}"),
            id="its section renamed and moved",
        ),
        pytest.param(
            QUEUED.replace("Two", "One")
            .replace(WAITS, "")
            .replace("```elixir\nx = 1", f"{WAITS}```elixir\nx = 1"),
            id="into one of the same name",
        ),
    ],
)
def test_a_save_that_takes_a_waiting_cell_to_another_section_is_held(after: str) -> None:
    assert told_of_waiting(after) == "displaces-waiting-cell"


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(QUEUED, id="the same"),
        pytest.param(QUEUED.replace(f"{LONG}{WAITS}", f"{WAITS}{LONG}"), id="moved within it"),
        pytest.param(QUEUED.replace(WAITS, ""), id="deleted"),
        pytest.param(QUEUED.replace("waits()", "waits_longer()"), id="edited"),
        pytest.param(QUEUED.replace("## One", "## Eins"), id="its section renamed"),
        pytest.param(QUEUED.replace("\n## Two\n", ""), id="sections made one"),
        pytest.param(
            QUEUED.replace(WAITS, "## New\n\n```elixir\nother()\n```\n\n"),
            id="another under a heading in its place",
        ),
    ],
)
def test_a_waiting_cell_may_change_else(after: str) -> None:
    assert told_of_waiting(after) == ""


@pytest.mark.parametrize("state", ["running", "waiting"])
def test_a_cell_elsewhere_that_says_the_same_is_not_taken_for_it(state: str) -> None:
    before = QUEUED.replace("x = 1", "waits()")

    assert told(before, before.replace("waits()", "other()", 1), **{state: "waits"}) == ""


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
    assert could_end_run(parse(QUEUED), forecast_texts(QUEUED, after).fates) is asks


def test_who_waits_in_a_section_that_is_gone_is_in_no_queue() -> None:
    before = QUEUED.replace(WAITS, "").replace("## Two\n\n", f"## Two\n\n{WAITS}")
    after = before.replace("## Two\n\n", "")

    assert told(before, after, waiting="waits") == "displaces-waiting-cell"


def test_a_copy_may_go_and_not_the_one_that_runs() -> None:
    before = QUEUED.replace("x = 1", "long()")
    both = live_of(before, running="long")
    *others, last = both.cells
    live = replace(both, cells=(*others, replace(last, state=CellState())))
    without_copy = QUEUED.replace("```elixir\nx = 1\n```\n", "")

    for after, runs_on in ((without_copy, True), (before.replace(LONG, "", 1), False)):
        found = ended_run(live, parse(before), forecast_texts(before, after).fates)
        assert (found is None) is runs_on


def test_where_cells_stand_in_another_order_than_livebook_has_told_texts_tell_them() -> None:
    live = live_of(QUEUED, running="long", waiting="waits")
    moved = QUEUED.replace(f"{LONG}{WAITS}", f"{WAITS}{LONG}")
    fates = forecast_texts(moved, moved.replace(WAITS, f"## New\n\n{WAITS}")).fates

    assert ended_run(live, parse(moved), fates) is not None
