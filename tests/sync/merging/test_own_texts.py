"""What processes of ours brought into file and session holds no save."""

from __future__ import annotations

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.held_merge import HeldMerge, hold_merge
from livebook_ls.sync.merging.own_texts import (
    read_save,
    settled_among_ours,
    with_own_lines,
    without_own_conflicts,
)

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


def test_a_save_that_the_session_has_all_of_was_read() -> None:
    base, two = NotebookText(BASE), BASE.replace("words\n", "two\n")
    typed = NotebookText(two.replace("Note", "Typed"))
    saves = [BASE.replace("words\n", "three\n"), two, BASE.replace("words\n", "one\n")]
    read = read_save(saves, typed, base)

    assert read is not None
    assert read.text == two
    assert read_save(saves[:1], typed, base) is None
    assert read_save(saves[2:], typed, base) is None
    # Without a common text nobody knows what of it was typed.
    assert read_save(saves, typed, None) is None
    assert read_save(saves, NotebookText(two), None) is not None


CODE = "# Note\n\n## Code\n\n```elixir\nfirst = 1\n{}last = 2\n```\n"


def added(ours: str, theirs: str, base: str = "") -> tuple[NotebookText, HeldMerge]:
    """What both go out from, and the conflict of two who put these lines into one place."""
    texts = [NotebookText(CODE.format(it)) for it in (base, ours, theirs)]
    merge = hold_merge(*texts)
    assert merge.open_conflicts
    return texts[0], merge


def test_new_lines_of_an_earlier_save_stand_beside_those_of_the_next() -> None:
    base, merge = added("# three\n", "# one\n# two\n")
    settled = with_own_lines(base, merge, [CODE.format("# one\n# two\n")])

    assert settled is not None
    assert settled.is_settled
    assert settled.text == CODE.format("# one\n# two\n# three\n")
    assert (settled.ours, settled.theirs) == (merge.ours, merge.theirs)
    sent = [CODE.format("# one\n# two\n")]
    assert without_own_conflicts(base, merge, (), sent).text == settled.text


def test_what_people_typed_there_or_what_both_changed_stays_a_conflict() -> None:
    sent = [CODE.format("# one\n")]
    base, merge = added("# three\n", "# one\n# typed\n")
    assert with_own_lines(base, merge, sent) is None
    assert without_own_conflicts(base, merge, (), sent) is merge
    assert with_own_lines(None, merge, [merge.theirs.text]) is None
    # A line that was there before one side has deleted or changed on purpose.
    base, merge = added("# three\n", "# one\n", "# zero\n")
    assert with_own_lines(base, merge, sent) is None


def test_where_something_was_decided_already_nothing_is_joined() -> None:
    base, merge = added("# three\n", "# one\n")
    [(name, _)] = merge.open_conflicts

    assert with_own_lines(base, merge.taking(name, Take.THEIRS), [merge.theirs.text]) is None
