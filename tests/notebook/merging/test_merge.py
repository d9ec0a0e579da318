"""Three versions of a notebook made one: what is taken, and what is in conflict."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.merging.conflict import Conflict, ConflictKind, Take
from livebook_ls.notebook.merging.merge import Merged, merge
from livebook_ls.notebook.pieces.cutting import BREAK

BASE = """\
# Title

```elixir
Mix.install([])
```

## One

Some words about the first thing.

```elixir
a = 1
b = 2
c = 3
```

## Two

```elixir
IO.puts("second")
```

Last words of this notebook.
"""


def edited(*changes: tuple[str, str], text: str = BASE) -> str:
    for old, new in changes:
        assert text.count(old) == 1, f"{old!r} must be there once"
        text = text.replace(old, new)
    return text


def clean(base: str | None, ours: str, theirs: str) -> str:
    merged = merge(base, ours, theirs)
    other = merge(base, theirs, ours)
    assert merged.conflicts == ()
    assert other.text == merged.text
    return merged.text


def conflicts(base: str | None, ours: str, theirs: str) -> list[tuple[ConflictKind, str, str, str]]:
    """The conflicts as values; each one's places must hold what it says."""
    merged = merge(base, ours, theirs)
    for it in merged.conflicts:
        assert_in_place(it.ours, ours[slice(*it.span)])
        assert_in_place(it.theirs, theirs[slice(*it.theirs_span)])
    return [(it.kind, it.ours, it.theirs, it.base) for it in merged.conflicts]


def assert_in_place(wanted: str, found: str) -> None:
    assert [*filter(None, wanted.split("\n"))] == [*filter(None, found.split("\n"))]


def only(merged: Merged) -> Conflict:
    assert len(merged.conflicts) == 1
    return merged.conflicts[0]


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        pytest.param((("a = 1", "a = 10"),), (("c = 3", "c = 30"),), id="lines of one cell"),
        pytest.param((("a = 1", "a = 10"),), (("b = 2", "b = 20"),), id="lines side by side"),
        pytest.param((("# Title", "# New"),), (("## One", "## First"),), id="names"),
        pytest.param((("install([])", "install([:a])"),), (("Last", "Final"),), id="setup"),
        pytest.param((("first thing", "1st thing"),), (("c = 3", "c"),), id="cells"),
    ],
)
def test_changes_in_different_places_come_together(
    ours: tuple[tuple[str, str], ...], theirs: tuple[tuple[str, str], ...]
) -> None:
    assert clean(BASE, edited(*ours), edited(*theirs)) == edited(*ours, *theirs)


def test_a_change_on_one_side_is_taken_as_it_is() -> None:
    ours = "anything\n\n\n\n# at all" + BASE

    assert clean(BASE, ours, BASE) == ours
    assert clean(BASE, ours, ours) == ours
    assert clean(None, ours, ours) == ours


def test_the_same_change_on_both_sides_is_one_change() -> None:
    both = ("a = 1", "a = 10")

    assert clean(BASE, edited(both, ("# Title", "# T")), edited(both)) == edited(
        both, ("# Title", "# T")
    )


@pytest.mark.parametrize(
    ("old", "few", "more"),
    [
        ("c = 3", "c = 3\nd = 4", "c = 3\nd = 4\ne = 5"),
        ("c = 3", "c = 3\ne = 5", "c = 3\nd = 4\ne = 5"),
        ("a = 1", "z = 0\na = 1", "y = 0\nz = 0\na = 1"),
        # A line that somebody has only just begun.
        ("c = 3", "c = 3\n", "c = 3\nd = 4"),
        ("c = 3", "c = 3\n\n", "c = 3\nd = 4"),
        (
            "Some words",
            "Some words\n\nTwo.\n\nSome words",
            "Some words\n\nTwo.\n\nThree.\n\nSome words",
        ),
    ],
)
def test_lines_that_one_side_added_with_more_beside_them_are_no_conflict(
    old: str, few: str, more: str
) -> None:
    assert clean(BASE, edited((old, few)), edited((old, more))) == edited((old, more))


