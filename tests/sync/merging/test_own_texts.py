"""What processes of ours brought into file and session holds no save."""

from __future__ import annotations

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.held_merge import HeldMerge, hold_merge
from livebook_ls.sync.merging.own_texts import settled_among_ours, settled_since_read

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


def test_what_changed_since_a_save_that_the_session_has_read_is_no_conflict() -> None:
    typed = BASE.replace("Note", "Typed")
    saves = [BASE.replace("words\n", f"{it}\n") for it in ("three", "two", "one")]
    merge = conflicting(saves[0], typed.replace("words\n", "two\n"))
    settled = settled_since_read(NotebookText(BASE), merge, saves)

    assert settled is not None
    assert (settled.is_settled, settled.ours) == (True, merge.ours)
    assert settled.text == typed.replace("words\n", "three\n")
    # Without that save, somebody may have typed "two" as well.
    assert settled_since_read(NotebookText(BASE), merge, saves[:1]) is None
    assert settled_since_read(NotebookText(BASE), merge, saves[2:]) is None
