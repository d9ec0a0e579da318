"""Histories that once lost something, each cut down to what it took."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from livebook_ls.settings import (
    CanonicalOnSave,
    MergeMode,
    OpenOnDidOpen,
    Settings,
    TwoStepSync,
)
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.settings import Access
from livebook_ls.sync.link import State
from tests.model.editor import Editor
from tests.model.words import words_in
from tests.model.world import HALF_TYPED, START, World

# What meets depends on the dice.
SEEDS = range(4)
ASK = Settings(open_on_did_open=OpenOnDidOpen.ALWAYS, canonical_on_save=CanonicalOnSave.NEVER)
AUTO = Settings(
    open_on_did_open=OpenOnDidOpen.ALWAYS,
    canonical_on_save=CanonicalOnSave.NEVER,
    two_step_sync=TwoStepSync.AUTO,
)
pytestmark = pytest.mark.parametrize("seed", SEEDS)


@contextmanager
def history(seed: int, settings: Settings = ASK, access: Access | None = None) -> Iterator[World]:
    """A world that comes to rest at the end, with nothing wrong."""
    world = World(seed, settings, access)
    try:
        yield world
        world.rest()
        problems = world.oracle.problems()
    finally:
        world.close()
    assert problems == [], "\n".join(world.chronicle.lines)


def save_what_is_held(world: World, editor: Editor) -> None:
    """Save what the guard holds back, since Livebook's importer would raise on it."""
    editor.notice()
    editor.buffer += HALF_TYPED
    world.save(editor)


def is_held(editor: Editor) -> bool:
    return editor.link is not None and editor.link.state is State.HELD