def test_lines_of_which_one_side_deleted_some_are_one() -> None:
    ours = edited(("b = 2\nc = 3", "c = 3\nd = 4"))
    theirs = edited(("b = 2\nc = 3", "d = 4"))

    assert conflicts(BASE, ours, theirs) != []


def test_a_moved_cell_takes_the_other_sides_edit_along() -> None:
    cell = '```elixir\nIO.puts("second")\n```\n\n'
    ours = edited((cell, ""), ("Some words", cell + "Some words"))
    theirs = edited(('"second"', '"2nd"'))

    assert clean(BASE, ours, theirs) == ours.replace('"second"', '"2nd"')


def test_a_cell_that_is_new_in_a_moved_section_moves_with_it() -> None:
    section = BASE[BASE.index("## Two") :]
    ours = edited((section, ""), ("## One", section + "\n## One")).rstrip() + "\n"
    theirs = edited(('puts("second")\n```', 'puts("second")\n```\n\n```elixir\n:new\n```'))

    assert clean(BASE, ours, theirs) == ours.replace(
        'puts("second")\n```', 'puts("second")\n```\n\n```elixir\n:new\n```'
    )


def test_a_deleted_cell_stays_deleted() -> None:
    cell = '```elixir\nIO.puts("second")\n```\n\n'
    ours, theirs = edited((cell, "")), edited(("a = 1", "a = 10"))

    assert clean(BASE, ours, theirs) == edited((cell, ""), ("a = 1", "a = 10"))


def test_delete_against_edit_is_a_conflict() -> None:
    cell = '```elixir\nIO.puts("second")\n```\n\n'
    ours, theirs = edited((cell, "")), edited(('"second"', '"2nd"'))

    assert conflicts(BASE, ours, theirs) == [
        (ConflictKind.DELETED_BY_US, "", cell[:-1].replace("second", "2nd"), cell[:-1])
    ]
    assert merge(BASE, ours, theirs).text == ours
    assert merge(BASE, ours, theirs).resolved_all(Take.THEIRS).text == theirs


def test_a_deleted_section_with_a_new_cell_of_the_other_side_is_one_conflict() -> None:
    ours = BASE[: BASE.index("\n## Two")]
    theirs = edited(("Last words", "```elixir\n:new\n```\n\nLast words"))
    merged = merge(BASE, ours, theirs)

    assert only(merged).kind is ConflictKind.DELETED_BY_US
    assert only(merged).theirs == "## Two\n\n```elixir\n:new\n```\n"
    assert merged.text == ours
    assert "## Two\n\n```elixir\n:new\n```\n" in merged.resolved_all(Take.THEIRS).text


def test_a_conflict_is_no_larger_than_the_lines_that_differ() -> None:
    ours = edited(("a = 1\nb = 2", "a = 10\nb = 20"), ("Some words", "Few words"))
    theirs = edited(("b = 2", "b = 22"))

    assert conflicts(BASE, ours, theirs) == [
        (ConflictKind.LINES, "a = 10\nb = 20\n", "a = 1\nb = 22\n", "a = 1\nb = 2\n")
    ]


def test_both_versions_of_a_cell_are_kept_one_after_the_other() -> None:
    ours, theirs = edited(("a = 1", "a = 10"), ("Last", "Final")), edited(("a = 1", "a = 11"))

    assert merge(BASE, ours, theirs).resolved_all(Take.BOTH).text == edited(
        (
            "a = 1\nb = 2\nc = 3\n```",
            "a = 10\nb = 2\nc = 3\n```\n\n```elixir\na = 11\nb = 2\nc = 3\n```",
        ),
        ("Last", "Final"),
    )


def test_both_versions_of_prose_stay_two_cells() -> None:
    ours, theirs = edited(("Last", "Final")), edited(("Last", "Ending"))
    text = merge(BASE, ours, theirs).resolved_all(Take.BOTH).text

    assert text.endswith(
        'Final words of this notebook.\n\n<!-- livebook:{"break_markdown":true} -->\n\n'
        "Ending words of this notebook.\n"
    )


