"""The hook around edits: sessions, write-backs, stamps, shells, and all that may go wrong."""

from __future__ import annotations

import gzip
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from livebook_ls import clock
from livebook_ls.agents.hook_memory import Memory
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.server import StandIn, StandInSettings
from livebook_ls.standin.sessions.session import Timing
from tests.support.agent_hooks import HOOK, payload, run, run_here, said
from tests.support.fork_server.program import quick_program
from tests.support.never_answering import never_answering
from tests.support.turned_clock import TurnedClock

SILENT = (0, b"", b"")


def outcome(done: subprocess.CompletedProcess[bytes]) -> tuple[int, bytes, bytes]:
    return done.returncode, done.stdout, done.stderr


def edit(
    note: Path, old: str, new: str, environ: dict[str, str], runs_for_s: float | None = None
) -> str:
    """What the model reads when an agent replaces `old` by `new`, with the hook around it."""
    given = {"file_path": str(note), "old_string": old, "new_string": new}
    run_here(payload("claude_before_edit", note.parent, tool_input=given), environ)
    note.write_text(note.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    after = payload("claude_after_edit", note.parent, tool_input=given, tool_response=None)
    return said(run_here(after, environ, runs_for_s))


NONSENSE = [
    b"",
    b"\n",
    b"{",
    b"[]",
    b"null",
    b'"a.livemd"',
    b'{"hook_event_name": 1, "x": "a.livemd"}',
    b'{"hook_event_name": "Whatever", "x": "a.livemd"}',
    b'{"hook_event_name": "PostToolUse", "tool_input": "a.livemd"}',
    b'{"hook_event_name": "PostToolUse", "tool_input": {"file_path": "a\\u0000.livemd"}}',
    b'{"hook_event_name": "PostToolUse", "tool_input": {"file_path": "\\ud800.livemd"}}',
    b'{"hook_event_name": "PreToolUse", "tool_input": {"file_path": "/nowhere/a.livemd"}}',
    b'{"hook_event_name": "PostToolUse", "tool_input": {"file_path": "/nowhere/a.livemd"}}',
    b"[" * 100_000 + b'"a.livemd"',
    b"\x00\xff\xfe.livemd",
    gzip.compress(b"a.livemd", mtime=0),
    '{"hook_event_name": "Stop", "x": "ä.livemd"}'.encode("latin-1"),
    '{"hook_event_name": "Stop"}'.encode("utf-16"),
    b'{"hook_event_name": "PostToolUse", "cwd": "/nowhere", "tool_name": "Bash"}',
    b'{"hook_event_name": "PostToolUse", "cwd": "/\\u0000", "tool_name": "Bash"}',
]


@pytest.mark.slow
@pytest.mark.parametrize("data", NONSENSE, ids=range(len(NONSENSE)))
def test_a_payload_that_makes_no_sense_breaks_nothing(
    data: bytes, offline: dict[str, str], project: Path
) -> None:
    for arguments in ((), ("--verbose",)):
        done = subprocess.run(
            (*quick_program(offline), *HOOK, *arguments),
            input=data,
            capture_output=True,
            env=offline,
            cwd=project,
            check=False,
        )

        assert (done.returncode, done.stdout) == (0, b"")
        assert done.stderr.count(b"\n") == len(arguments)


@pytest.mark.slow
def test_a_huge_payload_is_read_to_its_end_and_left_alone(
    offline: dict[str, str], note: Path
) -> None:
    start = payload("claude_after_edit", note.parent)[:-1] + b', "x": "'
    done = run(start + b"x" * 100_000_000 + b'"}', offline)

    assert outcome(done) == SILENT


def test_without_stdin_it_ends(offline: dict[str, str]) -> None:
    closed = (
        "import os, sys; os.close(0); os.execv(sys.executable, [sys.executable, *sys.argv[1:]])"
    )
    command = (sys.executable, "-c", closed, "-m", "livebook_ls", "hook")
    done = subprocess.run(command, capture_output=True, env=offline, check=False)

    assert outcome(done) == SILENT


def test_without_livebook_it_is_silent(note: Path, offline: dict[str, str]) -> None:
    for name in ("claude_before_edit", "claude_after_edit", "claude_after_bash", "claude_stop"):
        assert outcome(run(payload(name, note.parent), offline)) == SILENT


def test_a_person_may_ask_what_it_did(note: Path, offline: dict[str, str]) -> None:
    done = run(payload("claude_after_edit", note.parent), offline, "--verbose")

    assert (done.returncode, done.stdout) == (0, b"")
    assert b"No Livebook is running at http://127.0.0.1:9" in done.stderr


def test_a_broken_notebook_is_told_without_livebook_too(
    note: Path, offline: dict[str, str]
) -> None:
    told = edit(note, "1 + 1\n```", "1 + 1", offline)

    assert "[unclosed-fence]" in told


def test_an_edit_that_mends_what_was_held_back_has_lost_nothing(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    edit(note, "1 + 1", "2 + 2", agent)
    broken = edit(note, "2 + 2\n```", "2 + 2\n\nand some words", agent)
    mended = edit(note, "2 + 2\n\nand some words", "2 + 2\n```", agent)
    livebook.wait_settled()

    assert "[unclosed-fence]" in broken
    assert mended == ""


def test_what_was_wrong_before_is_not_the_edits_fault(
    note: Path, offline: dict[str, str], agent: dict[str, str]
) -> None:
    note.write_text("# T\n\n## A\n\nOne.\n\n```elixir\n1 + 1\n", encoding="utf-8")
    after = {"file_path": str(note), "old_string": "One.", "new_string": "Two."}
    note.write_text(note.read_text(encoding="utf-8").replace("One.", "Two."), encoding="utf-8")
    data = payload("claude_after_edit", note.parent, tool_input=after, tool_response=None)
    done = run(data, agent)

    assert done.returncode == 0
    assert "[unclosed-fence]" in said(done)
    assert outcome(run(data, offline)) == SILENT


def test_what_was_wrong_in_the_last_commit_is_left_alone_without_livebook(
    note: Path, offline: dict[str, str]
) -> None:
    note.write_text("# T\n\n## A\n\n[a]: https://example.org\n", encoding="utf-8")
    git = ["git", "-C", str(note.parent), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    for arguments in (["init", "-q"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run([*git, *arguments], check=True)
    note.write_text(note.read_text(encoding="utf-8") + "\nMore.\n", encoding="utf-8")
    old = run(payload("claude_after_write", note.parent), offline)
    note.write_text(note.read_text(encoding="utf-8") + "\n```elixir\n", encoding="utf-8")
    new = run(payload("claude_after_write", note.parent), offline)

    assert outcome(old) == SILENT
    assert new.returncode == 2
    assert b"[unclosed-fence]" in new.stderr
    assert b"link-definition" not in new.stderr


def test_the_same_mistake_many_times_is_told_a_few(note: Path, agent: dict[str, str]) -> None:
    links = "".join(f"[{number}]: https://example.org\n\n" for number in range(30))
    told = edit(note, "## Section\n", f"## Section\n\nText.\n\n{links}", agent)

    assert told.count("[link-definition]") == 5
    assert told.strip().endswith(
        "note.livemd: and 25 more; `livebook-ls inspect note.livemd` has all."
    )


def test_a_file_that_livebook_rewrites_is_to_be_read_again(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    told = edit(note, "## Section\n", "## Section\n\n- one\n- two\n", agent)
    livebook.wait_settled()

    assert "* one" in note.read_text(encoding="utf-8")
    assert "livebook-ls: note.livemd: Livebook wrote this file in its own form: read it" in told


def test_nothing_is_opened_where_that_would_rewrite_the_file(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    note.write_text("# T\n\n## A\n\n- one\n", encoding="utf-8")
    told = edit(note, "one", "two", agent)

    assert (told, livebook.sessions) == ("", ())
    assert note.read_text(encoding="utf-8") == "# T\n\n## A\n\n- two\n"


@pytest.mark.slow
def test_a_valid_stamp_is_saved_by_opening_before_the_edit(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    stamped = livebook.stamp(note.read_text(encoding="utf-8"))
    note.write_text(stamped, encoding="utf-8")
    before = note.stat()
    done = run(payload("claude_before_edit", note.parent), agent)
    livebook.wait_settled()

    assert outcome(done) == SILENT
    assert livebook.session(note) is not None
    assert note.read_text(encoding="utf-8") == stamped
    assert note.stat().st_mtime_ns == before.st_mtime_ns

    told = edit(note, "1 + 1", "2 + 2", agent)
    livebook.wait_settled()
    session = livebook.session(note)

    assert session is not None
    assert session.is_stamped
    assert "read it again" in told
    assert "stamp-stale" not in told
    assert livebook.stamp(note.read_text(encoding="utf-8")).count('"stamp"') == 1


def test_a_section_that_one_sync_would_lose_arrives_in_two(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    told = edit(note, "## Section\n", "## First\n\nHello.\n\n## Section\n", agent)
    livebook.wait_settled()
    session = livebook.session(note)
    text = note.read_text(encoding="utf-8")

    assert told == ""
    assert "## First" in text
    assert session is not None
    assert session.text == text


def test_a_session_that_was_closed_is_opened_again_and_leaves_the_file(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    edit(note, "1 + 1", "2 + 2", agent)
    livebook.close_session(note)
    told = edit(note, "2 + 2", "3 + 3", agent)
    before_ns = note.stat().st_mtime_ns
    session = livebook.session(note)

    assert told == ""
    assert session is not None
    assert "3 + 3" in session.text
    assert session.saves > 0
    assert note.stat().st_mtime_ns == before_ns


def test_an_edit_is_merged_with_what_people_wrote_in_the_browser_and_that_is_told(
    note: Path, offline: dict[str, str]
) -> None:
    with StandIn(StandInSettings(timing=Timing(autosave_s=60.0))) as livebook:
        environ = offline | {"LIVEBOOK_URL": livebook.url}
        edit(note, "1 + 1", "2 + 2", environ)
        text = note.read_text(encoding="utf-8")
        livebook.edit_session(note, f"{text}\nFrom the browser.\n")
        told = edit(note, "2 + 2", "3 + 3", environ)

    assert "What was edited in the browser came into this file: read it again" in told
    assert note.read_text(encoding="utf-8").endswith("From the browser.\n")


@pytest.mark.parametrize("has_shared", [False, True], ids=["never seen", "seen before"])
@pytest.mark.parametrize("is_typed", [False, True], ids=["alone", "typed"])
def test_an_edit_that_nobody_announced_goes_out_from_what_the_file_had(
    note: Path, offline: dict[str, str], has_shared: bool, is_typed: bool
) -> None:
    with StandIn(StandInSettings(timing=Timing(autosave_s=60.0))) as livebook:
        environ = offline | {"LIVEBOOK_URL": livebook.url}
        if has_shared:
            edit(note, "1 + 1", "0 + 0", environ)
            livebook.close_session(note)
            note.write_text(note.read_text("utf-8").replace("0 + 0", "1 + 1"), "utf-8")
        opened = httpx.post(f"{livebook.url}/dev/open", json={"file": str(note)}, timeout=30.0)
        assert opened.status_code == 200
        session = livebook.session(note)
        assert session is not None
        if is_typed:
            livebook.edit_session(note, f"{session.text}\nFrom the browser.\n")
        given = {"file_path": str(note), "old_string": "1 + 1", "new_string": "2 + 2"}
        note.write_text(note.read_text("utf-8").replace("1 + 1", "2 + 2"), "utf-8")
        after = payload("claude_after_edit", note.parent, tool_input=given, tool_response=None)
        told = said(run_here(after, environ))
        session = livebook.session(note)

    assert ("came into this file: read it again" in told) is is_typed
    assert "conflict" not in told
    assert session is not None
    for text in (session.text, note.read_text("utf-8")):
        assert "2 + 2" in text
        assert ("From the browser." in text) is is_typed


@pytest.mark.parametrize("has_shared", [False, True], ids=["never seen", "seen before"])
@pytest.mark.parametrize("is_announced", [False, True], ids=["the edit alone", "announced"])
def test_an_edit_is_in_no_conflict_with_who_types_on_in_one_line_of_the_browser(
    note: Path, offline: dict[str, str], *, has_shared: bool, is_announced: bool
) -> None:
    with StandIn(StandInSettings(timing=Timing(autosave_s=60.0))) as livebook:
        environ = offline | {"LIVEBOOK_URL": livebook.url}
        if has_shared:
            edit(note, "1 + 1", "0 + 0", environ)
            edit(note, "0 + 0", "1 + 1", environ)
        else:
            httpx.post(f"{livebook.url}/dev/open", json={"file": str(note)}).raise_for_status()
        session = livebook.session(note)
        assert session is not None
        before = session.text
        livebook.edit_session(note, f"{before}\nFrom the brow\n")
        livebook.save_session(note)
        livebook.edit_session(note, f"{before}\nFrom the browser.\n")
        given = {"file_path": str(note), "old_string": "1 + 1", "new_string": "2 + 2"}
        if is_announced:
            run_here(payload("claude_before_edit", note.parent, tool_input=given), environ)
        note.write_text(note.read_text("utf-8").replace("1 + 1", "2 + 2"), "utf-8")
        after = payload("claude_after_edit", note.parent, tool_input=given, tool_response=None)
        told = said(run_here(after, environ))
        session = livebook.session(note)

    assert "conflict" not in told
    assert session is not None
    for text in (session.text, note.read_text("utf-8")):
        assert "2 + 2" in text
        assert text.count("From the brow") == text.count("From the browser.") == 1


@pytest.mark.fault(
    "livebook",
    "Livebook saves over an agent's edit that is held for a conflict with the browser",
    during="a turn of the agent",
    sees="overwritten",
    recovers="by `livebook-ls restore`",
)
def test_a_held_edit_that_a_session_writes_over_is_told_at_the_end_of_the_turn(
    note: Path, offline: dict[str, str]
) -> None:
    with StandIn(StandInSettings(timing=Timing(autosave_s=60.0))) as livebook:
        environ = offline | {"LIVEBOOK_URL": livebook.url}
        edit(note, "1 + 1", "2 + 2", environ)
        theirs = note.read_text("utf-8").replace("2 + 2", "4 + 4")
        livebook.edit_session(note, theirs)
        held = edit(note, "2 + 2", "3 + 3", environ)
        livebook.save_session(note)
        assert note.read_text("utf-8") == theirs
        first = said(run_here(payload("claude_stop", note.parent), environ))
        second = said(run_here(payload("claude_stop", note.parent), environ))

    assert "[browser-conflict]" in held
    assert "[save-overwritten]" in first
    assert second == ""


def test_what_no_sync_brings_is_told_and_not_sent(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    smart = (
        '<!-- livebook:{"attrs":"e30","chunks":null,"kind":"Elixir.Kino.Some",'
        '"livebook_object":"smart_cell"} -->\n\n```elixir\n:ok\n```\n'
    )
    told = edit(note, "1 + 1\n```\n", f"1 + 1\n```\n\n{smart}", agent)
    session = livebook.session(note)

    assert "would lose its kind and attributes" in told
    assert "[sync-loses]" in told
    assert session is not None
    assert ":ok" not in session.text
    assert note.read_text(encoding="utf-8").endswith(smart)


def test_what_is_held_back_is_told_at_the_end_of_the_turn_once(
    note: Path, agent: dict[str, str]
) -> None:
    smart = (
        '<!-- livebook:{"attrs":"e30","chunks":null,"kind":"Elixir.Kino.Some",'
        '"livebook_object":"smart_cell"} -->\n\n```elixir\n:ok\n```\n'
    )
    edit(note, "1 + 1\n```\n", f"1 + 1\n```\n\n{smart}", agent)

    first = run_here(payload("claude_stop", note.parent), agent)
    second = run_here(payload("claude_stop", note.parent), agent)

    assert json.loads(first.stdout)["decision"] == "block"
    assert "[sync-loses]" in said(first)
    assert outcome(second) == SILENT


def test_changed_cells_run_where_the_hook_was_installed_so(
    note: Path, agent: dict[str, str]
) -> None:
    block = "```elixir\n{}\n```\n"
    cells = "\n".join(map(block.format, ("x = 1", "x + 1", "x + 2")))
    edit(note, block.format("1 + 1"), cells, agent)
    silent = edit(note, "x + 1", "x + 10", agent)
    told = edit(note, "x + 10", "x + 20", agent, runs_for_s=60.0)
    failed = edit(note, "x + 20", 'raise "boom"', agent, runs_for_s=60.0)
    last = block.format("x + 2")
    prose = edit(note, last, f"{last}\nWords.\n", agent, runs_for_s=60.0)

    assert silent == prose == ""
    assert "ran: 1" in told
    assert "ran: 21" in told
    assert "ran: 3" not in told
    assert "(RuntimeError) boom" in failed
    assert "[runtime-error]" in failed


def test_what_people_typed_meanwhile_is_not_run_with_what_an_edit_changed(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    two = "# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n\n```elixir\n2 + 2\n```\n"
    note.write_text(two, encoding="utf-8")
    edit(note, "2 + 2", "3 + 3", agent)
    livebook.edit_session(note, two.replace("2 + 2", "3 + 3 + 100"))

    told = edit(note, "1 + 1", "5 + 5", agent, runs_for_s=60.0)

    assert "3 + 3 + 100" in note.read_text(encoding="utf-8")
    assert told.count("ran: ") == 1
    assert "ran: 10" in told
    # The setup cell, and that one.
    assert len(livebook.evaluated(note)) == 2


def test_what_others_wrote_before_the_hook_came_is_not_run_with_what_an_edit_changed(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    two = "# Note\n\n## Section\n\n```elixir\n1 + 1\n```\n\n```elixir\n2 + 2\n```\n"
    note.write_text(two, encoding="utf-8")
    edit(note, "2 + 2", "3 + 3", agent)
    before = note.read_text(encoding="utf-8")
    given = {"file_path": str(note), "old_string": "1 + 1", "new_string": "5 + 5"}
    # An editor's server has merged the browser's edits into the file meanwhile.
    merged = before.replace("1 + 1", "5 + 5").replace("3 + 3", "3 + 3 + 100")
    note.write_text(merged, encoding="utf-8")

    response = {"filePath": str(note), "originalFile": before}
    data = payload("claude_after_edit", note.parent, tool_input=given, tool_response=response)
    told = said(run_here(data, agent, 60.0))

    assert told.count("ran: ") == 1
    assert "ran: 10" in told
    assert len(livebook.evaluated(note)) == 2


def test_a_notebook_that_is_written_whole_has_its_own_cells_run(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    edit(note, "1 + 1", "2 + 2", agent)
    before = note.read_text(encoding="utf-8")
    written = before.replace("2 + 2", "3 + 4")
    other = "\n```elixir\n100 + 100\n```\n"
    note.write_text(written + other, encoding="utf-8")

    given = {"file_path": str(note), "content": written}
    response = {"filePath": str(note), "originalFile": before}
    data = payload("claude_after_edit", note.parent, tool_input=given, tool_response=response)
    told = said(run_here(data, agent, 60.0))

    assert "ran: 7" in told
    assert "ran: 200" not in told
    assert len(livebook.evaluated(note)) == 2


def test_a_cell_that_people_changed_as_well_is_not_run(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    edit(note, "1 + 1", "x = 1\n\ny = 2\n\nz = 3", agent)
    text = note.read_text(encoding="utf-8")
    livebook.edit_session(note, text.replace("x = 1", "x = 100"))

    told = edit(note, "z = 3", "z = 300", agent, runs_for_s=60.0)

    assert "x = 100\n\ny = 2\n\nz = 300" in note.read_text(encoding="utf-8")
    assert livebook.evaluated(note) == ()
    assert "1 did not run, since others have changed them, too" in told


def test_a_failure_goes_to_the_model(note: Path, livebook: StandIn, agent: dict[str, str]) -> None:
    livebook.faults = Faults(is_off=True)
    told = edit(note, "1 + 1", "2 + 2", agent)

    assert told == (
        "livebook-ls: note.livemd: Livebook's dev endpoints are switched off. "
        "Switch on Settings → Dev endpoints in Livebook. [endpoints-off]"
    )


@pytest.mark.slow
@pytest.mark.fault(
    "ourselves",
    "Livebook hangs",
    during="an agent's edit",
    shows="nothing: the agent goes on",
    recovers="with the next edit",
)
def test_a_livebook_that_hangs_is_not_waited_for(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    livebook.faults = Faults(reply=Reply.HANG)
    done = run(payload("claude_after_edit", note.parent), agent, "--within", "1.5")

    assert done.returncode == 0
    assert "[still-syncing]" in said(done)


def test_a_livebook_that_never_answers_is_told_as_such(note: Path, offline: dict[str, str]) -> None:
    with never_answering() as url:
        environ = offline | {"LIVEBOOK_URL": url}
        done = run(payload("claude_after_edit", note.parent), environ, "--within", "1")

    assert "Livebook does not answer, and may yet rewrite this file once it does" in said(done)
    assert "[still-syncing]" in said(done)


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "soon"])
def test_no_time_at_all_is_wrong_usage(seconds: str, note: Path, offline: dict[str, str]) -> None:
    done = run(payload("claude_after_edit", note.parent), offline, "--within", seconds)

    assert done.returncode == 2
    assert b"a number of seconds is expected" in done.stderr


@pytest.mark.slow
def test_a_write_back_that_is_slow_is_told(note: Path, offline: dict[str, str]) -> None:
    with StandIn(StandInSettings(timing=Timing(autosave_s=60.0, save_s=30.0))) as slow:
        environ = offline | {"LIVEBOOK_URL": slow.url}
        cells = "".join(f"\n```elixir\n{number}\n```\n" for number in range(3000))
        note.write_text(f"# T\n\n## A\n{cells}", encoding="utf-8")
        data = payload("claude_after_edit", note.parent, tool_response=None)
        done = run(data, environ, "--within", "4")

    assert "Livebook is still busy with this file" in said(done)


def test_a_shells_changes_are_found(note: Path, livebook: StandIn, agent: dict[str, str]) -> None:
    deep = note.parent / "a" / "b" / "deep.livemd"
    deep.parent.mkdir(parents=True)
    deep.write_text(note.read_text(encoding="utf-8"), encoding="utf-8")
    hidden = note.parent / "node_modules" / "hidden.livemd"
    hidden.parent.mkdir()
    hidden.write_text(note.read_text(encoding="utf-8"), encoding="utf-8")
    run(payload("codex_after_bash", note.parent), agent)

    assert {it.path for it in livebook.sessions} == {str(note), str(deep)}


def test_a_second_look_finds_only_what_is_new(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    run(payload("claude_after_bash", note.parent), agent)
    livebook.clear_requests()
    os.utime(note, ns=(0, 0))
    done = run(payload("claude_after_bash", note.parent), agent, "--verbose")

    assert livebook.requests == ()
    assert (done.returncode, done.stdout) == (0, b"")


def test_what_git_ignores_is_left_alone(
    note: Path, livebook: StandIn, agent: dict[str, str]
) -> None:
    subprocess.run(["git", "init", "-q", note.parent], check=True)
    (note.parent / ".gitignore").write_text("drafts/\n", encoding="utf-8")
    draft = note.parent / "drafts" / "draft.livemd"
    draft.parent.mkdir()
    draft.write_text(note.read_text(encoding="utf-8"), encoding="utf-8")
    run(payload("gemini_after_shell", note.parent), agent)

    assert [it.path for it in livebook.sessions] == [str(note)]


def test_a_deleted_notebook_is_no_failure(note: Path, agent: dict[str, str]) -> None:
    patch = {"command": "*** Begin Patch\n*** Delete File: note.livemd\n*** End Patch\n"}
    data = payload("codex_after_patch", note.parent, tool_input=patch)
    run(payload("codex_before_patch", note.parent, tool_input=patch), agent)
    note.unlink()
    done = run(data, agent)

    assert (done.returncode, done.stderr) == (0, b"")
    assert b"[file-gone]" in done.stdout


def test_a_notebook_that_is_not_utf8_is_told(note: Path, agent: dict[str, str]) -> None:
    note.write_bytes("# Ä\n".encode("latin-1"))
    done = run(payload("claude_after_write", note.parent), agent)

    assert done.returncode == 2
    assert b"[not-utf8]" in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="modes are POSIX's")
def test_what_is_remembered_is_the_users_alone(
    note: Path, agent: dict[str, str], livebook: StandIn
) -> None:
    run(payload("claude_before_edit", note.parent), agent)
    folder = Path(agent["XDG_CACHE_HOME"]) / "livebook-ls" / "agents"
    kept = [it for it in folder.iterdir() if it.name.startswith("held-")]

    assert len(livebook.sessions) == len(kept) == 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept[0].stat().st_mode) == 0o600


def test_what_is_remembered_is_gone_after_a_day(offline: dict[str, str]) -> None:
    memory, turned = Memory(offline), TurnedClock()
    memory.hold("/a.livemd", "/sessions/a", "words")
    (file,) = Path(memory.folder).iterdir()
    with clock.using(turned):
        os.utime(file, (clock.unix_s(), clock.unix_s()))
        fresh = memory.held("/a.livemd")
        turned.pause(24 * 3600 + 1)
        stale = memory.held("/a.livemd")
        memory.hold("/b.livemd", "/sessions/b", "others")

    assert (fresh, stale) == (("/sessions/a", "words"), None)
    assert not file.exists()


@pytest.mark.fault(
    "ourselves",
    "the cache can't be written",
    during="an agent's edit",
    shows="nothing: the edit is synced",
    recovers="nothing to do",
)
def test_without_a_cache_it_works_too(
    note: Path, agent: dict[str, str], livebook: StandIn, home: Path
) -> None:
    (home / "cache").write_text("a file in the folder's place", encoding="utf-8")
    told = edit(note, "1 + 1", "2 + 2", agent)
    livebook.wait_settled()
    session = livebook.session(note)

    assert told == ""
    assert session is not None
    assert "2 + 2" in session.text


@pytest.mark.slow
def test_the_self_test_proves_the_chain(offline: dict[str, str]) -> None:
    done = subprocess.run(
        (*quick_program(offline), "hook", "--self-test"),
        capture_output=True,
        text=True,
        env=offline,
        check=False,
    )

    assert done.returncode == 0
    assert "The chain holds" in done.stdout


# What a hook loads that has nothing to do: besides Python's own, only this.
def after_shell(note: Path, environ: dict[str, str]) -> str:
    return said(run_here(payload("claude_after_bash", note.parent), environ))


@pytest.mark.fault(
    "files",
    "an agent moves or deletes a notebook whose session lives",
    during="a shell command",
    shows="that its session lives on, and makes the file again",
    recovers="once somebody closes that session",
)
@pytest.mark.parametrize("is_moved", [True, False])
def test_a_session_whose_file_an_agent_takes_away_is_told_once(
    note: Path, agent: dict[str, str], livebook: StandIn, *, is_moved: bool
) -> None:
    edit(note, "1 + 1", "2 + 2", agent)
    assert livebook.session(note) is not None
    assert after_shell(note, agent) == ""
    note.rename(note.with_name("moved.livemd")) if is_moved else note.unlink()

    told = after_shell(note, agent)
    assert "note.livemd: This file is gone" in told
    assert "[file-gone]" in told
    assert "file-gone" not in after_shell(note, agent)
    assert livebook.session(note) is not None


def test_a_file_that_is_taken_away_once_its_session_is_closed_is_nobodys_matter(
    note: Path, agent: dict[str, str], livebook: StandIn
) -> None:
    edit(note, "1 + 1", "2 + 2", agent)
    livebook.close_session(note)
    note.unlink()

    assert after_shell(note, agent) == ""


LIGHT = {
    "livebook_ls",
    "livebook_ls.agents",
    "livebook_ls.agents.payloads",
    "livebook_ls.agents.payloads.relevance",
    "livebook_ls.cli",
    "livebook_ls.cli.hook",
    "livebook_ls.cli.hook.command",
    "livebook_ls.cli.main",
    "livebook_ls.clock",
    "_contextvars",
    "contextvars",
}
LIGHT_AFTER_A_SHELL = LIGHT | {
    "livebook_ls.agents.changed_notebooks",
    "livebook_ls.agents.hook_run",
    "livebook_ls.agents.hook_memory",
    "zlib",
}


@pytest.mark.parametrize(
    "options", [[], ["--run-changed", "--url", "http://localhost:1", "--map", "/a=/b"]]
)
@pytest.mark.parametrize(("tool", "allowed"), [("Edit", LIGHT), ("Bash", LIGHT_AFTER_A_SHELL)])
def test_with_nothing_to_do_next_to_nothing_is_loaded(
    tool: str, allowed: set[str], options: list[str], project: Path, offline: dict[str, str]
) -> None:
    code = (
        "import sys, atexit; before = set(sys.modules)\n"
        f"sys.argv = {['livebook-ls', 'hook', *options]!r}\n"
        "from livebook_ls.cli.main import main\n"
        "code = main(); print('\\n'.join(set(sys.modules) - before)); sys.exit(code)"
    )
    given = {"file_path": str(project / "code.ex")}
    data = {"hook_event_name": "PostToolUse", "cwd": str(project), "tool_name": tool}
    done = subprocess.run(
        (sys.executable, "-c", code),
        input=json.dumps(data | {"tool_input": given}),
        capture_output=True,
        text=True,
        env=offline,
        check=True,
    )

    assert set(done.stdout.split()) - {"__future__"} <= allowed
