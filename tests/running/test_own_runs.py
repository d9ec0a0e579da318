"""What a save would make Livebook run or lose by itself: as a real one did with these texts."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running.own_runs import OwnRun, WaitingCells, foresee_save, unagreed_runs
from tests.support.live_notebooks import live_of

ITSELF = '<!-- livebook:{"reevaluate_automatically":true} -->\n\n'
BRANCH = '<!-- livebook:{"branch_parent_index":0} -->\n\n'


def code(source: str) -> str:
    return f"```elixir\n{source}\n```\n\n"


X, OTHER, USES_X, Y = code("x = 1"), code(":other"), ITSELF + code("x + 1"), code("y = 2")
ONE, TWO = "# Note\n\n## One\n\n", "## Two\n\n"
TEXT = ONE + X + OTHER + USES_X + TWO + Y + code("y + 1")


def runs(before: str, after: str) -> list[tuple[str, OwnRun]]:
    foreseen = foresee_save(parse(after), live_of(before))
    return [(it.cell.source, it.why) for it in foreseen.runs]


def lost(before: str, after: str) -> list[tuple[str, int]]:
    foreseen = foresee_save(parse(after), live_of(before))
    return [(it.first.source, it.count) for it in foreseen.lost]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(TEXT.replace(X, ""), id="deleted"),
        pytest.param(TEXT.replace(USES_X, "").replace(X, USES_X + X), id="moved above it"),
        pytest.param(TEXT.replace(X, "").replace(Y, X + Y), id="moved below it"),
        pytest.param(TEXT.replace(X, "").replace(TWO, BRANCH + TWO + X), id="moved to a branch"),
    ],
)
def test_a_cell_that_runs_by_itself_does_when_it_loses_one_above(after: str) -> None:
    assert runs(TEXT, after) == [("x + 1", OwnRun.REEVALUATES)]


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(TEXT, id="the same"),
        pytest.param(TEXT.replace(X + OTHER, OTHER + X), id="others in another order above"),
        pytest.param(TEXT.replace(Y, "").replace(X, X + Y), id="one more above"),
        pytest.param(TEXT.replace("x = 1", "x = 2"), id="an edit"),
        pytest.param(
            TEXT.replace(X + OTHER, code(":others") + X), id="an edit of one that was moved"
        ),
        pytest.param(TEXT.replace("## One", "## Uno"), id="another name of its section"),
    ],
)
def test_it_does_not_where_all_that_it_stands_on_is_above(after: str) -> None:
    assert runs(TEXT, after) == []


def test_it_runs_when_it_comes_into_a_branch_or_out_of_one() -> None:
    inside = TEXT.replace(USES_X, "").replace(TWO, BRANCH + TWO + USES_X)
    outside = TEXT.replace(TWO, BRANCH + TWO)

    assert runs(outside, inside) == [("x + 1", OwnRun.CHANGES_FLOW)]
    assert runs(inside, outside) == [("x + 1", OwnRun.CHANGES_FLOW)]


def test_in_a_branch_it_stands_on_nothing_below_its_parent() -> None:
    branch = BRANCH + "## Branch\n\n" + USES_X
    text = ONE + X + TWO + Y + branch

    assert runs(text, ONE + X + TWO + branch) == []
    assert runs(text, ONE + TWO + X + Y + branch) == [("x + 1", OwnRun.REEVALUATES)]


def test_a_section_that_becomes_a_branch_loses_its_evaluations() -> None:
    branch = TEXT.replace(TWO, BRANCH + TWO)

    assert lost(TEXT, branch) == [("y = 2", 2)]
    assert lost(branch, TEXT) == [("y = 2", 2)]
    assert lost(TEXT, TEXT.replace("## Two", "## Deux")) == []


def test_a_cell_that_is_moved_into_a_branch_loses_its_evaluation() -> None:
    branch = TEXT.replace(TWO, BRANCH + TWO)

    assert lost(branch, branch.replace(OTHER, "").replace(Y, OTHER + Y)) == [(":other", 1)]
    assert lost(TEXT, TEXT.replace(OTHER, "").replace(Y, OTHER + Y)) == []


def unagreed(after: str, waiting: str | None, before: str = TEXT) -> list[str]:
    """What an edit would have run while the cell with the text `waiting` waits."""
    notebook = parse(before)
    places = frozenset(it.span.start for it in notebook.cells if it.source == waiting)
    waits = WaitingCells.of_run(notebook, places) if waiting else None
    return [it.source for it in unagreed_runs(notebook, parse(after), None, waits)]


NEW = code("new()")


@pytest.mark.parametrize(
    ("after", "new"),
    [
        pytest.param(TEXT.replace("y = 2", "new()"), ["new()"], id="another text"),
        pytest.param(TEXT.replace(X, NEW + X), ["new()"], id="a cell before it"),
        pytest.param(TEXT.replace(Y, NEW), ["new()"], id="another in its place"),
        # Which of those between is taken for which is Livebook's to say.
        pytest.param(
            TEXT.replace(OTHER, "").replace(Y, Y + NEW), ["x + 1", "new()"], id="all moves up"
        ),
        pytest.param(TEXT.replace("y = 2", "y + 1"), ["y + 1"], id="the text of one below"),
        pytest.param(
            TEXT.replace("elixir\ny = 2", "erlang\ny = 2"), ["y = 2"], id="another language"
        ),
    ],
)
def test_what_waits_is_run_with_the_text_that_it_has_by_then(after: str, new: list[str]) -> None:
    assert unagreed(after, "y = 2") == new
    assert unagreed(after, None) == []


@pytest.mark.parametrize(
    "after",
    [
        pytest.param(TEXT, id="the same"),
        pytest.param(TEXT + NEW, id="a cell below"),
        pytest.param(TEXT.replace("y + 1", "new()"), id="an edit below"),
        pytest.param(TEXT.replace(OTHER, ""), id="one less above"),
        pytest.param(TEXT.replace(ONE, f"{ONE}prose\n\n"), id="prose"),
        pytest.param(TEXT.replace(X + OTHER, OTHER + X), id="others in another order above"),
    ],
)
def test_where_it_keeps_its_text_and_those_before_it_nothing_new_is_run(after: str) -> None:
    assert unagreed(after, "y = 2") == []


def test_what_is_made_to_run_by_itself_is_told_with_its_text() -> None:
    assert unagreed(TEXT.replace(Y, ITSELF + Y), None) == ["y = 2"]
    assert unagreed(TEXT.replace("x + 1", "new()"), None) == ["new()"]
    assert unagreed(TEXT.replace(USES_X, code("x + 1")), None) == []
