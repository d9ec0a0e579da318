"""A save and the browser's edits become one, or a person decides: all of it through stdio."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import httpx
import pytest

from livebook_ls.standin.editor import CAPABILITIES, Editor
from livebook_ls.standin.server import StandIn
from livebook_ls.standin.sessions.hold_points import HoldPoint
from livebook_ls.standin.settings import Access
from livebook_ls.standin.text_edits import apply_edits
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from tests.support.at_rest import asked, holds, is_joined, opened, until_one, until_written_back
from tests.support.command import run
from tests.support.turn_of_another import turn_of_another

BASE = """\
# Note

## One

```elixir
first = 1
second = 2
third = 3
fourth = 4
```

Some prose.

## Two

```elixir
:two
```
"""
MINE = BASE.replace("first = 1", "first = 11")
THEIRS = (":two", ":two_in_the_browser")
# Clients that don't wait before a save.
PLAIN: Any = CAPABILITIES | {
    "textDocument": {
        name: it for name, it in CAPABILITIES["textDocument"].items() if name != "synchronization"
    }
}


@pytest.fixture
def notebook(tmp_path: Path) -> Path:
    path = tmp_path / "note.livemd"
    path.write_text(BASE, encoding="utf-8")
    return path


def codes(editor: Editor, uri: str) -> list[str]:
    return [it["code"] for it in editor.diagnostics.get(uri, [])]


def will_save(editor: Editor, uri: str) -> str:
    """The buffer as an editor that waits before a save would write it."""
    params = {"textDocument": {"uri": uri}, "reason": 1}
    edits = editor.request("textDocument/willSaveWaitUntil", params) or []
    return apply_edits(editor.texts[uri], edits)


def act(editor: Editor, uri: str, title: str, line: int) -> None:
    """Choose one of the actions at a line."""
    [chosen] = [it for it in editor.actions(uri, line=line) if it["title"] == title]
    editor.command(chosen["command"]["command"], *chosen["command"]["arguments"])


def open_in_browser(livebook: StandIn, path: Path) -> None:
    """Have a session of the notebook that nobody of ours has had to do with."""
    httpx.post(f"{livebook.url}/dev/open", json={"file": str(path)}).raise_for_status()


def joined(editor: Editor, livebook: StandIn, path: Path) -> str:
    """Open a notebook, until our server has joined its session, too; its URI."""
    uri = opened(editor, livebook, path)
    editor.wait_for(lambda: is_joined(livebook, path), "the session joined")
    return uri


def until_one_of(editor: Editor, livebook: StandIn, path: Path, texts: Sequence[str]) -> None:
    """The same as `until_one`, with whichever of these."""

    def are_one() -> bool:
        livebook.wait_settled()
        text = path.read_text(encoding="utf-8")
        return text in texts and holds(livebook, path, text)

    editor.wait_for(are_one, "session and file hold the text")


def line_of(text: str, words: str) -> int:
    return text[: text.index(words)].count("\n")


DIFFERENT = {
    "another cell": (":two", ":two_in_the_browser"),
    "other lines of the cell": ("fourth = 4", "fourth = 44"),
    "prose": ("Some prose", "Some more prose"),
    "a new cell": ("## Two\n", "## Two\n\n```elixir\n:new_in_the_browser\n```\n"),
    "a name": ("## Two", "## Zwei"),
    "a deleted cell": ("Some prose.\n\n", ""),
}


@pytest.mark.parametrize(("old", "new"), DIFFERENT.values(), ids=DIFFERENT)
def test_what_the_browser_edited_elsewhere_comes_in_with_the_save(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, old: str, new: str
) -> None:
    editor = start_editor(capabilities=PLAIN)
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(old, new))
    editor.save(uri, notebook, MINE)

    until_one(editor, livebook, notebook, MINE.replace(old, new))
    editor.wait_for(lambda: "merged" in codes(editor, uri), "the word that it was merged")


def test_an_editor_that_has_not_taken_the_merged_text_yet_takes_nothing_back(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(":two", ":two_in_the_browser"))
    editor.save(uri, notebook, MINE)
    until_one(editor, livebook, notebook, MINE.replace(":two", ":two_in_the_browser"))
    editor.wait_for_state(uri, "inSync")

    further = MINE.replace("third = 3", "third = 33")
    editor.save(uri, notebook, further)
    until_one(editor, livebook, notebook, further.replace(":two", ":two_in_the_browser"))


@pytest.mark.slow
@pytest.mark.parametrize("times", range(5))
def test_what_livebook_saved_before_a_sync_is_not_taken_for_what_the_editor_has(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, times: int
) -> None:
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = opened(editor, livebook, notebook)
    theirs = f":two_in_the_browser_{times}"
    livebook.edit_session(notebook, BASE.replace(":two", theirs))
    livebook.save_session(notebook)
    # Which nobody has said to be a save: the file is newer than what the editor has.
    editor.command("livebook.sync", uri)
    editor.save(uri, notebook, MINE)

    until_one(editor, livebook, notebook, MINE.replace(":two", theirs))


def edited_in_the_browser(editor: Editor, livebook: StandIn, path: Path) -> str:
    """Open a notebook whose session has THEIRS, in an editor that takes over nothing."""
    editor.applies_edits = False
    uri = opened(editor, livebook, path)
    livebook.edit_session(path, BASE.replace(*THEIRS))
    return uri


def is_over(editor: Editor, uri: str, before: int) -> bool:
    """Whether a sync was told of, after so many words before, and that it is done."""
    told = [it["state"] for it in editor.statuses[uri][before:]]
    return "syncing" in told and told[-1] == "inSync"


def reload(editor: Editor, uri: str, text: str) -> None:
    """Tell of a file that is loaded anew, with this text, as Neovim does."""
    editor.close_document(uri)
    editor.open_text(uri, text)


@pytest.mark.slow
def test_half_a_word_that_was_loaded_anew_is_no_conflict_with_the_whole(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(capabilities=PLAIN)
    uri = joined(editor, livebook, notebook)
    now = BASE
    for number in range(5):
        half = now.replace(":two\n", f":two\n# {number}\n")
        livebook.edit_session(notebook, half, is_typed=True)
        livebook.save_session(notebook)
        reload(editor, uri, notebook.read_text())
        livebook.edit_session(notebook, half.replace(f"# {number}", f"# {number}x"), is_typed=True)
        editor.save(uri, notebook, half.replace("third = 3", f"third = 3{number}"))

        now = half.replace(f"# {number}", f"# {number}x").replace("third = 3", f"third = 3{number}")
        until_one(editor, livebook, notebook, now)
        editor.change(uri, now)


@pytest.mark.slow
@pytest.mark.parametrize("is_known", [False, True], ids=["first", "again"])
def test_what_livebook_saves_just_as_a_file_is_loaded_is_not_what_the_editor_has(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, *, is_known: bool
) -> None:
    theirs = BASE.replace(":two", ":two_in_the_browser")
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = opened(editor, livebook, notebook)
    if is_known:
        editor.close_document(uri)
    else:
        editor.close()
        editor = start_editor(capabilities=PLAIN)
        editor.applies_edits = False
    livebook.edit_session(notebook, theirs)
    livebook.save_session(notebook)
    livebook.clear_requests()
    editor.open_text(uri, BASE)
    editor.wait_for(lambda: livebook.requests, "a look at the session")
    assert will_save(editor, uri)
    editor.save(uri, notebook, MINE)

    until_one(editor, livebook, notebook, MINE.replace(":two", ":two_in_the_browser"))


@pytest.mark.slow
@pytest.mark.parametrize(
    "taken_back", [True, False], ids=["an edit that was taken back", "an edit"]
)
def test_a_session_that_saves_just_before_the_editor_gives_no_reason_to_ask(
    editor: Editor, livebook: StandIn, notebook: Path, *, taken_back: bool
) -> None:
    uri = opened(editor, livebook, notebook)
    known_ns = notebook.stat().st_mtime_ns
    both = MINE if taken_back else MINE.replace(":two", ":two_in_the_browser")
    editor.change(uri, MINE)
    for theirs in [":two_in_the_browser", ":two"][: 1 + taken_back]:
        livebook.edit_session(notebook, BASE.replace(":two", theirs))
        livebook.save_session(notebook)
    assert notebook.stat().st_mtime_ns > known_ns

    assert will_save(editor, uri) == both
    assert notebook.stat().st_mtime_ns == known_ns
    editor.save(uri, notebook, both)
    until_one(editor, livebook, notebook, both)


def test_what_was_just_brought_into_the_buffer_does_not_come_again_with_the_save(
    editor: Editor, livebook: StandIn, notebook: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    uri = opened(editor, livebook, notebook)
    editor.change(uri, MINE)
    # Some editors tell of an edit that they were sent a little later than they make it.
    monkeypatch.setattr(editor, "change", editor.texts.__setitem__)
    livebook.edit_session(notebook, BASE.replace(":two", ":two\n:in_the_browser"))
    livebook.save_session(notebook)
    both = MINE.replace(":two", ":two\n:in_the_browser")
    editor.wait_for(lambda: editor.texts[uri] == both, "the browser's edit in the buffer")

    assert will_save(editor, uri) == both


def test_an_editor_that_waits_gets_buffer_and_file_in_one_go(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(":two", ":two_in_the_browser"))
    editor.change(uri, MINE)
    both = MINE.replace(":two", ":two_in_the_browser")

    assert editor.wait_for(lambda: will_save(editor, uri) == both, "both")
    editor.save(uri, notebook, both)
    until_one(editor, livebook, notebook, both)
    editor.wait_for(lambda: "merged" in codes(editor, uri), "the word that it was merged")

    # The next save has nothing to merge, and takes nothing back.
    editor.save(uri, notebook, MINE)
    until_one(editor, livebook, notebook, MINE)
    editor.wait_for(lambda: codes(editor, uri) == [], "nothing to tell")


@pytest.fixture
def conflicting(livebook: StandIn, notebook: Path, editor: Editor) -> str:
    """Both sides changed one line; the URI of the notebook once that is held."""
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace("first = 1", "first = 111"))
    editor.save(uri, notebook, MINE)
    editor.wait_for_state(uri, "held")
    return uri


def test_a_conflict_leaves_file_and_session_as_they_are_and_is_told_at_its_cell(
    editor: Editor, livebook: StandIn, notebook: Path, conflicting: str
) -> None:
    [found] = editor.diagnostics[conflicting]
    session = livebook.session(notebook)

    assert found["code"] == "browser-conflict"
    assert found["range"]["start"]["line"] == line_of(MINE, "first = 11")
    assert notebook.read_text() == MINE
    assert session is not None
    assert session.text == BASE.replace("first = 1", "first = 111")


TAKEN = {
    "Take mine": MINE,
    "Take the browser's": BASE.replace("first = 1", "first = 111"),
    "Take both, one after the other": MINE.replace(
        "```\n\nSome prose.",
        "```\n\n```elixir\nfirst = 111\nsecond = 2\nthird = 3\nfourth = 4\n```\n\nSome prose.",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize(("title", "expected"), TAKEN.items())
def test_whatever_is_taken_the_save_goes_through(
    editor: Editor, livebook: StandIn, notebook: Path, conflicting: str, title: str, expected: str
) -> None:
    act(editor, conflicting, title, line_of(MINE, "first = 11"))
    until_one(editor, livebook, notebook, expected)
    editor.wait_for(lambda: "browser-conflict" not in codes(editor, conflicting), "the all-clear")

    # What was decided is not asked again.
    further = expected.replace(":two", ":three")
    editor.save(conflicting, notebook, further)
    until_one(editor, livebook, notebook, further)


def test_several_conflicts_are_settled_one_by_one(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    theirs = BASE.replace("first = 1", "first = 111").replace(":two", ":theirs")
    mine = MINE.replace(":two", ":mine")
    livebook.edit_session(notebook, theirs)
    editor.save(uri, notebook, mine)
    editor.wait_for(lambda: codes(editor, uri) == ["browser-conflict"] * 2, "both conflicts")
    act(editor, uri, "Take mine", line_of(mine, "first"))
    editor.wait_for(lambda: codes(editor, uri) == ["browser-conflict"], "the other conflict")

    assert notebook.read_text() == mine
    act(editor, uri, "Take the browser's", line_of(mine, ":mine"))
    until_one(editor, livebook, notebook, mine.replace(":mine", ":theirs"))


def test_all_conflicts_are_settled_at_once(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    theirs = BASE.replace("first = 1", "first = 111").replace(":two", ":theirs")
    livebook.edit_session(notebook, theirs)
    editor.save(uri, notebook, MINE.replace(":two", ":mine"))
    editor.wait_for(lambda: codes(editor, uri) == ["browser-conflict"] * 2, "both conflicts")
    act(editor, uri, "Take the browser's everywhere", line_of(MINE, "first"))

    until_one(editor, livebook, notebook, theirs)


def test_a_conflict_that_was_edited_away_is_over_with_the_next_save(
    editor: Editor, livebook: StandIn, notebook: Path, conflicting: str
) -> None:
    agreed = BASE.replace("first = 1", "first = 111").replace(":two", ":more")
    editor.save(conflicting, notebook, agreed)

    until_one(editor, livebook, notebook, agreed)
    editor.wait_for(lambda: "browser-conflict" not in codes(editor, conflicting), "the all-clear")


@pytest.mark.parametrize("goes_on", [False, True], ids=["just that", "and more"])
@pytest.mark.parametrize("is_restored", [False, True], ids=["typed", "from the file"])
def test_who_takes_the_browsers_lines_by_hand_has_them(
    editor: Editor,
    livebook: StandIn,
    notebook: Path,
    conflicting: str,
    *,
    goes_on: bool,
    is_restored: bool,
) -> None:
    theirs = BASE.replace("first = 1", "first = 111")
    if is_restored:
        notebook.write_text(theirs, encoding="utf-8")
    editor.change(conflicting, theirs)
    editor.actions(conflicting, line=0)
    agreed = theirs.replace(":two", ":more") if goes_on else theirs
    editor.save(conflicting, notebook, agreed)

    until_one(editor, livebook, notebook, agreed)
    editor.wait_for(lambda: "browser-conflict" not in codes(editor, conflicting), "the all-clear")
    assert "save-put-back" not in codes(editor, conflicting)


def test_an_autosave_does_not_lie_over_a_save_that_waits_for_a_choice(
    editor: Editor, livebook: StandIn, notebook: Path, conflicting: str
) -> None:
    saved_ns = notebook.stat().st_mtime_ns
    livebook.save_session(notebook)
    livebook.wait_settled()
    editor.wait_for(
        lambda: notebook.read_text() == MINE and notebook.stat().st_mtime_ns == saved_ns,
        "the file as it was saved",
    )

    act(editor, conflicting, "Take mine", line_of(MINE, "first"))
    until_one(editor, livebook, notebook, MINE)


@pytest.mark.slow
def test_who_types_on_during_a_sync_that_changes_nothing_is_no_difference(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    typed = BASE
    # A machine may be too slow for one of them.
    for word in ("one", "two", "three"):
        before = len(livebook.requests)
        editor.save(uri, notebook)

        def is_over(start: int = before) -> bool:
            syncs = (it for it in livebook.requests[start:] if it.target == "/dev/sync")
            return any(it.ended_s is not None for it in syncs)

        editor.wait_for(is_over, "the sync")
        typed = typed.replace(":two\n", f":two\n# {word}\n")
        livebook.edit_session(notebook, typed)
        editor.wait_for_state(uri, "inSync")
        editor.save(uri, notebook)
        until_one(editor, livebook, notebook, typed)

    assert "differs" not in [it["state"] for it in editor.statuses[uri]]


def test_what_others_write_over_a_save_that_waits_for_a_choice_stays(
    editor: Editor, livebook: StandIn, notebook: Path, conflicting: str, environ: dict[str, str]
) -> None:
    further = MINE.replace("Some prose", "Some prose and more by a script")
    notebook.write_text(further, encoding="utf-8")
    kept = KeptTexts(StateFolder(environ))

    def is_seen() -> bool:
        return any(kept.text(it) == further for it in kept.versions(str(notebook)))

    editor.wait_for(is_seen, "the script's text seen")
    act(editor, conflicting, "Take mine", line_of(MINE, "first"))

    until_one(editor, livebook, notebook, further)


def test_a_version_that_cannot_be_read_any_more_keeps_no_conflict_from_being_told(
    editor: Editor, livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    uri = opened(editor, livebook, notebook)
    saved_ns = editor.save(uri, notebook, BASE.replace("Some prose", "Some more prose"))
    until_written_back(editor, livebook, notebook, saved_ns)
    kept = KeptTexts(StateFolder(environ)).versions(str(notebook))
    for version in kept:
        version.file.write_bytes(b"\xff")
    livebook.edit_session(notebook, BASE.replace("Some prose", "Some better prose"))
    editor.save(uri, notebook, BASE.replace("Some prose", "Some other prose"))
    editor.wait_for_state(uri, "held")

    assert kept
    assert codes(editor, uri) == ["browser-conflict"]


def test_a_cell_that_one_side_deleted_and_the_other_changed_is_a_conflict(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace("Some prose", "Some better prose"))
    without = BASE.replace("Some prose.\n\n", "")
    editor.save(uri, notebook, without)
    editor.wait_for_state(uri, "held")

    assert codes(editor, uri) == ["browser-conflict"]
    [found] = editor.diagnostics[uri]
    act(editor, uri, "Take the browser's", found["range"]["start"]["line"])
    until_one(editor, livebook, notebook, BASE.replace("Some prose", "Some better prose"))


def test_a_cell_that_was_moved_takes_the_browsers_edit_along(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace("Some prose", "Some better prose"))
    moved = BASE.replace("Some prose.\n\n", "") + "\nSome prose.\n"
    editor.save(uri, notebook, moved)

    until_one(editor, livebook, notebook, moved.replace("Some prose", "Some better prose"))


def test_the_common_text_outlives_the_server(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    first = start_editor()
    uri = opened(first, livebook, notebook)
    first.save(uri, notebook, MINE)
    until_one(first, livebook, notebook, MINE)
    first.wait_for_state(uri, "inSync")
    first.close()
    livebook.edit_session(notebook, MINE.replace(":two", ":two_in_the_browser"))
    second = start_editor()
    uri = second.open(notebook)
    second.wait_for_state(uri, "differs")

    assert notebook.read_text() == MINE
    second.save(uri, notebook, MINE.replace("third = 3", "third = 33"))
    both = MINE.replace("third = 3", "third = 33").replace(":two", ":two_in_the_browser")
    until_one(second, livebook, notebook, both)


def test_without_a_common_text_each_difference_is_a_conflict(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    open_in_browser(livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(":two", ":theirs"))
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "differs")
    editor.save(uri, notebook, MINE)
    editor.wait_for_state(uri, "held")

    assert codes(editor, uri) == ["browser-conflict"] * 2
    editor.command("livebook.takeMine", uri)
    until_one(editor, livebook, notebook, MINE)


def test_when_asked_to_ask_nothing_is_merged_before_the_word(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(settings={"merge": "ask"})
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(":two", ":theirs"))
    editor.change(uri, MINE)

    assert will_save(editor, uri) == MINE
    editor.save(uri, notebook)
    editor.wait_for_state(uri, "held")
    assert codes(editor, uri) == ["browser-edited"]
    assert notebook.read_text() == MINE
    act(editor, uri, "Merge with the browser's edits", 0)
    until_one(editor, livebook, notebook, MINE.replace(":two", ":theirs"))


def test_what_was_typed_meanwhile_and_an_autosave_come_together_in_the_buffer(
    editor: Editor, livebook: StandIn, notebook: Path
) -> None:
    uri = opened(editor, livebook, notebook)
    loaded_ns = notebook.stat().st_mtime_ns
    editor.change(uri, MINE)
    theirs = BASE.replace(":two", ":two_in_the_browser")
    livebook.edit_session(notebook, theirs)
    livebook.save_session(notebook)
    both = MINE.replace(":two", ":two_in_the_browser")
    editor.wait_for(lambda: editor.texts[uri] == both, "both in the buffer")

    # Nothing that the editor would have to ask about: the file is no newer than it knows.
    editor.wait_for(lambda: notebook.stat().st_mtime_ns == loaded_ns, "the file's time put back")
    assert notebook.read_text() == theirs
    editor.save(uri, notebook)
    until_one(editor, livebook, notebook, both)


def test_a_save_over_an_autosave_that_the_editor_never_saw_loses_nothing(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(":two", ":two_in_the_browser"))
    livebook.save_session(notebook)
    editor.wait_for(lambda: "in_the_browser" in notebook.read_text(), "the autosave")
    editor.save(uri, notebook, MINE)

    until_one(editor, livebook, notebook, MINE.replace(":two", ":two_in_the_browser"))


def test_an_autosave_that_lies_over_a_save_before_its_sync_takes_nothing(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    editor = start_editor(capabilities=PLAIN)
    uri = opened(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(":two", ":two_in_the_browser"))
    editor.change(uri, MINE)
    notebook.write_text(MINE, encoding="utf-8")
    livebook.save_session(notebook)
    saved = {"textDocument": {"uri": uri}, "text": MINE}
    editor.notify("textDocument/didSave", saved)

    until_one(editor, livebook, notebook, MINE.replace(":two", ":two_in_the_browser"))


@pytest.mark.slow
def test_what_others_bring_back_is_sent_though_the_browser_had_typed_it(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
) -> None:
    """As by a checkout of an older version, and of the newer one again."""
    theirs, path = BASE.replace(":two", ":two_in_the_browser"), str(notebook)
    kept = KeptTexts(StateFolder(environ))
    editor = start_editor()
    uri = opened(editor, livebook, notebook)
    editor.wait_for(lambda: is_joined(livebook, notebook), "a joined session")
    before = len(editor.statuses[uri])
    livebook.edit_session(notebook, theirs, is_typed=True)
    editor.wait_for(lambda: kept.text(kept.versions(path)[0]) == theirs, "the autosave seen")
    editor.wait_for(partial(is_over, editor, uri, before), "and accounted for")
    editor.change(uri, theirs)
    for text in (BASE, theirs):
        before = len(editor.statuses[uri])
        notebook.unlink()
        notebook.write_text(text, encoding="utf-8")
        editor.change(uri, text)

        until_one(editor, livebook, notebook, text)
        editor.wait_for(partial(is_over, editor, uri, before), "nothing left to be accounted for")


@pytest.mark.slow
@pytest.mark.parametrize("types_on", [False, True])
def test_an_autosave_that_lies_over_a_merged_save_before_it_is_read_takes_nothing(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, *, types_on: bool
) -> None:
    further = MINE.replace("third = 3", "third = 33")
    editor = start_editor(capabilities=PLAIN)
    uri = edited_in_the_browser(editor, livebook, notebook)
    with livebook.holding(HoldPoint.SYNC) as until_held:
        editor.save(uri, notebook, MINE)
        until_held(1)
        livebook.save_session(notebook)
        if types_on:
            editor.save(uri, notebook, further)

    until_one(editor, livebook, notebook, (further if types_on else MINE).replace(*THEIRS))


def test_a_merged_text_of_which_livebook_reads_the_half_comes_whole(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path
) -> None:
    merged = MINE.replace(*THEIRS)
    editor = start_editor(capabilities=PLAIN)
    uri = edited_in_the_browser(editor, livebook, notebook)
    with livebook.holding(HoldPoint.SYNC) as until_held:
        editor.save(uri, notebook, MINE)
        until_held(1)
        assert notebook.read_text(encoding="utf-8") == merged
        notebook.write_text(merged[: merged.index("## Two")], encoding="utf-8")

    until_one(editor, livebook, notebook, merged)


@pytest.mark.slow
@pytest.mark.parametrize("access", [Access(token="a-token"), Access(password="a-password-of-12")])  # noqa: S106
def test_where_livebook_shows_nothing_that_is_said_once_and_nothing_merged(
    start_editor: Callable[..., Editor], livebook: StandIn, notebook: Path, access: Access
) -> None:
    livebook.restart(replace(livebook.settings, access=access))
    editor = start_editor()
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "inSync")
    for text in (MINE, BASE, MINE):
        editor.save(uri, notebook, text)
        until_one(editor, livebook, notebook, text)

    told = [it["message"] for it in editor.messages if "doesn't show what its" in it["message"]]
    assert len(told) == 1


@pytest.mark.slow
@pytest.mark.parametrize("has_saved", [False, True], ids=["at first", "later"])
def test_what_others_wrote_stays_in_the_file_while_it_waits_for_a_choice(
    editor: Editor, livebook: StandIn, notebook: Path, *, has_saved: bool
) -> None:
    uri = opened(editor, livebook, notebook)
    if has_saved:
        livebook.save_session(notebook)
        livebook.wait_settled()
        editor.wait_for_state(uri, "inSync")
    theirs, others = (BASE.replace(":two", it) for it in (":in_the_browser", ":of_a_script"))
    livebook.edit_session(notebook, theirs)
    notebook.write_text(others, encoding="utf-8")
    editor.wait_for_state(uri, "held")
    # As by its own timer.
    livebook.save_session(notebook)
    livebook.wait_settled()
    editor.wait_for(lambda: notebook.read_text(encoding="utf-8") == others, "it back in the file")
    editor.wait_for_state(uri, "held")
    editor.command("livebook.takeMine", uri)

    until_one(editor, livebook, notebook, others)


@pytest.mark.slow
@pytest.mark.parametrize(
    "numbers", [range(3), range(42), (0, 1, 0)], ids=["another", "many", "the first again"]
)
def test_a_save_that_livebook_has_read_for_the_one_before_is_nobodys_edit(
    editor: Editor, livebook: StandIn, notebook: Path, numbers: Sequence[int]
) -> None:
    uri = opened(editor, livebook, notebook)
    texts = [BASE.replace(THEIRS[0], f"{THEIRS[0]}{it}") for it in numbers]
    with (
        livebook.holding(HoldPoint.SYNC) as until_told,
        livebook.holding(HoldPoint.SAVE) as until_read,
    ):
        editor.save(uri, notebook, texts[0])
        until_told(1)
        editor.save(uri, notebook, texts[1])
        livebook.release(HoldPoint.SYNC)
        until_read(1)
        # They take the place of the one before them, which waits.
        for text in texts[2:]:
            editor.save(uri, notebook, text)
    until_one(editor, livebook, notebook, texts[-1])
    editor.wait_for_state(uri, "inSync")


@pytest.mark.slow
@pytest.mark.parametrize("numbers", [range(3), (0, 1, 0)], ids=["another", "the first again"])
def test_what_was_typed_beside_that_is_in_no_conflict_with_the_save_after_it(
    editor: Editor, livebook: StandIn, notebook: Path, numbers: Sequence[int]
) -> None:
    uri = joined(editor, livebook, notebook)
    texts = [BASE.replace(THEIRS[0], f"{THEIRS[0]}{it}") for it in numbers]
    typed = ("first = 1", "first = 1 # typed")
    with (
        livebook.holding(HoldPoint.SYNC) as until_told,
        livebook.holding(HoldPoint.SAVE) as until_read,
    ):
        editor.save(uri, notebook, texts[0])
        until_told(1)
        livebook.edit_session(notebook, BASE.replace(*typed), is_typed=True)
        editor.save(uri, notebook, texts[1])
        livebook.release(HoldPoint.SYNC)
        until_read(1)
        editor.save(uri, notebook, texts[2])
    until_one(editor, livebook, notebook, texts[2].replace(*typed))


@pytest.mark.slow
@pytest.mark.parametrize("saves_on", [False, True], ids=["that save", "the one after it"])
@pytest.mark.parametrize("types_on", [False, True], ids=["at rest", "typed since"])
@pytest.mark.fault(
    "livebook",
    "it reads the save after a merged one in place of that",
    during="the editor has not taken over what came in from the browser",
    shows="in sync, with both",
    recovers="by itself",
)
def test_what_livebook_replaced_by_reading_a_save_for_a_merged_one_before_comes_back(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    *,
    types_on: bool,
    saves_on: bool,
) -> None:
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = joined(editor, livebook, notebook)
    livebook.edit_session(notebook, BASE.replace(*THEIRS), is_typed=True)
    further, on = MINE.replace("third = 3", "third = 33"), ("Some prose", "Some more prose")
    last = further.replace("second = 2", "second = 22") if saves_on else further
    with (
        ThreadPoolExecutor(1) as beside,
        livebook.holding(HoldPoint.SYNC) as until_told,
        livebook.holding(HoldPoint.SAVE) as until_read,
    ):
        editor.save(uri, notebook, MINE)
        until_told(1)
        assert "in_the_browser" in notebook.read_text(encoding="utf-8")
        # The editor has not taken that over.
        editor.save(uri, notebook, further)
        livebook.release(HoldPoint.SYNC)
        until_read(1)
        session = livebook.session(notebook)
        assert session is not None
        assert "in_the_browser" not in session.text
        if types_on:
            typed = session.text.replace(*on)
            # It waits for the save, too.
            beside.submit(livebook.edit_session, notebook, typed, is_typed=True)
            editor.wait_for(partial(holds, livebook, notebook, typed), "what is typed since")
        if saves_on:
            editor.save(uri, notebook, last)

    expected = last.replace(*THEIRS)
    until_one(editor, livebook, notebook, expected.replace(*on) if types_on else expected)


@pytest.mark.slow
@pytest.mark.fault(
    "editor",
    "it loads what Livebook wrote over a save that waits, and saves on",
    during="another of ours is at work on the notebook",
    sees="put_back",
    recovers="by itself",
)
@pytest.mark.parametrize("is_alike", [False, True], ids=["elsewhere", "at the same place"])
@pytest.mark.parametrize("is_slow", [False, True], ids=["at once", "key by key"])
def test_a_save_that_an_editor_drops_by_loading_what_livebook_wrote_over_it_is_not_lost(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    *,
    is_slow: bool,
    is_alike: bool,
) -> None:
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = joined(editor, livebook, notebook)
    place, further = "first = 1\n", "first = 1\nfurther = 5\n"
    if not is_alike:
        place, further = "third = 3", "third = 33"
    mine = BASE.replace("first = 1\n", "first = 1\nmine = 11\n")
    livebook.edit_session(notebook, BASE.replace(*THEIRS), is_typed=True)
    with turn_of_another(environ, notebook):
        editor.save(uri, notebook, mine)
        livebook.save_session(notebook)
        loaded = BASE.replace(*THEIRS)
        editor.change(uri, loaded)
        if is_slow:
            # Once this is answered, all of that was seen, with what the file had by then.
            editor.actions(uri, line=0)
            for key in range(1, 1 + len(further)):
                editor.change(uri, loaded.replace(place, further[:key]))
        editor.save(uri, notebook, loaded.replace(place, further))

    both = [loaded.replace(place, further).replace("first = 1\n", "first = 1\nmine = 11\n")]
    if is_alike:
        both.append(loaded.replace(place, further.replace("further", "mine = 11\nfurther")))
    until_one_of(editor, livebook, notebook, both)
    editor.wait_for(lambda: "save-put-back" in codes(editor, uri), "the word of it")


@pytest.mark.slow
def test_where_nothing_is_merged_such_a_save_is_told_to_be_gone(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
) -> None:
    editor = start_editor(settings={"merge": "never"}, capabilities=PLAIN)
    uri = joined(editor, livebook, notebook)
    loaded = BASE.replace(*THEIRS)
    livebook.edit_session(notebook, loaded, is_typed=True)
    with turn_of_another(environ, notebook):
        editor.save(uri, notebook, MINE)
        livebook.save_session(notebook)
        editor.change(uri, loaded)
        editor.save(uri, notebook, loaded.replace("third = 3", "third = 33"))

    editor.wait_for(lambda: "save-overwritten" in codes(editor, uri), "the word of the first save")


@pytest.mark.slow
def test_a_key_that_a_merged_save_swallowed_is_in_no_conflict_with_the_next_save(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
) -> None:
    editor = start_editor(capabilities=PLAIN)
    editor.applies_edits = False
    uri = joined(editor, livebook, notebook)
    kept = KeptTexts(StateFolder(environ))

    def typed(text: str, line: str) -> str:
        return text.replace(":two\n", f":two\n{line}\n")

    livebook.edit_session(notebook, typed(BASE, "#"), is_typed=True)
    with livebook.holding(HoldPoint.SYNC) as until_told:
        editor.save(uri, notebook, MINE)
        until_told(1)
        livebook.edit_session(notebook, typed(BASE, "# "), is_typed=True)
    editor.wait_for(
        lambda: any("# \n" in (kept.text(it) or "") for it in kept.versions(str(notebook))),
        "what was swallowed among the earlier versions",
    )
    session = livebook.session(notebook)
    assert session is not None
    # Who types goes on, wherever it has come back by now.
    going_on = session.text.replace("#\n", "#x\n").replace("# \n", "# x\n")
    livebook.edit_session(notebook, going_on, is_typed=True)
    further = MINE.replace("third = 3", "third = 33")
    editor.save(uri, notebook, further)

    until_one(editor, livebook, notebook, typed(further, "# x"))


@pytest.mark.slow
def test_what_was_agreed_to_be_replaced_is_offered_back_with_what_was_typed_just_then(
    editor: Editor, livebook: StandIn, notebook: Path, environ: dict[str, str]
) -> None:
    uri = joined(editor, livebook, notebook)
    conflict = BASE.replace("first = 1", "<<<<<<< HEAD\nfirst = 1\n=======\nfirst = 2\n>>>>>>> b")
    editor.save(uri, notebook, conflict)
    editor.wait_for_state(uri, "held")
    theirs = BASE.replace(*THEIRS)
    livebook.edit_session(notebook, theirs, is_typed=True)
    livebook.clear_requests()
    with livebook.holding(HoldPoint.SYNC) as until_told:
        editor.notify_command("livebook.syncAnyway", uri)
        until_told(1)
        typed = theirs.replace("two_in", "two_and_three_in")
        livebook.edit_session(notebook, typed, is_typed=True)
    # What the first has swallowed is noticed, and leads to another.
    editor.wait_for(lambda: asked(livebook, "/dev/sync") == 2, "another sync")
    until_one(editor, livebook, notebook, conflict)
    kept = KeptTexts(StateFolder(environ))
    editor.wait_for(
        lambda: typed in {kept.text(it) for it in kept.versions(str(notebook))}, "it is kept"
    )
    editor.wait_for(
        lambda: (
            editor.status(uri)["state"] == "inSync" and "browser-overwritten" in codes(editor, uri)
        ),
        "the word of it, when all is done",
    )
    # Who agreed to that doesn't get it back by his next save.
    then = BASE.replace("fourth = 4", "fourth = 44")
    editor.save(uri, notebook, then)
    until_one(editor, livebook, notebook, then)
    editor.wait_for(lambda: "browser-overwritten" not in codes(editor, uri), "told once")


@pytest.mark.slow
@pytest.mark.parametrize("before", [BASE, BASE.replace(*THEIRS)], ids=["nothing", "an edit"])
def test_where_nothing_is_merged_what_is_typed_while_a_save_is_on_its_way_is_offered_back(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
    before: str,
) -> None:
    editor = start_editor(settings={"merge": "never"})
    uri = joined(editor, livebook, notebook)
    livebook.edit_session(notebook, before, is_typed=True)
    typed = before.replace("```elixir\n:two", "```elixir\n# typed\n:two")
    with livebook.holding(HoldPoint.SYNC) as until_told:
        editor.save(uri, notebook, MINE)
        until_told(1)
        livebook.edit_session(notebook, typed, is_typed=True)
    kept = KeptTexts(StateFolder(environ))
    editor.wait_for(
        lambda: typed in {kept.text(it) for it in kept.versions(str(notebook))}, "it is kept"
    )

    until_one(editor, livebook, notebook, MINE)
    editor.wait_for(lambda: "browser-overwritten" in codes(editor, uri), "the word of it")


def test_where_nothing_is_merged_what_was_typed_in_another_process_session_is_offered_back(
    start_editor: Callable[..., Editor],
    livebook: StandIn,
    notebook: Path,
    environ: dict[str, str],
) -> None:
    settings = {"merge": "never", "joinOnOpen": False, "openOnDidOpen": "never"}
    editor = start_editor(settings=settings)
    uri = editor.open(notebook)
    editor.wait_for_state(uri, "detached")
    # With two sessions, one after the other, the editor's server has had nothing to do.
    there = environ | {"LIVEBOOK_URL": livebook.url}
    assert run("open", notebook, environ=there).returncode == 0
    livebook.restart()
    assert run("open", notebook, environ=there).returncode == 0
    typed = BASE.replace("```elixir\n:two", "```elixir\n# typed\n:two")
    livebook.edit_session(notebook, typed, is_typed=True)
    editor.save(uri, notebook, MINE)

    until_one(editor, livebook, notebook, MINE)
    kept = KeptTexts(StateFolder(environ))
    assert typed in {kept.text(it) for it in kept.versions(str(notebook))}
    editor.wait_for(lambda: "browser-overwritten" in codes(editor, uri), "the word of it")
