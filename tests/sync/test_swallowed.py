"""What was typed while a sync was on its way is found by what the sync put its text in place of."""

from __future__ import annotations

from pathlib import Path

import pytest

from livebook_ls import clock
from livebook_ls.livebook.live.events import ReplacedText, TextsReplaced
from livebook_ls.sync.background.replaced_texts import ReplacedTexts
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.merging.both_typed import both_typed
from livebook_ls.sync.merging.session_edits import merged_with_session
from livebook_ls.sync.merging.swallowed import Swallowed
from tests.support.turned_clock import TurnedClock

SEEN = "# N\n\n## S\n\n```elixir\nfirst\n```\n\n```elixir\nsecond\n```\n"
SENT = SEEN.replace("first", "first, mine")


def looked() -> Swallowed:
    swallowed = Swallowed()
    swallowed.look(NotebookText(SEEN), NotebookText(SENT))
    return swallowed


def test_a_key_that_nobody_saw_is_put_back_into_its_cell() -> None:
    swallowed = looked()

    assert swallowed.take(["first", "second, theirs"])
    theirs = swallowed.put_back(NotebookText(SENT))
    assert theirs.text == SENT.replace("second", "second, theirs")
    assert merged_with_session(swallowed.base, SENT, theirs).text == theirs.text


@pytest.mark.parametrize(
    ("seen", "swallowed", "now", "whole"),
    [
        ("second\n\n", "second\n#", "second\n t5x\n", "second\n# t5x\n"),
        ("second\n", "second\n#", "second t5x\n", "second\n# t5x\n"),
        ("second line\n", "second, line", "second line t5x\n", "second, line t5x\n"),
        ("second\n#\n", "second\n#w", "second\n#1\n#w2\n#w\n", "second\n#w1\n#w2\n#w\n"),
        ("second\n#\n", "second\n#w", "second\n#1\n#\n", "second\n#w1\n#\n"),
        ("second\n\n", "second\n#", "second\n w2\n\n", "second\n# w2\n\n"),
    ],
)
def test_what_was_typed_since_stands_behind_what_was_put_back(
    seen: str, swallowed: str, now: str, whole: str
) -> None:
    of_it = Swallowed()
    sent = SENT.replace("second\n", seen)
    of_it.look(NotebookText(SEEN.replace("second\n", seen)), NotebookText(sent))
    of_it.take([swallowed])
    theirs = of_it.put_back(NotebookText(SENT.replace("second\n", now)))

    assert theirs.text == SENT.replace("second\n", whole)


@pytest.mark.parametrize(
    ("before", "first", "then", "both"),
    [
        ("", "a", "b", "ab"),
        ("one two", "one, two", "one two three", "one, two three"),
        ("one two", "one", "one two three", "one three"),
        ("word", "", "words", "s"),
        ("x = 1\n", "x = 12\n", "x = 13\n", "x = 123\n"),
    ],
)
def test_of_two_who_type_at_one_place_both_are_there(
    before: str, first: str, then: str, both: str
) -> None:
    assert both_typed(before, first, then) == both


def test_what_was_seen_when_it_was_put_back_is_not_swallowed_by_that() -> None:
    swallowed = looked()
    swallowed.take(["second, theirs"])
    now = NotebookText(SENT.replace("second", "second and on"))
    for _ in range(10):
        # Each save looks, mostly at the same.
        swallowed.put_back(NotebookText(SENT))
    whole = swallowed.put_back(now)
    swallowed.forget()
    swallowed.look(whole, whole)

    assert not swallowed.take(["second and on"])
    assert swallowed.take(["second and on and on"])


def test_a_key_after_another_that_was_put_back_is_put_back_too() -> None:
    swallowed = looked()
    swallowed.take(["second, w"])
    now = NotebookText(SENT.replace("second", "second1"))
    whole = swallowed.put_back(now)
    assert "second, w1" in whole.text
    swallowed.note_merged()
    # It takes the place of what the session really holds, and of one key more.
    swallowed.look(whole, whole)
    assert swallowed.take(["second12"])

    assert swallowed.put_back(whole).text == whole.text.replace("w1", "w12")


def test_what_is_put_back_into_the_file_is_not_forgotten_before_that_is_sent() -> None:
    swallowed = looked()
    swallowed.take(["second, theirs"])
    whole = swallowed.put_back(NotebookText(SENT))
    swallowed.note_merged()
    # A newer save is in the file now, which has not got it.
    again = swallowed.put_back(NotebookText(SENT))
    assert again.text == whole.text
    swallowed.note_merged()
    swallowed.look(whole, whole)

    assert swallowed.base is None
    assert swallowed.put_back(NotebookText(SENT)).text == SENT


