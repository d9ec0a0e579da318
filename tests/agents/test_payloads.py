"""What each agent's payload is read as, and what each agent is answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.agents.payloads import text_before_edit
from livebook_ls.agents.payloads.payload import Agent, Moment, read_call
from livebook_ls.standin.server import StandIn
from tests.support.agent_hooks import NAMES, payload, run_here, said
from tests.support.arbitrary import ANYTHING
from tests.support.examples import tried

MOMENTS = {"before": Moment.BEFORE, "after": Moment.AFTER, "stop": Moment.END}
SHELLS = [it for it in NAMES if "bash" in it or "shell" in it]
EDITS = [it for it in NAMES if "_after_" in it and it not in (*SHELLS, "gemini_after_agent")]
ENDS = [it for it in NAMES if it.endswith("stop") or it == "gemini_after_agent"]


@pytest.mark.parametrize("name", NAMES)
def test_agent_and_moment_are_found(name: str, project: Path) -> None:
    agent, when, *_ = name.split("_")
    call = read_call(payload(name, project), {})

    assert call is not None
    assert call.agent is Agent(agent)
    assert call.moment is (Moment.END if name in ENDS else MOMENTS[when])
    assert call.folder == str(project)
    assert call.is_shell == (name in SHELLS)
    assert bool(call.edits) == (name not in (*SHELLS, *ENDS))


@pytest.mark.parametrize("name", EDITS)
def test_the_text_before_an_edit_is_made_from_the_payload(name: str, note: Path) -> None:
    text = note.read_text(encoding="utf-8")
    call = read_call(payload(name, note.parent), {})
    assert call is not None
    before = text_before_edit.before(call, str(note), text.replace("1 + 1", "2 + 2"))

    assert before == (None if "write" in name else text)


def test_a_place_that_is_not_certain_gives_no_text_before(note: Path) -> None:
    call = read_call(payload("gemini_after_replace", note.parent), {})
    assert call is not None

    assert text_before_edit.before(call, str(note), "2 + 2 = 2 + 2") is None


def test_a_patch_names_every_file_that_it_leaves(project: Path) -> None:
    patch = (
        "*** Begin Patch\n*** Add File: new.livemd\n+# New\n*** Delete File: gone.livemd\n"
        "*** Update File: old.livemd\n*** Move to: sub/moved.livemd\n@@\n-a\n+b\n@@\n c\n-d\n"
        "*** End of File\n*** Update File: code.ex\n@@\n-a\n+b\n*** End Patch\n"
    )
    call = read_call(payload("codex_after_patch", project, tool_input={"command": patch}), {})
    assert call is not None

    assert call.edits == {
        str(project / "new.livemd"): [("", "# New\n")],
        str(project / "gone.livemd"): [],
        str(project / "sub" / "moved.livemd"): [("a\n", "b\n"), ("c\nd\n", "c\n")],
    }


def test_reading_a_notebook_is_no_edit(project: Path) -> None:
    call = read_call(payload("claude_before_edit", project, tool_name="Read"), {})
    assert call is not None

    assert call.edits == {}


def test_a_shell_deeper_in_the_project_means_the_project(project: Path) -> None:
    data = payload("claude_after_bash", project / "deeper")
    call = read_call(data, {"CLAUDE_PROJECT_DIR": str(project)})
    assert call is not None

    assert call.folder == str(project)


KEYS = st.sampled_from(
    ["cwd", "workspace_roots", "tool_name", "tool_input", "tool_response", "file_path", "edits"]
)


@tried(60)
@given(st.sampled_from(NAMES), st.dictionaries(KEYS, ANYTHING, min_size=1))
def test_fields_of_any_type_are_taken_for_nothing(name: str, changes: dict[str, Any]) -> None:
    call = read_call(payload(name, Path("/project"), **changes), {})

    assert call is not None
    assert all(it.endswith(".livemd") for it in call.edits)


@tried(60)
@given(st.binary(max_size=40) | ANYTHING.map(lambda it: json.dumps(it).encode()))
def test_bytes_that_nobody_means_are_no_call_or_one_of_no_notebook(data: bytes) -> None:
    call = read_call(data, {})

    assert call is None or list(call.edits) == []


@pytest.mark.parametrize("name", [*EDITS, *SHELLS, *ENDS])
def test_the_session_follows_every_agent(
    name: str, note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    run_here(payload("claude_before_edit", note.parent), agent)
    new = note.read_text(encoding="utf-8").replace("1 + 1", "2 + 2")
    note.write_text(new, encoding="utf-8")
    written_ns = note.stat().st_mtime_ns
    done = run_here(payload(name, note.parent), agent)
    livebook.wait_settled()
    session = livebook.session(note)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert session is not None
    assert session.text == new
    assert note.stat().st_mtime_ns == written_ns


@pytest.mark.slow
@pytest.mark.parametrize("name", [*EDITS, *SHELLS, *ENDS])
def test_every_agent_is_told_of_a_broken_notebook(
    name: str, note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    run_here(payload("claude_before_edit", note.parent), agent)
    text = note.read_text(encoding="utf-8")
    broken = "2 + 2\n```\n\nAnd:"
    note.write_text(text.replace("1 + 1", broken), encoding="utf-8")
    data = payload(name, note.parent, tool_response=None)
    told = broken.replace("\n", "\n+") if "patch" in name else broken
    done = run_here(data.replace(b"2 + 2", json.dumps(told)[1:-1].encode()), agent)
    session = livebook.session(note)
    is_error = name.startswith(("claude", "codex")) and name not in ENDS

    assert "livebook-ls: note.livemd:10: This code block is never closed; close it" in said(done)
    assert done.returncode == (2 if is_error else 0)
    assert session is not None
    assert session.text == text


@pytest.mark.parametrize("name", ENDS)
def test_an_agent_is_sent_back_once(name: str, note: Path, agent: dict[str, str]) -> None:
    note.write_text("# T\n\n```elixir\n", encoding="utf-8")
    again = {"stop_hook_active": True, "loop_count": 1}
    done = run_here(payload(name, note.parent, **again), agent)

    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
