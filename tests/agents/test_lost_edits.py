"""An edit that an agent has made, and its file has no more, is told; one that is there isn't."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from livebook_ls.agents.hook_memory import Memory
from livebook_ls.agents.hook_sync import HookOutcome
from livebook_ls.agents.lost_edits import note_late, with_late, with_lost
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import State
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

BEFORE, AFTER = "# N\n\n## S\n\nwords\n", "# N\n\n## S\n\nother words\n"
TYPED = "# N\n\n## S\n\nwords of the browser\n"


def outcome(state: State = State.IN_SYNC, *, is_late: bool = False) -> HookOutcome:
    return HookOutcome(
        path="/n.livemd", state=state, sentence="", findings=(), lines=(), is_late=is_late
    )


CONFLICTING = replace(
    outcome(State.HELD),
    findings=(
        Finding(code="browser-conflict", severity=FindingSeverity.ERROR, sentence="A conflict."),
    ),
    lines=(None,),
)


def codes(of: HookOutcome) -> list[str]:
    return [it.code for it in of.findings]


@pytest.mark.parametrize("now", [BEFORE, TYPED])
@pytest.mark.parametrize("first", [outcome(is_late=True), CONFLICTING], ids=["late", "held"])
def test_a_late_edit_that_was_written_over_is_told_at_the_end_of_the_turn(
    tmp_path: Path, first: HookOutcome, now: str
) -> None:
    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    note_late([first], {first.path: BEFORE}, {first.path: AFTER}, memory)
    done = with_late(outcome(), memory, now)

    assert codes(done) == ["save-overwritten"]
    # Once.
    assert codes(with_late(outcome(), memory, now)) == []


def test_a_late_edit_that_has_come_through_is_not_told(tmp_path: Path) -> None:
    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    late = outcome(is_late=True)
    note_late([late], {late.path: BEFORE}, {late.path: AFTER}, memory)

    assert codes(with_late(outcome(), memory, f"{AFTER}\nand more of the browser\n")) == []


def test_an_edit_that_is_gone_at_once_is_told() -> None:
    edits = [("words", "other words")]

    assert codes(with_lost(outcome(), edits, TYPED)) == ["save-overwritten"]
    assert codes(with_lost(outcome(), edits, AFTER)) == []
    # What was taken away only can't be told from what nobody has changed.
    assert codes(with_lost(outcome(), [("words", "")], TYPED)) == []
    # What Livebook itself has dropped of it, and that there is no file, is told otherwise.
    assert codes(with_lost(outcome(State.CHANGED), edits, TYPED)) == []
    assert codes(with_lost(outcome(), edits, None)) == []


def test_what_livebook_only_writes_otherwise_is_not_lost(tmp_path: Path) -> None:
    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    late, after = outcome(is_late=True), BEFORE.replace("words", "5. other words")
    note_late([late], {late.path: BEFORE}, {late.path: after}, memory)
    now = NotebookText(after).canonical
    assert "5." not in now

    assert codes(with_late(outcome(), memory, now)) == []
    reformatted = outcome(State.REFORMATTED)
    assert codes(with_lost(reformatted, [("words", "5. other words")], now)) == []
    # Nor are the signs of emphasis part of a word.
    assert codes(with_lost(outcome(), [("words", "_words_")], TYPED)) == []


def test_what_is_held_for_itself_an_agent_may_take_back(tmp_path: Path) -> None:
    memory = Memory({"XDG_CACHE_HOME": str(tmp_path)})
    held = outcome(State.HELD)
    note_late([held], {held.path: BEFORE}, {held.path: AFTER}, memory)

    assert codes(with_late(outcome(), memory, TYPED)) == []