def test_what_was_seen_was_not_swallowed() -> None:
    swallowed = looked()

    assert not swallowed.take(["first", "second"])
    assert swallowed.put_back(NotebookText(SENT)).text == SENT


def test_what_another_process_of_ours_brought_there_was_not_swallowed() -> None:
    others = SEEN.replace("second", "second + another") + "\nMore *words*\n"

    assert not looked().take(["second + another", "More *words*"], [others])
    assert looked().take(["second - another"], [others])
    assert looked().take(["second + another + a_person"], [others])


def test_what_another_process_of_ours_has_synced_it_sees_to_itself(tmp_path: Path) -> None:
    synced: list[NotebookLink] = []
    link = NotebookLink(str(tmp_path / "n.livemd"), lambda _: None)
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))
    texts = ReplacedTexts(kept, synced.append)
    link.held = NotebookText(SEEN)
    link.swallowed.look(link.held, NotebookText(SENT))
    kept.keep(link.path, SENT.replace("second", "second, others"), VersionOrigin.FOUND)
    texts.notice(link, TextsReplaced((ReplacedText("second, theirs", "second, others"),)))

    assert synced == []
    assert link.swallowed.base is None
    # It can be had back all the same.
    assert "second, theirs" in (kept.text(kept.versions(link.path)[0]) or "")
    texts.notice(link, TextsReplaced((ReplacedText("second and on", "second"),)))
    assert synced == [link]
    # A save that Livebook has read for the one before, and what nobody of ours has written.
    link.was_saved(SENT.replace("second", "second, others"))
    texts.notice(link, TextsReplaced((ReplacedText("second so", "second, others"),)))
    texts.notice(link, TextsReplaced((ReplacedText("second too", "second, a script's"),)))
    assert synced == [link, link, link]


def test_what_both_changed_is_a_conflict_and_not_taken_over_mine() -> None:
    swallowed = looked()
    swallowed.take(["first, theirs"])
    theirs = swallowed.put_back(NotebookText(SENT))
    merged = merged_with_session(swallowed.base, SENT, theirs)

    assert [(it.ours, it.theirs) for it in merged.conflicts] == [
        ("first, mine\n", "first, theirs\n")
    ]


def test_who_saves_again_what_the_sync_brought_is_in_no_conflict_with_that() -> None:
    swallowed = looked()
    swallowed.take(["second, theirs"])
    theirs = swallowed.put_back(NotebookText(SENT))
    saved = SENT.replace("first, mine", "first, mine, again")
    merged = merged_with_session(swallowed.base, saved, theirs)

    assert merged.conflicts == ()
    assert merged.text == saved.replace("second", "second, theirs")


def test_what_a_sync_replaced_long_after_ours_was_somebody_elses() -> None:
    turned = TurnedClock()
    with clock.using(turned):
        swallowed = looked()
        turned.now_s += 60

        assert not swallowed.take(["second, theirs"])


def test_what_is_in_the_file_by_now_is_forgotten() -> None:
    swallowed = looked()
    swallowed.take(["second, theirs"])
    swallowed.forget()

    assert swallowed.base is None


def test_what_is_swallowed_after_that_is_not_forgotten_with_it() -> None:
    swallowed = looked()
    swallowed.take(["second, theirs"])
    swallowed.forget()
    swallowed.take(["second, and more"])
    # Another save goes out before that is merged.
    swallowed.look(NotebookText(SENT), NotebookText(SENT))

    whole = swallowed.put_back(NotebookText(SENT))
    assert whole.text == SENT.replace("second", "second, and more")


def test_of_what_another_program_replaced_only_what_is_nowhere_is_to_be_kept() -> None:
    session, kept = NotebookText(SEEN), [SEEN.replace("second", "second, kept")]
    found = Swallowed().replaced_by_others(["second, typed", "another cell"], session, kept)

    assert found is not None
    assert found.text == SEEN.replace("second", "second, typed") + "\nanother cell\n"
    assert Swallowed().replaced_by_others(["first", "second, kept"], session, kept) is None


def test_a_long_text_goes_into_its_own_cell_though_others_are_much_alike() -> None:
    cells = [f"words {number} {'lorem ipsum dolor ' * 20}end\n" for number in range(30)]
    seen = "# N\n\n## S\n\n" + "\n## S\n\n".join(cells)
    texts = [cells[number].replace("end\n", f"end typed-{number}") for number in (7, 16, 29)]
    swallowed = Swallowed()
    swallowed.look(NotebookText(seen), NotebookText(f"{seen}\nMore.\n"))
    swallowed.take(texts)
    whole = seen
    for number, text in zip((7, 16, 29), texts, strict=True):
        whole = whole.replace(cells[number], f"{text}\n")

    assert swallowed.replaced is not None
    assert swallowed.replaced.text == whole


