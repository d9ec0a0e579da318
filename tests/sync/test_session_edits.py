"""Whether a session was edited by people, and whose a text in the file is."""

from __future__ import annotations

import pytest

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.session_edits import (
    base_after,
    has_news,
    is_autosave,
    is_edited,
    is_older,
    is_passed,
    is_passed_unheard,
    merged_with_session,
    was_typed,
)

BASE = "# N\n\n## S\n\n```elixir\none\ntwo\nthree\nfour\n```\n\nSome prose.\n"
OUTPUT = '\n<!-- livebook:{"output":true} -->\n\n```\n1\n```\n'


def edited(old: str, new: str) -> NotebookText:
    return NotebookText(BASE.replace(old, new))


@pytest.mark.parametrize("new", ["Some prose!", "Some *prose*.", "Some more prose."])
def test_each_sign_is_an_edit(new: str) -> None:
    assert is_edited(NotebookText(BASE), edited("Some prose.", new))


def test_form_and_outputs_are_none() -> None:
    file = BASE.replace("Some prose.", "- a\n- b").replace("```\n\n-", f"```\n{OUTPUT}\n-")
    session = BASE.replace("Some prose.", "* a\n* b")

    assert not is_edited(NotebookText(file), NotebookText(session))


def test_a_session_that_has_lost_all_was_not_edited() -> None:
    assert not is_edited(NotebookText(BASE), NotebookText("# N\n"))


def test_a_session_that_never_had_a_section_may_have_been_edited() -> None:
    assert is_edited(NotebookText("# N\n"), NotebookText("# Another name\n"))


def test_a_file_keeps_its_own_form_where_the_session_says_the_same() -> None:
    file = BASE.replace("Some prose.", "- a\n- b")
    session = BASE.replace("Some prose.", "* a\n* b").replace("one", "uno")
    merged = merged_with_session(
        NotebookText(file), file.replace("four", "vier"), NotebookText(session)
    )

    assert merged.is_clean
    assert merged.text == file.replace("four", "vier").replace("one", "uno")


def test_outputs_stay_with_their_sources() -> None:
    file = BASE.replace("```\n\nSome", f"```\n{OUTPUT}\nSome")
    session = NotebookText(BASE.replace("Some prose", "Some more prose"))
    merged = merged_with_session(NotebookText(file), file, session)

    assert merged.text == file.replace("Some prose", "Some more prose")


def test_half_of_what_was_sent_is_no_autosave() -> None:
    sent = edited("one", "uno")
    torn = NotebookText(sent.text[: sent.text.index("three")] + "th\n```\n")

    assert not is_autosave(NotebookText(BASE), sent, torn)


def test_what_neither_was_sent_nor_held_was_edited_by_people() -> None:
    assert is_autosave(NotebookText(BASE), edited("one", "uno"), edited("four", "vier"))


@pytest.mark.parametrize("more", ["Some prose.\n\nMore.", "Some prose. More", "Some prose.\n\nM"])
def test_more_at_the_very_end_is_no_half_of_what_was_sent(more: str) -> None:
    sent = NotebookText(BASE)

    assert is_autosave(sent, sent, edited("Some prose.", more))


def test_more_in_the_last_cell_is_no_half_of_what_was_sent() -> None:
    text = "# N\n\n## S\n\n```elixir\none\n```\n"
    sent = NotebookText(text)

    assert is_autosave(sent, sent, NotebookText(text.replace("one", "one\ntwo")))


def test_a_sign_that_was_only_just_typed_is_news() -> None:
    before = NotebookText("# N\n\n## S\n\n```elixir\n# one\n```\n")
    half = NotebookText("# N\n\n## S\n\n```elixir\n# one\n#\n```\n")

    assert has_news(half, before)
    assert not has_news(before, half)
    assert is_older(before, half)
    assert not is_older(half, before)
    assert not is_older(half, half)


def test_who_has_not_joined_knows_the_session_of_a_moment_ago_by_its_signs() -> None:
    base = NotebookText("# N\n\n## S\n\n```elixir\none\n```\n")
    half, whole, another = (
        NotebookText(base.text.replace("one", f"one\n{it}")) for it in ("# wo", "# word", "# wa")
    )
    more = NotebookText(f"{whole.text}\nProse.\n")

    assert is_passed_unheard(half, whole, base, ())
    assert is_passed_unheard(half, whole, None, ())
    assert not is_passed(half, whole, base, ())
    assert not is_passed_unheard(another, whole, base, ())
    # An older text, which somebody may have brought back, and other cells.
    assert not is_passed_unheard(base, whole, half, ())
    assert not is_passed_unheard(half, more, base, ())


def test_what_was_typed_and_taken_back_is_told_from_what_somebody_else_added() -> None:
    session = NotebookText("# N\n\n## S\n\n```elixir\n:new\n```\n\n```elixir\nkept\n```\n")
    typed = NotebookText(session.text.replace("kept", "kept more"))
    cell = NotebookText(session.text + "\n```elixir\n:new\n```\n")
    section = NotebookText(session.text + "\n## Another\n\n```elixir\n:new\n```\n")

    assert was_typed(typed, session, ["kept m", "kept more"])
    assert not was_typed(typed, session, ["kept m"])
    assert not was_typed(cell, session, ["kept more"])
    blank = NotebookText(session.text.replace("kept", "kept\n"))
    assert was_typed(blank, session, ["kept\n"])
    assert not was_typed(session, blank, ["kept more"])
    assert not was_typed(section, session, [":new"])


def test_what_an_autosave_brought_meanwhile_is_nothing_that_the_editor_goes_out_from() -> None:
    sent = NotebookText("# N\n\n## S\n\n```elixir\n:mine\n```\n\n```elixir\n:theirs\n```\n")
    typed = NotebookText(sent.text.replace(":theirs", ":theirs_typed"))

    assert base_after(sent, sent, typed, typed).text == sent.text
    assert base_after(sent, sent, sent, typed).text == sent.text


def test_what_a_sync_made_of_a_text_is_what_both_go_out_from() -> None:
    held = NotebookText("# N\n\n## S\n\n```elixir\n1\n```\n")
    sent = NotebookText(held.text + "\nSome   _words_.\n")
    written = NotebookText(sent.canonical)

    assert base_after(held, sent, written, written).text == written.text
    assert base_after(None, sent, written, None).text == written.text
