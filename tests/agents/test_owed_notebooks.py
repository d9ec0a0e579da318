"""What a shell command changed, and could not be synced then, is synced at the end of the turn."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from livebook_ls.agents.hook_memory import Memory
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.support.agent_hooks import payload, run, run_here, said
from tests.support.at_rest import holds


def changed_by_a_shell(notes: list[Path], agent: dict[str, str]) -> None:
    """Their sessions are there; then a command adds a word to each."""
    run_here(payload("claude_after_bash", notes[0].parent), agent)
    for note in notes:
        note.write_text(note.read_text(encoding="utf-8").replace("1 + 1", ":agents"), "utf-8")


def after_a_while(agent: dict[str, str]) -> None:
    """The last look was not just now, so that what was written before it is not seen again."""
    for it in Path(Memory(agent).folder).glob("looked-*"):
        os.utime(it, ns=(time.time_ns(), time.time_ns()))


def kept(note: Path, agent: dict[str, str]) -> list[str | None]:
    texts = KeptTexts(StateFolder(agent))
    return [texts.text(it) for it in texts.versions(str(note))]


@pytest.mark.slow
@pytest.mark.fault(
    "Livebook",
    "it fails, or answers too late",
    during="the hook syncs what a shell command changed",
    shows="what was changed among the earlier versions",
    recovers="by itself, at the end of the turn",
)
@pytest.mark.parametrize(
    "faults", [Faults(reply=Reply.ERROR_500), Faults(reply=Reply.ERROR_500, times=1)]
)
def test_what_could_not_be_synced_is_at_the_end_of_the_turn(
    note: Path, livebook: StandIn, agent: dict[str, str], faults: Faults
) -> None:
    changed_by_a_shell([note], agent)
    text = note.read_text(encoding="utf-8")
    livebook.faults = faults
    run_here(payload("claude_after_bash", note.parent), agent)
    assert text in kept(note, agent)
    livebook.faults = Faults()
    after_a_while(agent)
    run_here(payload("claude_stop", note.parent), agent)

    assert holds(livebook, note, text)


@pytest.mark.slow
def test_what_an_agent_did_not_wait_for_is_synced_at_the_end_of_the_turn(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    changed_by_a_shell([note], agent)
    text = note.read_text(encoding="utf-8")
    livebook.faults = Faults(delay_s=60.0)
    run(payload("claude_after_bash", note.parent), agent, "--within", "1")
    assert text in kept(note, agent)
    livebook.faults = Faults()
    after_a_while(agent)
    run(payload("claude_stop", note.parent), agent)

    assert holds(livebook, note, text)


@pytest.mark.slow
def test_of_very_many_the_rest_is_synced_at_the_end_of_the_turn(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    notes = [note.with_name(f"n{number}.livemd") for number in range(30)]
    for it in notes:
        it.write_bytes(note.read_bytes())
    note.unlink()
    for _ in range(2):
        run_here(payload("claude_stop", note.parent), agent)
    changed_by_a_shell(notes, agent)
    run_here(payload("claude_after_bash", note.parent), agent)
    assert all(it.read_text(encoding="utf-8") in kept(it, agent) for it in notes)
    after_a_while(agent)
    run_here(payload("claude_stop", note.parent), agent)

    assert [it.name for it in notes if not holds(livebook, it, it.read_text("utf-8"))] == []


@pytest.mark.slow
def test_what_is_synced_is_no_longer_owed(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    changed_by_a_shell([note], agent)
    livebook.faults = Faults(reply=Reply.ERROR_500)
    run_here(payload("claude_after_bash", note.parent), agent)
    livebook.faults = Faults()
    after_a_while(agent)
    run_here(payload("claude_stop", note.parent), agent)
    livebook.clear_requests()
    run_here(payload("claude_stop", note.parent), agent)

    assert livebook.requests == ()


@pytest.mark.slow
@pytest.mark.parametrize("is_written_over", [True, False])
def test_an_edit_that_livebook_was_too_busy_for_is_seen_to_at_the_end_of_the_turn(
    note: Path, livebook: StandIn, agent: dict[str, str], is_written_over: bool
) -> None:
    before = note.read_text(encoding="utf-8")
    run_here(payload("claude_before_edit", note.parent), agent)
    livebook.wait_settled()
    livebook.faults = Faults(delay_s=60.0)
    text = before.replace("1 + 1", "2 + 2")
    note.write_text(text, encoding="utf-8")
    run(payload("claude_after_edit", note.parent), agent, "--within", "1")
    if is_written_over:
        note.write_text(before, encoding="utf-8")
    livebook.faults = Faults()
    after_a_while(agent)
    done = run_here(payload("claude_stop", note.parent), agent)

    assert ("before your last edit" in said(done)) is is_written_over
    assert holds(livebook, note, before if is_written_over else text)
    assert said(run_here(payload("claude_stop", note.parent), agent)) == ""


@pytest.mark.parametrize("is_gone", [True, False], ids=["written over", "still there"])
def test_an_edit_that_livebook_was_too_busy_for_is_looked_for_with_the_next(
    note: Path, livebook: StandIn, agent: dict[str, str], *, is_gone: bool
) -> None:
    run_here(payload("claude_before_edit", note.parent), agent)
    livebook.wait_settled()
    before = note.read_text(encoding="utf-8")
    late = before.replace("1 + 1", ":late")
    Memory(agent).be_late(str(note), before, late)
    text = before if is_gone else late
    note.write_text(f"{text}\nMore.\n", encoding="utf-8")
    given = {"file_path": str(note), "old_string": "", "new_string": "\nMore.\n"}
    after = payload("claude_after_edit", note.parent, tool_input=given, tool_response=None)

    assert ("before your last edit" in said(run_here(after, agent))) is is_gone
    assert said(run_here(payload("claude_stop", note.parent), agent)) == ""
