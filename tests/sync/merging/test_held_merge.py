"""What two processes of ours brought into file and session holds no save."""

from __future__ import annotations

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.held_merge import HeldMerge, hold_merge, settled_among_ours

BASE = "# Note\n\n## Words\n\nwords\n"


def conflicting(ours: str, theirs: str) -> HeldMerge:
    merge = hold_merge(NotebookText(BASE), NotebookText(ours), NotebookText(theirs))
    assert merge.open_conflicts
    return merge


def test_a_save_that_has_all_of_it_is_taken_as_it_is() -> None:
    merge = conflicting(f"{BASE}\ntwo\n\none\n\nthree\n", f"{BASE}\none\n\ntwo\n")
    settled = settled_among_ours(NotebookText(BASE), merge)

    assert settled is not None
    assert (settled.is_settled, settled.text) == (True, merge.ours.text)


def test_what_both_added_is_joined() -> None:
    merge = conflicting(f"{BASE}\ntwo\n", f"{BASE}\none\n")
    settled = settled_among_ours(NotebookText(BASE), merge)

    assert settled is not None
    assert settled.is_settled
    assert (settled.ours, settled.theirs) == (merge.ours, merge.theirs)
    assert all(settled.text.count(word) == 1 for word in ("one", "two"))


def test_two_changes_of_one_line_stay_a_conflict() -> None:
    merge = conflicting(BASE.replace("words\n", "mine\n"), BASE.replace("words\n", "theirs\n"))

    assert settled_among_ours(NotebookText(BASE), merge) is None


CELLS = "# Note\n\n## S\n\n```elixir\n:mine\n```\n\nProse.\n\n```elixir\n:theirs\n```\n"
HALF = CELLS.replace(":theirs\n", ":theirs\n# ha\n").replace("Prose.", "Prose _ha_.")
WHOLE = CELLS.replace(":theirs\n", ":theirs\n# half\n").replace("Prose.", "Prose *half*.")
TYPED = (":theirs\n# h", ":theirs\n# ha", "Prose *ha*.", ":theirs\n# half", "Prose *half*.")


def test_a_half_word_that_an_autosave_brought_into_the_buffer_becomes_the_whole_one() -> None:
    ours = NotebookText(HALF.replace(":mine", ":mine_too"))
    merge = hold_merge(NotebookText(CELLS), ours, NotebookText(WHOLE))

    assert len(merge.open_conflicts) == 2
    assert merge.with_typing(TYPED).is_settled
    assert merge.with_typing(TYPED).text == WHOLE.replace(":mine", ":mine_too")


def test_what_was_changed_in_the_editor_too_stays_a_conflict() -> None:
    ours = NotebookText(HALF.replace("# ha", "# hat").replace("_ha_", "_hat_"))
    merge = hold_merge(NotebookText(CELLS), ours, NotebookText(WHOLE))

    assert len(merge.with_typing(TYPED).open_conflicts) == 2
    assert len(merge.with_typing(()).open_conflicts) == 2


def test_a_line_that_was_only_begun_is_no_conflict_with_the_whole_one() -> None:
    begun = NotebookText(CELLS.replace(":theirs\n", ":theirs\n\n"))
    whole = NotebookText(CELLS.replace(":theirs\n", ":theirs\n# half\n"))
    merge = hold_merge(begun, NotebookText(CELLS), whole)

    assert len(merge.open_conflicts) == 1
    assert merge.with_typing([":theirs"]).is_settled
    assert merge.with_typing([":theirs"]).text == whole.text