def test_a_title_can_not_be_kept_twice() -> None:
    merged = merge(BASE, edited(("# Title", "# A")), edited(("# Title", "# B")))

    assert (only(merged).kind, only(merged).can_keep_both) == (ConflictKind.NAME, False)
    assert merged.resolved_all(Take.BOTH).text == edited(("# Title", "# A"))


def test_conflicts_are_settled_one_by_one() -> None:
    ours = edited(("a = 1", "a = 10"), ("Last", "Final"))
    theirs = edited(("a = 1", "a = 11"), ("Last", "Ending"))
    merged = merge(BASE, ours, theirs)

    assert merged.resolved({1: Take.THEIRS}).text == edited(("a = 1", "a = 10"), ("Last", "Ending"))


def test_cells_that_both_put_in_one_place_are_a_conflict() -> None:
    ours = BASE + "\n```elixir\nours\n```\n"
    theirs = BASE + "\n```elixir\ntheirs\n```\n"

    assert conflicts(BASE, ours, theirs) == [(ConflictKind.LINES, "ours\n", "theirs\n", "")]
    assert merge(BASE, ours, theirs).resolved_all(Take.BOTH).text == (
        ours + "\n```elixir\ntheirs\n```\n"
    )


def test_a_cell_and_a_section_in_one_place_need_no_order() -> None:
    ours = edited(("## Two", "```elixir\n:more\n```\n\n## Two"))
    theirs = edited(("## Two", "## Between\n\n```elixir\n:between\n```\n\n## Two"))

    assert clean(BASE, ours, theirs) == edited(
        ("## Two", "```elixir\n:more\n```\n\n## Between\n\n```elixir\n:between\n```\n\n## Two")
    )


def test_prose_that_comes_to_stand_below_prose_stays_a_cell() -> None:
    ours = edited(('```elixir\nIO.puts("second")\n```\n\n', ""))
    theirs = edited(
        ('```elixir\nIO.puts("second")', 'New prose of theirs.\n\n```elixir\nIO.puts("second")')
    )

    assert clean(BASE, ours, theirs).endswith(
        '## Two\n\nNew prose of theirs.\n\n<!-- livebook:{"break_markdown":true} -->\n\n'
        "Last words of this notebook.\n"
    )


