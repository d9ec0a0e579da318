"""A page brought up to date: which word counts where page, diffs and events tell of one cell."""

from __future__ import annotations

from typing import Any

import pytest

from livebook_ls.livebook.live.cells import CellStatus, Validity
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.outputs import TextKind, TextOutput
from livebook_ls.livebook.live.page.session_page import SessionPage, read_page
from livebook_ls.livebook.live.session_state import SessionState
from livebook_ls.standin.live import session_diff, session_markup
from livebook_ls.standin.live.evaluator import Change
from livebook_ls.standin.live.session_cells import SessionCells
from livebook_ls.standin.live.session_markup import PageKeys

KEYS = PageKeys(topic="phx-1", csrf_token="csrf", session="session")  # noqa: S106 — of nobody


class Side:
    """The other side, of which pages and diffs are made by hand."""

    def __init__(self, *cells: str) -> None:
        self.cells = SessionCells(text_of(*cells))

    def html(self) -> str:
        body = session_markup.body(KEYS, "id", self.cells, "connected")
        return session_markup.head(KEYS) + body

    def page(self) -> SessionPage:
        return read_page(self.html())

    def rendered(self) -> dict[str, Any]:
        return session_diff.joined(self.cells, "connected", [], "me", has_saved=True)

    def diff(self, *numbers: int) -> dict[str, Any]:
        return session_diff.changed(Change(cells=tuple(self.cells.cells[it] for it in numbers)))

    def sync(self, *cells: str) -> dict[str, Any]:
        events = tuple(self.cells.take(text_of(*cells)))
        return session_diff.changed(Change(cells=tuple(self.cells.cells), events=events))

    def set(self, number: int, **changes: Any) -> None:
        for name, value in changes.items():
            setattr(self.cells.cells[number], name, value)

    def joined(self) -> SessionState:
        return SessionState(self.page(), self.rendered())


def text_of(*cells: str) -> str:
    return "# N\n\n## S\n\n" + "\n\n".join(f"```elixir\n{it}\n```" for it in cells) + "\n"


def test_a_diff_that_came_while_a_page_was_fetched_counts() -> None:
    side = Side("1", "2")
    state = side.joined()
    since, old_page = state.sequence, side.page()
    side.set(1, status="evaluating", since="2026-01-01T00:00:00.000000Z")
    state.take(side.diff(1))
    state.take_page(old_page, since)

    cell = state.notebook.cells[1]
    assert cell.state.status is CellStatus.EVALUATING
    assert not cell.are_outputs_current
    assert state.notebook.cells[2].are_outputs_current


def test_a_page_asked_for_after_a_diff_counts() -> None:
    side = Side("1")
    state = side.joined()
    side.set(1, validity="evaluated", digest="x4mzu6E5EU6M3Ipsi2d5LA==")
    state.take_page(side.page(), state.sequence)

    assert state.notebook.cells[1].state.validity is Validity.EVALUATED


def test_exported_texts_are_those_of_cells_whose_outputs_are_old() -> None:
    side = Side("1", "2", "3")
    state = side.joined()
    state.take_page(side.page(), state.sequence)
    ids = [it.id for it in state.notebook.cells]
    for number in (1, 2):
        side.set(number, validity="evaluated", digest="x4mzu6E5EU6M3Ipsi2d5LA==")
        state.take(side.diff(number))
    since = state.sequence
    side.set(2, status="evaluating", since="2026-01-01T00:00:00.000000Z")
    state.take(side.diff(2))
    changed = state.take_texts(dict.fromkeys(ids, ("text\x07",)), since)

    cells = state.notebook.cells
    assert changed == {ids[1]}
    assert cells[1].outputs == (TextOutput(kind=TextKind.TERMINAL, text="text"),)
    assert [it.are_outputs_whole for it in cells] == [True, False, True, True]
    assert state.take_page(side.page(), state.sequence) >= {ids[1]}
    assert state.notebook.cells[1].are_outputs_whole


def test_a_cell_without_exported_texts_may_have_an_image() -> None:
    side = Side("1")
    state = side.joined()
    side.set(1, validity="evaluated", digest="x4mzu6E5EU6M3Ipsi2d5LA==")
    state.take(side.diff(1))

    assert not state.take_texts({state.notebook.cells[1].id: ()}, state.sequence)
    assert not state.notebook.cells[1].are_outputs_current


def test_a_cell_queued_again_while_it_runs_is_queued() -> None:
    side = Side("1")
    state = side.joined()
    side.set(1, status="evaluating", since="2026-01-01T00:00:00.000000Z")
    state.take(side.diff(1))
    number = str(side.cells.cells[1].component)
    # The button to stop it stays, so that only the word comes, here by the number of its template.
    label = {"1": {"0": {"2": {"s": 7}}}}
    state.take({"c": {number: {"14": label}}, "p": {"7": ["\n  Queued\n"]}})

    assert state.notebook.cells[1].state.status is CellStatus.QUEUED


def test_cells_are_unknown_in_their_order_until_a_page_tells() -> None:
    side = Side("1")
    state = side.joined()
    happened = state.take(side.sync("1", "2"))

    assert happened.needs_page
    assert not state.notebook.is_complete
    state.take_page(side.page(), state.sequence)
    assert state.notebook.is_complete
    assert [it.source for it in state.notebook.cells] == ["", "1", "2"]


def test_a_page_from_before_an_insertion_does_not_make_it_complete() -> None:
    side = Side("1")
    state = side.joined()
    since, old_page = state.sequence, side.page()
    state.take(side.sync("1", "2"))
    state.take_page(old_page, since)

    assert not state.notebook.is_complete
    state.take_page(side.page(), state.sequence)
    assert [it.source for it in state.notebook.cells] == ["", "1", "2"]


def test_a_deleted_cell_is_gone_at_once() -> None:
    side = Side("1", "2")
    state = side.joined()
    state.take(side.sync("1"))

    assert [it.source for it in state.notebook.cells] == ["", "1"]


def test_a_word_that_is_not_known_asks_for_the_page() -> None:
    side = Side("1")
    state = side.joined()
    number = str(side.cells.cells[1].component)

    assert state.take({"c": {number: {"6": ' data-eval-validity="new"'}}}).needs_page


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        (lambda tree: tree["e"].pop(0), "no client_id"),
        (lambda tree: tree["e"].pop(1), "other cells"),
        (lambda tree: tree["e"].append(["cell_editor_init:x:primary", {}]), "other cells"),
        (lambda tree: tree["e"].insert(1, tree["e"].pop()), "other cells"),
    ],
)
def test_a_join_that_does_not_fit_the_page_is_refused(change: Any, missing: str) -> None:
    side = Side("1", "2")
    rendered = side.rendered()
    change(rendered)
    with pytest.raises(PageNotUnderstood, match=missing):
        SessionState(side.page(), rendered)


@pytest.mark.parametrize("tree", [{}, {"c": []}, {"c": {"1": 3}}, {"e": [3, []]}, {"0": ["x"]}])
def test_a_diff_of_another_shape_changes_nothing(tree: dict[str, Any]) -> None:
    state = Side("1").joined()
    before = state.notebook

    assert state.take(tree).cell_ids == frozenset()
    assert state.notebook == before


def test_nothing_can_change_without_a_word_where_unsaved_edits_are_told_and_none_are_left() -> None:
    side = Side("1")
    state = side.joined()
    told = [state.tells_all]
    for has_saved in (True, False, True, False):
        state.take(session_diff.changed(Change(has_saved=has_saved)))
        told.append(state.tells_all)

    assert told == [False, False, False, True, False]