def test_a_save_that_was_told_is_kept_by_a_server_that_ends_at_once(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(0.2)
        world.type(editor, 0, "prose")
        world.save(editor)
        # Livebook saves the session's former text over it.
        world.close_session()
        world.end_in_order(editor)


def test_what_was_held_back_stays_so_where_livebook_refuses_the_next_question(seed: int) -> None:
    with history(seed, AUTO) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.livebook.faults = Faults(is_off=True)
        world.livebook.pace.slowness = 100.0
        world.type(editor, 0, "section")
        world.save(editor)
        world.wait(1.0)


@pytest.mark.slow
def test_a_session_that_another_of_ours_has_opened_is_not_taken_for_a_new_one(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(0.15)
        world.type(editor, 0, "prose")
        world.save(editor)
        world.restart_livebook(0.003)
        world.hook(0)
        world.type(editor, 0, "section")
        world.save(editor)


def test_a_scripts_text_that_was_put_back_is_not_taken_for_livebooks(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.type(editor, 2, "prose")
        world.save(editor)
        world.livebook.pace.slowness = 100.0
        for pause_s in (1.0, 0.4, 1.0):
            world.type(editor, 0, "prose")
            world.save(editor)
            world.wait(pause_s)
        world.script(0)


def test_a_rename_in_the_middle_of_two_steps_leaves_no_error_behind(seed: int) -> None:
    with history(seed, AUTO) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.livebook.pace.slowness = 100.0
        world.type(editor, 0, "section")
        world.save(editor)
        world.wait(1.5)
        world.rename(editor)


def test_each_text_that_passes_by_while_livebook_owes_a_write_is_kept(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.save(editor)
        # Livebook takes no notice of bytes that it wrote itself, and saves this in its own time.
        world.edit_in_browser(0, "prose")
        world.type(editor, 0, "prose")
        world.save(editor)
        world.script(0)


def test_a_session_left_behind_is_not_told_to_read_what_nobody_has_judged(seed: int) -> None:
    with history(seed, AUTO) as world:
        world.open_second()
        first, second = world.editors
        world.wait(6.0)
        world.type(first, 0, "prose")
        world.save(first)
        world.rename(first)
        # The second editor writes the former name anew.
        world.save_half_typed(second)


def test_a_save_that_is_held_back_outlives_the_sessions_first_save(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(1.0)
        save_what_is_held(world, editor)
        world.wait(8.0)

        assert editor.path.read_text(encoding="utf-8") == editor.buffer
        assert is_held(editor)


def test_what_git_brought_is_kept_where_the_browser_was_edited_meanwhile(seed: int) -> None:
    with history(seed) as world:
        world.wait(6.0)
        world.kill(world.editors[0])
        world.check_out(0, adds=True)
        world.edit_in_browser(0, "prose")


def test_a_save_that_was_lost_is_told_until_it_is_there_again_or_another_follows(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.type(editor, 0, "prose", looks_first=False)
        world.save(editor)
        # Livebook saves the session's former text over it, and later the new session's.
        world.close_session()


def test_a_save_is_told_that_a_closed_session_writes_over_later(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.remove()
        world.type(editor, 10, "prose")
        world.save(editor)
        world.wait(0.003)
        # What the closed session writes has words of its own, and the save has not come there.
        world.edit_in_browser(0, "prose")
        world.close_session()


def test_a_save_is_told_that_another_of_ours_has_lost_sight_of(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.watch()
        world.type(editor, 0, "prose", looks_first=False)
        world.save(editor)
        world.wait(0.003)
        # The next session has the save, until `watch` follows what the closed one writes.
        world.close_session()


def test_what_a_killed_process_told_a_session_is_not_taken_for_unsaid(seed: int) -> None:
    with history(seed) as world:
        world.check_out(0, adds=True)
        world.wait(4.0)
        world.livebook.pace.slowness = 100.0
        # Its text is told by a hook, which is given up before Livebook has written anything.
        world.check_out(0, adds=False)
        world.hook(11)
        world.livebook.pace.slowness = 5.0


def test_what_a_closed_session_writes_while_a_save_waits_can_be_had_back(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.edit_in_browser(0, "prose")
        world.wait(1.1)
        world.livebook.pace.slowness = 30.0
        world.type(editor, 0, "prose", looks_first=False)
        # Its session is gone, and its words are in the file for as long as the save waits.
        world.close_session()
        world.wait(0.03)
        world.save(editor)


@pytest.mark.slow
def test_what_livebook_cannot_read_is_no_autosave(seed: int) -> None:
    with history(seed) as world:
        world.open_second()
        first, second = world.editors
        world.wait(6.0)
        save_what_is_held(world, first)
        world.wait(2.0)

        assert is_held(second)


def test_what_others_add_to_a_text_that_is_held_back_can_be_had_back(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(1.0)
        save_what_is_held(world, editor)
        world.wait(0.5)
        # Livebook's first save of the session comes over it.
        world.script(0)


def test_a_save_that_the_guard_holds_back_outlives_what_people_type_in_the_browser(
    seed: int,
) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        save_what_is_held(world, editor)
        world.wait(0.5)
        world.edit_in_browser(0, "prose")
        world.wait(8.0)

        assert editor.path.read_text(encoding="utf-8") == editor.buffer
        assert is_held(editor)


def test_a_save_that_is_held_back_does_not_come_back_over_anothers_later_save(seed: int) -> None:
    with history(seed) as world:
        world.open_second()
        first, second = world.editors
        world.wait(6.0)
        save_what_is_held(world, first)
        world.wait(1.0)
        world.type(second, 0, "prose", looks_first=False)
        world.save(second)
        world.wait(8.0)

        assert second.path.read_text(encoding="utf-8") == second.buffer


def test_what_people_take_back_in_the_browser_does_not_come_back_with_a_save(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.type(editor, 0, "prose")
        world.save(editor)
        world.wait(6.0)
        session = world.livebook.session(world.path)
        assert session is not None
        before = session.view.text
        world.edit_in_browser(0, "prose")
        world.wait(6.0)
        editor.notice()
        editor.process.tell(editor.notebooks.editor_has, str(editor.path), editor.buffer)
        taken_back = words_in(editor.buffer) - words_in(before)
        world.oracle.release(taken_back)
        world.livebook.edit(world.path, before)
        world.type(editor, 4, "prose", looks_first=False)
        world.save(editor)
        world.wait(6.0)

        assert taken_back
        assert not taken_back & words_in(editor.path.read_text(encoding="utf-8"))


def test_a_save_that_moves_nothing_awaits_no_write_back_where_no_session_is_shown(
    seed: int,
) -> None:
    with history(seed, access=Access(token=secrets.token_urlsafe())) as world:
        (editor,) = world.editors
        world.wait(6.0)
        editor.notice()
        editor.buffer += "\n\n"
        world.save(editor)
        world.wait(2.5)

        assert editor.link is not None
        assert editor.link.state is State.IN_SYNC


def test_a_session_that_has_lost_all_sections_is_in_sync_with_nothing(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.livebook.edit(world.path, "# Note\n")
        world.script(0)
        world.wait(1.0)

        assert editor.link is not None
        assert editor.link.state is not State.IN_SYNC


def test_what_git_brings_back_while_livebook_is_away_stays(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.livebook.stop()
        world.type(editor, 0, "prose")
        world.save(editor)
        world.wait(3.0)
        world.check_out(0, adds=False)
        brought = editor.path.read_bytes()
        world.wait(3.0)
        world.livebook.start()
        world.wait(8.0)

        assert editor.path.read_bytes() == brought


@pytest.mark.slow
@pytest.mark.parametrize("mode", MergeMode)
@pytest.mark.parametrize("after_s", [0.5, 4.0])
def test_what_was_typed_before_a_save_that_is_held_back_can_be_had_back(
    seed: int, mode: MergeMode, after_s: float
) -> None:
    with history(seed, replace(ASK, merge=mode)) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.edit_in_browser(0, "prose")
        world.wait(1.5)
        save_what_is_held(world, editor)
        world.wait(after_s)
        editor.buffer = editor.buffer.replace(HALF_TYPED, "")
        world.save(editor)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MergeMode)
@pytest.mark.parametrize("holds_back", [False, True])
def test_what_was_typed_before_a_server_came_can_be_had_back(
    seed: int, mode: MergeMode, holds_back: bool
) -> None:
    with history(seed, replace(ASK, merge=mode)) as world:
        (editor,) = world.editors
        world.wait(6.0)
        if holds_back:
            save_what_is_held(world, editor)
            world.wait(6.0)
        world.edit_in_browser(0, "prose")
        world.end_in_order(editor)
        world.wait(1.5)
        editor.buffer = editor.buffer.replace(HALF_TYPED, "")
        world.type(editor, 4, "prose", looks_first=False)
        world.save(editor)


@pytest.mark.slow
@pytest.mark.parametrize("mode", MergeMode)
def test_what_two_steps_replace_in_the_browser_can_be_had_back(seed: int, mode: MergeMode) -> None:
    with history(seed, replace(ASK, merge=mode)) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.edit_in_browser(0, "prose")
        world.wait(1.5)
        # A sync puts no section above the first that the session has.
        editor.buffer = editor.buffer.replace("## One", "## Above\n\n```elixir\n0\n```\n\n## One")
        world.save(editor)
        world.ask(editor, "sync_in_two_steps")


@pytest.mark.parametrize("is_up", [False, True])
def test_what_others_wrote_where_no_session_is_can_be_had_back(seed: int, *, is_up: bool) -> None:
    """An editor that doesn't take it over saves its own text over it."""
    settings = replace(ASK, open_on_did_open=OpenOnDidOpen.NEVER)
    with history(seed, settings) as world:
        (editor,) = world.editors
        if not is_up:
            world.livebook.stop()
        world.wait(3.0)
        world.script(0)
        (word,) = words_in(editor.path.read_text(encoding="utf-8"))
        world.wait(3.0)
        world.type(editor, 4, "prose", looks_first=False)
        world.save(editor)

        assert word in words_in("\n".join(world.oracle.offered()))


def test_what_others_wrote_while_livebook_was_away_can_be_had_back(seed: int) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.livebook.stop()
        world.script(0)
        (word,) = words_in(editor.path.read_text(encoding="utf-8"))
        world.wait(3.0)
        world.type(editor, 4, "prose", looks_first=False)
        world.save(editor)

        assert word in words_in("\n".join(world.oracle.offered()))


@pytest.mark.slow
@pytest.mark.parametrize("mode", MergeMode)
def test_what_is_typed_after_a_first_step_that_failed_can_be_had_back(
    seed: int, mode: MergeMode
) -> None:
    with history(seed, replace(ASK, merge=mode)) as world:
        (editor,) = world.editors
        world.wait(6.0)
        editor.buffer = editor.buffer.replace("## One", "## Above\n\n```elixir\n0\n```\n\n## One")
        world.save(editor)
        world.wait(3.0)
        world.livebook.pace.slowness = 100.0
        world.ask(editor, "sync_in_two_steps")
        assert editor.link is not None
        while editor.path.read_text(encoding="utf-8") == editor.buffer:
            world.wait(0.001)
        world.livebook.faults = Faults(is_off=True)
        while editor.link.state is not State.REFUSED:
            world.wait(0.001)
        world.livebook.pace.slowness, world.livebook.faults = 1.0, Faults()
        world.edit_in_browser(0, "prose")
        world.type(editor, 4, "prose", looks_first=False)
        world.save(editor)


@pytest.mark.slow
@pytest.mark.parametrize("away_s", [0.0, 3.0])
def test_what_came_into_a_save_by_merging_stays_where_livebook_ends_right_then(
    seed: int, away_s: float
) -> None:
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.edit_in_browser(1, "prose")
        # Too slow to be merged before the save, it is merged after that.
        world.livebook.pace.slowness = 60.0
        world.type(editor, 8, "prose", looks_first=False)
        world.save(editor)
        world.livebook.pace.slowness = 1.0
        world.wait(8.0)
        world.edit_in_browser(0, "prose")
        world.type(editor, 4, "prose")
        world.livebook.pace.slowness = 10.0
        world.save(editor)
        saved = words_in(editor.path.read_text(encoding="utf-8"))
        world.wait(0.03)
        world.livebook.stop()
        world.wait(away_s)
        world.livebook.pace.slowness = 1.0
        world.livebook.start()
        world.wait(12.0)

        assert words_in(editor.path.read_text(encoding="utf-8")) == saved


@pytest.mark.slow
def test_livebook_is_left_in_peace_while_a_first_step_is_waited_for(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Of a session that saves nothing by itself only its page tells what it holds.
    start = f'<!-- livebook:{{"autosave_interval_s":null}} -->\n\n{START}'
    monkeypatch.setattr("tests.model.world.START", start)
    with history(seed) as world:
        (editor,) = world.editors
        world.wait(6.0)
        editor.buffer = editor.buffer.replace("## One", "## Above\n\n```elixir\n0\n```\n\n## One")
        world.save(editor)
        world.wait(3.0)
        before = len(world.chronicle.lines)
        world.livebook.pace.slowness = 5.0
        world.ask(editor, "sync_in_two_steps")
        while not any("heard" in it for it in world.chronicle.lines[before:]):
            world.wait(0.0002)
        # So that it never shows the text between.
        world.edit_in_browser(0, "prose")
        world.livebook.pace.slowness = 1.0
        world.wait(10.0)
        looks = sum("asked GET" in it for it in world.chronicle.lines[before:])

        assert looks < 600


def test_a_held_save_over_which_a_closed_session_saves_is_told_though_another_is_opened(
    seed: int,
) -> None:
    settings = Settings(open_on_did_open=OpenOnDidOpen.SAFE, merge=MergeMode.NEVER)
    with history(seed, settings) as world:
        (editor,) = world.editors
        world.wait(6.0)
        world.edit_in_browser(6, "prose")
        world.close_session()
        world.type(editor, 11, "prose")
        world.save(editor)
        world.wait(6.0)
        world.type(editor, 4, "much")
        world.watch()
        world.save(editor)
        world.wait(6.0)
        world.edit_in_browser(6, "section")
        world.type(editor, 3, "code")
        world.save(editor)
        world.wait(0.003)
        world.close_session()
        world.ask(editor, "open")