def test_of_two_texts_of_one_cell_both_are_kept() -> None:
    swallowed = looked()
    swallowed.take(["second, typed", "second, typed otherwise"])

    assert swallowed.replaced is not None
    assert swallowed.replaced.text.count(", typed") == 2


def test_nothing_is_put_back_into_a_session_that_has_read_a_file_being_written() -> None:
    before = NotebookText("# T\n\n## S\n\n- one\n\n```elixir\nx = 0\n```\n")
    sent = NotebookText("# T\n\n## S\n\n* one\n\n```elixir\nx = 0\ny = 1\n```\n")
    swallowed = Swallowed()
    swallowed.look(before, sent)
    assert swallowed.take(["x = 0\ny"])
    wiped = NotebookText("# Untitled notebook\n")

    assert swallowed.put_back(wiped).text == wiped.text


def test_what_the_sync_only_left_out_is_told_from_what_it_took_the_place_of() -> None:
    known = NotebookText(SEEN.replace("second", "second, known"))
    swallowed = looked()
    assert swallowed.base_beside(known) is known
    swallowed.take(["second, theirs"])
    assert swallowed.base_beside(known) is known
    beside = swallowed.base_beside(None)
    assert beside is not None
    assert beside.text == SENT

    swallowed = looked()
    swallowed.take(["first, theirs"])
    beside = swallowed.base_beside(known)
    assert beside is not None
    assert beside.text == SEEN
    assert swallowed.seen_cells == ("first", "second")


FORCED = '<!-- livebook:{"force_markdown":true} -->\n\n```elixir\nexample\n```'
SHOWN = f"# N\n\n## S\n\nProse.\n\n{FORCED}\n\n```elixir\n:mine\n```\n"


def shown() -> Swallowed:
    """The session has a Text cell, as Livebook writes that; its page may have it otherwise."""
    swallowed = Swallowed()
    seen = NotebookText(SHOWN)
    swallowed.look(seen, NotebookText(SHOWN.replace(":mine", ":mine, here")))
    return swallowed


@pytest.mark.parametrize(
    "typed",
    [
        "Prose.\n```elixir\nexample\n```",
        "Prose.\n\n```elixir\nexample\n```",
        "Prose.\n```elixir\nexample",
    ],
)
def test_what_livebook_writes_in_another_form_was_not_swallowed(typed: str) -> None:
    assert not shown().take([typed])


def test_an_example_in_a_text_cell_is_put_back_as_text() -> None:
    swallowed = shown()
    assert swallowed.take(["Prose and more.\n```elixir\nexample\n```"])
    whole = swallowed.put_back(NotebookText(SHOWN))

    assert whole.text == SHOWN.replace("Prose.", "Prose and more.")


@pytest.mark.parametrize("typed", ["<details>\nmore", "* more\n* and more", "more *words*"])
def test_prose_is_put_back_as_livebook_writes_it(typed: str) -> None:
    swallowed = looked()
    seen = NotebookText(SEEN + "\nWords that are there.\n")
    swallowed.look(seen, seen)
    assert swallowed.take([f"Words that are there.\n{typed}"])
    whole = swallowed.put_back(seen)

    assert [it.type for it in whole.notebook.cells] == [it.type for it in seen.notebook.cells]
    assert whole.is_canonical
    assert "more" in whole.text


def test_a_heading_that_no_file_can_have_is_kept_and_told(tmp_path: Path) -> None:
    synced: list[NotebookLink] = []
    link = NotebookLink(str(tmp_path / "n.livemd"), lambda _: None)
    kept = KeptTexts(StateFolder({"XDG_STATE_HOME": str(tmp_path)}))
    texts = ReplacedTexts(kept, synced.append)
    link.held = NotebookText(SHOWN)
    sent = NotebookText(SHOWN.replace(":mine", "# :mine\n:mine"))
    link.swallowed.look(link.held, sent)
    now = "Prose.\n\n```elixir\nexample\n```"
    # A sync of another process has taken a line of code away: nothing is a heading there.
    texts.notice(link, TextsReplaced((ReplacedText("# :mine\n:mine\n# more", "# :mine\n:mine"),)))
    assert "browser-heading" not in [it.code for it in link.findings]
    texts.notice(link, TextsReplaced((ReplacedText(f"{now}\n\n## Typed\n\n# Too", now),)))

    assert [it.code for it in link.findings] == ["browser-heading"]
    assert "## Typed" in (kept.text(kept.versions(link.path)[0]) or "")
    assert "## Typed" not in link.swallowed.put_back(sent).text