def test_a_branch_keeps_its_parent_when_sections_come_above_it() -> None:
    ours = edited(("## Two", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Two'))
    theirs = edited(("## One", "## Zero\n\n## One"))

    assert '{"branch_parent_index":1} -->\n\n## Two' in clean(BASE, ours, theirs)


@pytest.mark.parametrize("has_words", ["in ours", "in all"])
def test_a_branch_off_the_cells_above_all_headings_stays_one(has_words: str) -> None:
    branch = ("## Two", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Two')
    words = ("## One", "Words above.\n\n## One")
    base = edited(branch, *([words] if has_words == "in all" else []))
    ours = edited(
        ("a = 1", "a = 10"), text=base if has_words == "in all" else edited(branch, words)
    )
    theirs = edited(('"second"', '"third"'), text=base)

    for merged in (clean(base, ours, theirs), clean(base, theirs, ours)):
        assert '{"branch_parent_index":0} -->\n\n## Two' in merged
        assert "a = 10" in merged
        assert '"third"' in merged


def test_a_branch_off_a_section_that_the_other_side_deleted_is_a_conflict() -> None:
    section = BASE[BASE.index("## One") : BASE.index("## Two")]
    ours = edited(("## Two", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Two'))
    merged = merge(BASE, ours, edited((section, "")))

    assert only(merged).kind is ConflictKind.DELETED_BY_THEM
    assert '{"branch_parent_index":0} -->\n\n## Two' in merged.text
    assert "branch" not in merged.resolved_all(Take.THEIRS).text


META = '<!-- livebook:{"autosave_interval_s":30} -->\n\n# Title\n\n## S\n\n```elixir\n1\n```\n'


def test_metadata_merges_by_key() -> None:
    ours = META.replace("{", '{"persist_outputs":true,')
    theirs = META.replace("30", "60").replace("```elixir", '<!-- livebook:{"x":1} -->\n\n```elixir')

    assert clean(META, ours, theirs) == theirs.replace(
        '{"autosave_interval_s":60}', '{"autosave_interval_s":60,"persist_outputs":true}'
    )


def test_one_key_with_two_values_is_a_conflict_of_the_comment() -> None:
    merged = merge(META, META.replace("30", "60"), META.replace("30", "90"))

    assert only(merged).kind is ConflictKind.METADATA
    assert merged.resolved_all(Take.THEIRS).text == META.replace("30", "90")


SMART = (
    '# T\n\n## S\n\n<!-- livebook:{"attrs":"e30","chunks":null,"kind":"Elixir.K",'
    '"livebook_object":"smart_cell"} -->\n\n```elixir\none()\ntwo()\nthree()\n```\n'
)


def test_a_smart_cell_is_one() -> None:
    ours, theirs = SMART.replace('"e30"', '"eyJhIjoxfQ"'), SMART.replace("three", "four")
    merged = merge(SMART, ours, theirs)

    assert only(merged).kind is ConflictKind.CELLS
    assert merged.text == ours
    assert merged.resolved_all(Take.THEIRS).text == theirs


OUTPUT = '\n\n<!-- livebook:{"output":true} -->\n\n```\n%s\n```'


def with_output(text: str, output: str) -> str:
    return edited(("c = 3\n```", "c = 3\n```" + OUTPUT % output), text=text)


def test_outputs_go_with_the_source_that_is_taken() -> None:
    ours = with_output(BASE, "old")
    theirs = with_output(edited(("b = 2", "b = 20")), "new")

    assert clean(with_output(BASE, "older"), ours, theirs) == theirs


def test_outputs_of_a_source_that_nobody_ran_are_dropped() -> None:
    ours = with_output(edited(("a = 1", "a = 10")), "ours")
    theirs = edited(("c = 3\n```", "c = 3\nd = 4\n```" + OUTPUT % "theirs"))

    assert clean(BASE, ours, theirs) == edited(("a = 1", "a = 10"), ("c = 3", "c = 3\nd = 4"))


def test_outputs_never_conflict() -> None:
    ours, theirs = with_output(BASE, "ours"), with_output(BASE, "and theirs")

    assert clean(BASE, ours, theirs) == theirs


def test_no_marker_is_at_outputs() -> None:
    ours = with_output(edited(("a = 1", "a = 10")), "ours")
    merged = merge(BASE, ours, with_output(edited(("a = 1", "a = 11")), "theirs"))

    assert merged.marked({}) == edited(
        ("a = 1\n", "<<<<<<< ours\na = 10\n=======\na = 11\n>>>>>>> theirs\n")
    )
    assert merged.resolved_all(Take.MINE).text == ours


def test_no_marker_is_at_blank_lines_behind_all() -> None:
    def notebook(*sources: str) -> str:
        cells = "".join(f"```elixir\n{it}\n```\n\n" for it in sources)
        return f"# Title\n\n## One\n\n{cells}"

    merged = merge(notebook("a", "b", "c"), notebook("am", "bm", "c"), notebook("ax", "b", "c"))

    assert len(merged.conflicts) == 1
    wanted = notebook("<<<<<<< ours\nam\n=======\nax\n>>>>>>> theirs", "bm", "c")
    assert merged.marked({}) == wanted


def test_outputs_of_texts_merged_as_lines_are_in_no_conflict() -> None:
    # One side cuts the cell in two: what the other did to both halves is told by lines alone.
    base = edited(("b = 2", "b = 2\nb = 20"))
    cut, changes = (
        ("b = 20", "```\n\n```elixir\nb = 20"),
        (("a = 1", "a = 10"), ("c = 3", "c = 30")),
    )
    output = 'IO.puts("second")\n```' + OUTPUT
    ours = edited(cut, ('IO.puts("second")\n```', output % "ours"), text=base)
    theirs = edited(*changes, ('IO.puts("second")\n```', output % "of theirs"), text=base)

    assert clean(base, ours, theirs) == edited(cut, text=theirs)


STAMP = '\n<!-- livebook:{"offset":%d,"stamp":{"token":"%s","version":1}} -->\n'


def stamped(text: str, token: str) -> str:
    return text + STAMP % (len(text.encode()), token)


def test_a_stamp_that_fits_no_more_stays_and_is_told() -> None:
    ours = stamped(edited(("a = 1", "a = 10")), "ours")
    theirs = stamped(edited(("c = 3", "c = 30")), "theirs")
    merged = merge(stamped(BASE, "base"), ours, theirs)

    assert merged.is_clean
    assert merged.resolved({}).is_stale
    assert merged.text.startswith(edited(("a = 1", "a = 10"), ("c = 3", "c = 30")))
    assert merged.text.count('"stamp"') == 1


def test_a_stamp_that_would_do_harm_is_left_out_and_told() -> None:
    ours = stamped(edited(("Last words of this notebook.", "é" * 30)), "ours")
    theirs = stamped(edited(("a = 1", "a = 100")), "theirs")
    # Its offset would fall inside an é, on which Livebook raises.
    result = merge(stamped(BASE, "theirs"), ours, theirs).resolved({})

    assert (result.stamp, result.is_stale) == ("", True)


def test_the_side_that_the_result_equals_keeps_its_stamp() -> None:
    ours, theirs = stamped(edited(("a = 1", "a = 10")), "ours"), stamped(BASE, "theirs")
    merged = merge(stamped(BASE, "base"), ours, theirs)

    assert (merged.text, merged.resolved({}).is_stale) == (ours, False)


def test_of_two_sides_that_say_the_same_the_new_stamp_counts() -> None:
    one, other = (stamped(edited(("a = 1", "a = 10")), it) for it in ("base", "new"))

    assert clean(stamped(BASE, "base"), one, other) == other


def test_line_ends_are_kept() -> None:
    ours, theirs = edited(("a = 1", "a = 10")), edited(("c = 3", "c = 30"))
    both = edited(("a = 1", "a = 10"), ("c = 3", "c = 30"))
    base, crlf_ours, crlf_theirs = (it.replace("\n", "\r\n") for it in (BASE, ours, theirs))

    assert clean(base, crlf_ours, crlf_theirs) == both.replace("\n", "\r\n")
    assert clean(BASE, crlf_ours, theirs) == both.replace("\n", "\r\n")
    assert clean(base, ours, crlf_theirs) == both


def test_places_are_those_of_the_texts_with_their_own_line_ends() -> None:
    ours = edited(("a = 1", "a = 10")).replace("\n", "\r\n")
    it = only(merge(BASE, ours, edited(("a = 1", "a = 11"))))

    assert ours[slice(*it.span)] == "a = 10"


def test_places_in_a_text_with_several_line_ends_are_right_too() -> None:
    ours = edited(("a = 1", "a = 10"), ("Some words", "Some\r\nmore words"))
    it = only(merge(BASE, ours, edited(("a = 1", "a = 11"))))

    assert ours[slice(*it.span)] == "a = 10"


def test_cells_of_several_kinds_in_one_place_are_one_conflict() -> None:
    ours = BASE + "\n```elixir\nours\n```\n"
    theirs = BASE.rstrip() + f"\n\n{BREAK}\n\nprose\n\n```elixir\ntheirs\n```\n"

    assert conflicts(BASE, ours, theirs) == [
        (ConflictKind.CELLS, "```elixir\nours\n```\n", "prose\n\n```elixir\ntheirs\n```\n", "")
    ]
    assert merge(BASE, ours, theirs).resolved_all(Take.BOTH).text == (
        ours + "\nprose\n\n```elixir\ntheirs\n```\n"
    )


@pytest.mark.parametrize("base", [None, ""])
def test_without_a_base_every_difference_is_a_conflict(base: str | None) -> None:
    theirs = edited(("a = 1", "a = 11"), ("Last", "```elixir\n:new\n```\n\nLast"))

    assert conflicts(base, BASE, theirs) == [
        (ConflictKind.LINES, "a = 1\n", "a = 11\n", ""),
        (ConflictKind.CELLS, "", "```elixir\n:new\n```\n", ""),
    ]
    assert merge(base, BASE, theirs).resolved_all(Take.THEIRS).text == theirs
