"""What the stand-in's sessions do with cells, each as a recording of a real one shows it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from livebook_ls.standin.live.session_cells import SessionCells
from livebook_ls.standin.live.shared_session import CrashedError, SharedSession

SOON_S = 120.0


class Room:
    """A session with one client that notes what it is told."""

    def __init__(self, *cells: str) -> None:
        self.session = SharedSession("id", "/n.livemd", text_of(*cells), *[lambda *_: None] * 4)
        self.told: list[tuple[str, Mapping[str, Any]]] = []
        self._happened = threading.Condition()
        self.ids: list[str] = []
        self.session.join({"name": "one"}, "cookie", self._tell, self._welcome)

    def _tell(self, event: str, payload: Mapping[str, Any]) -> None:
        with self._happened:
            self.told.append((event, payload))
            self._happened.notify_all()

    def _welcome(self, _client_id: str, tree: Any) -> None:
        names = [name for name, _ in tree["e"] if name.startswith("cell_editor_init:")]
        self.ids = [it.split(":")[1] for it in names]

    def ask(self, event: str, **value: Any) -> Any:
        return self.session.event(event, value)

    def run(self, *numbers: int) -> None:
        for number in numbers:
            self.ask("queue_cell_evaluation", cell_id=self.ids[number])

    def events(self) -> list[str]:
        return [it[0] for _, diff in tuple(self.told) for it in diff.get("e", ())]

    def finished(self) -> list[int]:
        """The cells whose evaluation has ended, by their number, in that order."""
        names = (it.split(":") for it in self.events())
        return [self.ids.index(it[1]) for it in names if it[0] == "evaluation_finished"]

    def wait_finished(self, *numbers: int) -> None:
        with self._happened:
            assert self._happened.wait_for(lambda: set(numbers) <= set(self.finished()), SOON_S), (
                self.finished()
            )


@pytest.fixture
def room() -> Iterator[Any]:
    rooms: list[Room] = []

    def make(*cells: str) -> Room:
        rooms.append(Room(*cells))
        return rooms[-1]

    yield make
    for it in rooms:
        it.session.die()


def text_of(*cells: str) -> str:
    return "# N\n\n## S\n\n" + "\n\n".join(f"```elixir\n{it}\n```" for it in cells) + "\n"


def test_outdated_cells_above_run_first_and_setup_before_all(room: Any) -> None:
    here = room("x = 1", "x + 1", ":not_this")
    here.run(2)
    here.wait_finished(2)

    assert here.finished() == [0, 1, 2]


def test_evaluated_cells_above_are_not_run_again(room: Any) -> None:
    here = room("x = 1", "x + 1")
    here.run(1)
    here.wait_finished(1)
    here.run(2)
    here.wait_finished(2)

    assert here.finished() == [0, 1, 2]


def test_an_edited_parent_runs_again(room: Any) -> None:
    here = room("x = 1", "x + 1")
    here.run(2)
    here.wait_finished(2)
    here.session.synced(text_of("x = 2", "x + 1"))
    here.told.clear()
    here.run(2)
    here.wait_finished(2)

    assert here.finished() == [1, 2]


def test_cells_behind_an_error_are_not_run(room: Any) -> None:
    here = room('raise "no"', ":behind")
    here.ask("queue_full_evaluation", forced_cell_ids=[])
    here.wait_finished(1)

    assert here.finished() == [0, 1]


def test_a_cell_put_before_queued_ones_is_run_too(room: Any) -> None:
    here = room("Process.sleep(200)", ":last")
    here.run(2)
    here.session.synced(text_of("Process.sleep(200)", ":new", ":last"))
    here.ids.insert(2, next(it for it in here.events() if "init" in it).split(":")[1])
    here.wait_finished(3)

    assert here.finished() == [0, 1, 2, 3]


def test_no_start_of_an_evaluation_is_ever_told(room: Any) -> None:
    here = room("1")
    here.run(1)
    here.wait_finished(1)

    assert not any(it.startswith("start_evaluation") for it in here.events())


def test_exports_have_the_texts_of_outputs(room: Any) -> None:
    here = room('IO.puts("a\\nb")\n1 + 1')
    here.run(1)
    here.wait_finished(1)
    text = here.session.with_outputs(text_of('IO.puts("a\\nb")\n1 + 1'))

    output = '<!-- livebook:{"output":true} -->'
    assert text.endswith(f"{output}\n\n```\na\nb\n```\n\n{output}\n\n```\n2\n```\n")


@pytest.mark.parametrize(
    ("event", "value"),
    [
        ("no_such_event", {}),
        ("queue_cell_evaluation", {}),
        ("queue_full_evaluation", {}),
        ("intellisense_request", {"type": "completion", "hint": "x"}),
    ],
)
def test_an_event_without_what_it_needs_crashes_the_page(
    room: Any, event: str, value: dict[str, Any]
) -> None:
    here = room("1")
    if event == "intellisense_request":
        value = {**value, "cell_id": here.ids[1]}
    with pytest.raises(CrashedError):
        here.ask(event, **value)


def test_column_zero_crashes_the_page_once_there_is_a_runtime(room: Any) -> None:
    here = room("1")
    asked = {"cell_id": here.ids[1], "type": "details", "line": "Enum.map", "column": 0}
    here.ask("intellisense_request", **asked)
    here.ask("connect_runtime")
    with pytest.raises(CrashedError):
        here.ask("intellisense_request", **asked)


def test_an_unknown_cell_is_answered_ok_and_nothing_happens(room: Any) -> None:
    here = room("1")

    assert here.ask("queue_cell_evaluation", cell_id="gone") == ({}, None)
    assert here.told == []


def test_a_died_session_goes_on_saying_ok(room: Any) -> None:
    here = room("1")
    here.session.die()

    assert here.ask("queue_full_evaluation", forced_cell_ids=[]) == ({}, None)
    assert here.told == []


@pytest.mark.parametrize(
    ("before", "after", "kept"),
    [
        ("abc", "abc", "012"),
        ("abc", "aXc", "012"),
        ("abc", "cab", "201"),
        ("abc", "ac", "02"),
        ("ac", "abc", "0-1"),
        ("a", "bb", "0-"),
    ],
)
def test_cells_stay_who_they_are_over_syncs(before: str, after: str, kept: str) -> None:
    cells = SessionCells(text_of(*before))
    old = [it.id for it in cells.cells if not it.is_setup]
    cells.take(text_of(*after))
    new = [it.id for it in cells.cells if not it.is_setup]

    found = "".join(str(old.index(it)) if it in old else "-" for it in new)
    assert found == kept
