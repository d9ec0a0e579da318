"""Nothing lost between editor, file and session: each promise through stdio, at the stand-in."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.editor import CAPABILITIES, Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.standin.text_edits import apply_edits
from tests.conftest import CANONICAL
from tests.support.at_rest import (
    asked,
    holds,
    opened,
    until_one,
    until_time_is,
    until_written_back,
)

CRASHING = CANONICAL + '\n<!-- livebook:{"branch_parent_index":} -->\n\n## Half typed\n'
TWO = "# Note\n\n## One\n\n```elixir\n1\n```\n\n## Two\n\n```elixir\n2\n```\n"
WITH_A_NEW_FIRST_SECTION = TWO.replace("## One", "## Zero\n\n```elixir\n0\n```\n\n## One")


def edited(number: int) -> str:
    return CANONICAL.replace("1 + 1", f"{number} + {number}")


def ended_syncs(livebook: StandIn) -> int:
    return sum(it.target == "/dev/sync" and it.ended_s is not None for it in livebook.requests)


def syncs(livebook: StandIn) -> int:
    return asked(livebook, "/dev/sync")


def will_save(editor: Editor, uri: str, reason: int = 1) -> list[Any]:
    params = {"textDocument": {"uri": uri}, "reason": reason}
    return editor.request("textDocument/willSaveWaitUntil", params) or []


def quiet_edits(editor: Editor, uri: str) -> list[Any]:
    """What the server wants changed before a save; on a busy machine a save does not wait for it,
    and gets it when it is asked again.
    """
    edits: list[Any] = editor.wait_for(lambda: will_save(editor, uri), "the quiet form")
    return edits


def test_what_would_crash_the_session_is_never_sent(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    before = syncs(livebook)
    editor.save(uri, notebook, CRASHING)
    editor.wait_for_state(uri, "held")
    titles = [it["title"] for it in editor.actions(uri, line=8)]

    assert syncs(livebook) == before
    assert any(
        it["severity"] == 1 and it["range"]["start"]["line"] == 8 for it in editor.diagnostics[uri]
    )
    assert "Sync anyway" not in titles

    editor.save(uri, notebook, edited(2))
    editor.wait_for_state(uri, "inSync")
    until_one(editor, livebook, notebook, edited(2))
    assert editor.diagnostics[uri] == []


def test_what_would_wipe_waits_for_consent_and_then_goes_once(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    conflict = CANONICAL.replace("1 + 1", "<<<<<<< HEAD\n1\n=======\n2\n>>>>>>> other")
    editor.save(uri, notebook, conflict)
    editor.wait_for_state(uri, "held")
    before = syncs(livebook)
    editor.command("livebook.syncAnyway", uri)

    assert syncs(livebook) > before
    livebook.wait_settled()
    editor.save(uri, notebook, conflict + "\nmore\n")
    editor.wait_for_state(uri, "held")

    editor.command("livebook.alwaysSyncAnyway", uri)
    editor.save(uri, notebook, conflict + "\nstill more\n")
    editor.wait_for(lambda: holds(livebook, notebook, conflict + "\nstill more\n"), "a sync anyway")


@pytest.mark.fault(
    "files",
    "the file is empty for a moment",
    during="another program saves",
    shows="nothing: what follows is synced",
    recovers="by itself",
)
def test_a_file_that_is_empty_for_a_moment_is_not_sent(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    notebook.write_bytes(b"")
    # However long this takes, an empty file is never sent.
    time.sleep(0.15)
    notebook.write_text(edited(3), encoding="utf-8")

    editor.wait_for(lambda: holds(livebook, notebook, edited(3)), "the complete file")
    assert all(b"Untitled" not in it.text.encode() for it in livebook.sessions)
    editor.wait_for_state(uri, "inSync")


@pytest.mark.fault(
    "files",
    "the file is empty",
    during="a save",
    sees="hazard: empty",
    recovers="the next save that is not",
)
def test_a_file_that_stays_empty_is_held(editor: Editor, livebook: StandIn, notebook: Path) -> None:
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, "")

    editor.wait_for_state(uri, "held")
    assert "empty" in [it["code"] for it in editor.diagnostics[uri]]
    assert holds(livebook, notebook, CANONICAL)


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "the file is nothing but NUL bytes, as after a power loss",
    during="it is open, or read by a command",
    sees="hazard: only-nuls",
    recovers="by itself, once its text is back",
)
@pytest.mark.parametrize("back", [edited(2), edited(3)], ids=["as it was", "another text"])
def test_a_file_of_nothing_but_nuls_is_never_sent(
    editor: Editor, livebook: StandIn, notebook: Path, back: str
) -> None:
    uri = opened(editor, livebook, notebook)
    saved_ns = editor.save(uri, notebook, edited(2))
    until_one(editor, livebook, notebook, edited(2))
    until_written_back(editor, livebook, notebook, saved_ns)
    before = syncs(livebook)
    notebook.write_bytes(b"\0" * notebook.stat().st_size)
    editor.wait_for_state(uri, "held")

    assert [it["code"] for it in editor.diagnostics[uri]] == ["only-nuls"]
    assert "restore" in editor.diagnostics[uri][0]["message"]
    assert "Sync anyway" not in [it["title"] for it in editor.actions(uri, line=0)]
    assert syncs(livebook) == before
    assert holds(livebook, notebook, edited(2))

    notebook.write_text(back, encoding="utf-8")
    editor.wait_for_state(uri, "inSync")
    until_one(editor, livebook, notebook, back)


@pytest.mark.slow
@pytest.mark.parametrize("by", ["a save", "another program"])
def test_a_file_that_had_nothing_but_nuls_when_it_was_opened_is_synced_once_it_has_text(
    editor: Editor, livebook: StandIn, notebook: Path, by: str
) -> None:
    notebook.write_bytes(b"\0" * 100)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "held")

    assert livebook.session(notebook) is None

    if by == "a save":
        editor.save(uri, notebook, CANONICAL)
    else:
        notebook.write_text(CANONICAL, encoding="utf-8")
    editor.wait_for(lambda: holds(livebook, notebook, CANONICAL), "a session with its text")
    editor.wait_for_state(uri, "inSync")


def test_a_new_first_section_is_held_and_arrives_in_two_steps(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(TWO, encoding="utf-8")
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, WITH_A_NEW_FIRST_SECTION)
    editor.wait_for_state(uri, "held")
    titles = [it["title"] for line in range(12) for it in editor.actions(uri, line=line)]

    assert "Sync in two steps" in titles

    editor.command("livebook.syncInTwoSteps", uri)
    until_one(editor, livebook, notebook, WITH_A_NEW_FIRST_SECTION)
    editor.wait_for_state(uri, "inSync")


def test_the_files_time_is_put_back_after_every_write_back(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    for number in range(2, 6):
        text = edited(number)
        saved_ns = editor.save(uri, notebook, text)
        editor.wait_for(partial(holds, livebook, notebook, text), "the save in the session")
        until_written_back(editor, livebook, notebook, saved_ns)
        assert notebook.read_text(encoding="utf-8") == text


def test_attaching_once_more_does_not_take_livebooks_time_for_the_editors(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    loaded_ns = notebook.stat().st_mtime_ns
    # Before anybody has looked at the file.
    os.utime(notebook)
    editor.command("livebook.attach", uri)

    editor.wait_for(lambda: notebook.stat().st_mtime_ns == loaded_ns, "the time put back")


def test_a_stamped_notebook_is_put_back_with_the_stamp_that_the_editor_has(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    stamped = livebook.stamp(CANONICAL)
    notebook.write_text(stamped, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    loaded = notebook.stat().st_mtime_ns
    editor.command("livebook.open", uri)
    livebook.save_session(notebook)

    editor.wait_for(
        lambda: (
            (notebook.read_text(encoding="utf-8"), notebook.stat().st_mtime_ns) == (stamped, loaded)
        ),
        "bytes and time put back",
    )
    editor.wait_for(lambda: editor.diagnostics[uri] == [], "no diagnostic")


def test_a_save_is_quiet_when_the_editor_waits_before_it(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    text = CANONICAL + "\n- a\n- b\n"
    editor.change(uri, text)
    quiet = apply_edits(text, quiet_edits(editor, uri))

    assert quiet == CANONICAL + "\n* a\n* b\n"
    editor.save(uri, notebook, quiet)
    until_one(editor, livebook, notebook, quiet)
    editor.wait_for_state(uri, "inSync")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("faults", "reason", "addition"),
    [
        (Faults(reply=Reply.HANG), 1, "\n- a\n"),
        (Faults(reply=Reply.ERROR_500), 1, "\n- a\n"),
        (Faults(is_off=True), 1, "\n- a\n"),
        (Faults(), 2, "\n- a\n"),
        (Faults(), 1, "\n[a]: http://example.org/lost\n"),
        (Faults(), 1, "\n<!-- livebook:{ -->\n"),
    ],
    ids=["hanging", "failing", "off", "saved by a timer", "words would go", "would crash"],
)
def test_in_doubt_a_save_goes_on_as_it_is(
    editor: Editor,
    livebook: StandIn,
    notebook: Path,
    faults: Faults,
    reason: int,
    addition: str,
) -> None:
    uri = opened(editor, livebook, notebook)
    editor.change(uri, CANONICAL + addition)
    livebook.faults = faults

    assert will_save(editor, uri, reason) == []


@pytest.mark.slow
def test_what_a_timer_saves_stays_as_it_is_typed(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    typed, canonical = f"{edited(2)}\n- one\n- ", f"{edited(2)}\n* one\n  *\n"
    uri = opened(editor, livebook, notebook)
    editor.change(uri, typed)

    assert will_save(editor, uri, reason=2) == []

    saved_ns = editor.save(uri, notebook)
    editor.wait_for(lambda: holds(livebook, notebook, canonical), "the session has it")
    until_written_back(editor, livebook, notebook, saved_ns)
    editor.wait_for_state(uri, "inSync")

    assert notebook.read_text(encoding="utf-8") == typed

    # A save on somebody's word brings it into Livebook's form.
    quiet = apply_edits(typed, quiet_edits(editor, uri))
    editor.save(uri, notebook, quiet)
    until_one(editor, livebook, notebook, canonical)


def test_a_stamped_notebook_that_is_edited_keeps_a_valid_stamp(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    notebook.write_text(livebook.stamp(CANONICAL), encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    for number in (2, 3):
        text = editor.texts[uri].replace(f"{number - 1} + {number - 1}", f"{number} + {number}")
        editor.change(uri, text)
        quiet = apply_edits(text, quiet_edits(editor, uri))
        editor.save(uri, notebook, quiet)

        assert f"{number} + {number}" in quiet
        assert quiet != text
        assert will_save(editor, uri) == []


def test_a_stale_stamp_is_told_and_signed_anew(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    stamped = livebook.stamp(CANONICAL)
    notebook.write_text(stamped, encoding="utf-8")
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    editor.save(uri, notebook, stamped.replace("1 + 1", "2 + 2"))
    editor.wait_for(
        lambda: "stamp-stale" in [it["code"] for it in editor.diagnostics.get(uri, [])],
        "the stale stamp",
    )

    assert livebook.session(notebook) is None
    editor.command("livebook.restamp", uri)
    editor.save(uri, notebook)
    editor.wait_for(
        lambda: "stamp-stale" not in [it["code"] for it in editor.diagnostics.get(uri, [])],
        "the stamp in order",
    )


@pytest.mark.fault(
    "livebook",
    "Livebook writes an earlier save over a later one",
    during="saves in quick succession",
    shows="the later one, put back and synced",
    recovers="by itself",
)
def test_a_write_back_that_lands_over_a_save_is_undone(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    for number in range(2, 8, 2):
        with livebook.holding(HoldPoint.SAVE) as until_held:
            editor.save(uri, notebook, edited(number))
            until_held(1)
            editor.save(uri, notebook, edited(number + 1))
        until_one(editor, livebook, notebook, edited(number + 1))
        editor.wait_for_state(uri, "inSync")


@pytest.mark.slow
@pytest.mark.fault(
    "livebook",
    "Livebook writes an earlier save over a later one",
    during="that was saved twice meanwhile",
    shows="the later one, put back and synced",
    recovers="by itself",
)
@pytest.mark.parametrize("by", ["its editor", "another program"])
def test_what_is_owed_for_an_earlier_save_is_undone_also_where_the_same_is_written_twice(
    start_editor: Callable[..., Editor],
    closed_livebook: StandIn,
    closed_environ: dict[str, str],
    notebook: Path,
    by: str,
) -> None:
    editor = start_editor(environ=closed_environ)
    uri = opened(editor, closed_livebook, notebook)
    closed_livebook.clear_requests()

    def until_asked(target: str, times: int) -> None:
        editor.wait_for(lambda: asked(closed_livebook, target) >= times, f"{target} {times} times")

    with closed_livebook.holding(HoldPoint.SAVE) as until_held:
        editor.save(uri, notebook, edited(2))
        until_held(1)
        # What it asks where a write-back is late.
        until_asked("/dev/restamp", 1)
        editor.save(uri, notebook, edited(3))
        until_asked("/dev/sync", 2)
        if by == "its editor":
            editor.save(uri, notebook, edited(3))
            until_asked("/dev/sync", 3)
        else:
            new = notebook.with_name("new")
            new.write_text(edited(3), encoding="utf-8")
            new.replace(notebook)
        editor.wait_for_state(uri, "inSync")
    until_one(editor, closed_livebook, notebook, edited(3))
    editor.wait_for_state(uri, "inSync")


def test_livebooks_form_is_told_and_refreshed_where_the_editor_does_not_reload(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    helix = {
        key: value for key, value in CAPABILITIES.items() if key not in ("window", "textDocument")
    }
    editor = start_editor(name="helix", capabilities=helix)
    uri = opened(editor, livebook, notebook)
    saved_ns = editor.save(uri, notebook, CANONICAL + "\n- a\n- b\n")
    editor.wait_for_state(uri, "reformatted")
    editor.wait_for(lambda: editor.texts[uri].endswith("* a\n* b\n"), "the refreshed buffer")

    assert notebook.read_text(encoding="utf-8") == editor.texts[uri]
    # Helix would refuse its next save if the time were newer.
    until_time_is(editor, notebook, saved_ns)


@pytest.mark.slow
@pytest.mark.fault(
    "files",
    "another program changes the file",
    during="it is open",
    shows="nothing: it is synced as a save is",
    recovers="nothing to do",
)
def test_what_others_change_arrives_too(editor: Editor, livebook: StandIn, notebook: Path) -> None:
    uri = opened(editor, livebook, notebook)
    notebook.write_text(edited(7), encoding="utf-8")
    editor.wait_for(lambda: holds(livebook, notebook, edited(7)), "the change in the session")
    editor.wait_for_state(uri, "inSync")
    livebook.wait_settled()
    notebook.write_text(CRASHING, encoding="utf-8")
    editor.wait_for_state(uri, "held")
    assert holds(livebook, notebook, edited(7))


def test_livebooks_own_writes_are_not_answered(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = editor.open(notebook)
    loaded_ns = notebook.stat().st_mtime_ns
    editor.wait_for_state(uri, "inSync")
    before = syncs(livebook)
    livebook.save_session(notebook)
    # The server has seen it, and done all that it does about it.
    until_time_is(editor, notebook, loaded_ns)
    editor.actions(uri)

    assert syncs(livebook) == before


@pytest.mark.fault(
    "livebook",
    "the session ends",
    during="it reads a save",
    sees="died",
    recovers="by **Open in Livebook**",
)
def test_a_session_that_died_is_told_and_not_replaced_unasked(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    opens = sum(it.target == "/dev/open" for it in livebook.requests)
    livebook.faults = Faults(delay_s=0.1, under="/dev/sync", times=1)
    editor.save(uri, notebook, edited(2))
    editor.wait_for(lambda: ended_syncs(livebook), "the answer to the sync")
    livebook.close_session(notebook)
    editor.wait_for_state(uri, "died", "inSync")

    if editor.status(uri)["state"] == "died":
        assert [it["code"] for it in editor.diagnostics[uri]] == ["session-died"]
    assert sum(it.target == "/dev/open" for it in livebook.requests) <= opens + 1


@pytest.mark.fault(
    "files",
    "the file has another encoding",
    during="a save",
    sees="not_utf8",
    recovers="the next save in UTF-8",
)
def test_bytes_that_are_not_utf8_are_held(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    notebook.write_bytes(CANONICAL.encode() + b"\xff\xfe\n")
    editor.wait_for_state(uri, "held")

    assert [it["code"] for it in editor.diagnostics[uri]] == ["not-utf8"]
    assert holds(livebook, notebook, CANONICAL)


@pytest.mark.slow
@pytest.mark.parametrize("what", ["deleted", "a folder", "unreadable"])
def test_a_file_that_is_gone_is_told_and_comes_back(
    editor: Editor, livebook: StandIn, notebook: Path, what: str
) -> None:
    if what == "unreadable" and os.geteuid() == 0:
        pytest.skip("root may read every file")
    uri = opened(editor, livebook, notebook)
    notebook.unlink()
    if what == "a folder":
        notebook.mkdir()
    elif what == "unreadable":
        notebook.touch(mode=0)
    editor.notify("textDocument/didSave", {"textDocument": {"uri": uri}})
    editor.wait_for_state(uri, "failed")

    assert [it["code"] for it in editor.diagnostics[uri]] == ["file-unreadable"]
    if what == "a folder":
        notebook.rmdir()
    elif what == "unreadable":
        notebook.unlink()
    editor.save(uri, notebook, edited(2))
    editor.wait_for_state(uri, "inSync")


def test_consent_and_guard_by_setting(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(settings={"guard": "crash-only"})
    uri = opened(editor, livebook, notebook)
    conflict = CANONICAL + "\n<<<<<<< HEAD\n"
    before = syncs(livebook)
    editor.save(uri, notebook, conflict)
    editor.wait_for(lambda: syncs(livebook) > before, "the sync")
    livebook.wait_settled()
    editor.save(uri, notebook, CRASHING)

    editor.wait_for_state(uri, "held")


def leave_in_order(editor: Editor, uri: str) -> None:
    editor.close_document(uri)
    editor.close()


def close_the_pipe(editor: Editor, _: str) -> None:
    assert editor.process.stdin is not None
    editor.process.stdin.close()
    editor.process.wait()


def end_without_a_shutdown(editor: Editor, _: str) -> None:
    editor.notify("exit", None)
    editor.process.wait()


def ask_the_process_to_end(editor: Editor, uri: str) -> None:
    # What was told before a question that was answered is heard.
    editor.request("textDocument/foldingRange", {"textDocument": {"uri": uri}})
    editor.process.terminate()
    editor.process.wait()


@pytest.mark.parametrize(
    "leave",
    [leave_in_order, close_the_pipe, end_without_a_shutdown, ask_the_process_to_end],
    ids=lambda it: it.__name__,
)
def test_who_saves_and_leaves_has_the_session_follow(
    editor: Editor,
    livebook: StandIn,
    notebook: Path,
    leave: Callable[[Editor, str], None],
) -> None:
    uri = opened(editor, livebook, notebook)
    editor.save(uri, notebook, edited(2))
    leave(editor, uri)
    livebook.wait_settled()

    assert holds(livebook, notebook, edited(2))
