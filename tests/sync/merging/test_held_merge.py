"""What somebody typed in the session, half of which an autosave had brought into the file."""

from __future__ import annotations

from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.merging.held_merge import hold_merge

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
