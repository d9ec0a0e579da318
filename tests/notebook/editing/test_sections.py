"""Sections put in, branched off, moved as a whole and deleted; branches keep their parents."""

from __future__ import annotations

from livebook_ls.notebook.editing import refusals
from livebook_ls.notebook.editing.levels import demote, make_branch, promote
from livebook_ls.notebook.editing.sections import (
    branch_off,
    delete_section,
    insert_section,
    move_section_down,
    move_section_up,
)
from tests.notebook.editing.marked_edits import tried, tried_in_form
from tests.notebook.editing.test_cells import BREAK, code


def branch(index: int) -> str:
    return f'<!-- livebook:{{"branch_parent_index":{index}}} -->\n\n'


A, B = f"## A\n\n{code('a')}\n", f"## B\n\n{code('b')}\n"
OF_A = f"## Of A\n\n{code('aa')}\n"


def notebook(*sections: str) -> str:
    return "\n".join(("# T\n", *sections))


def test_a_new_section_takes_the_cells_below_the_cursor() -> None:
    text = notebook(f"## A\n\n{code('$01')}\n\n{code('2')}\n")

    assert tried_in_form(insert_section, text) == notebook(
        f"## A\n\n{code('1')}\n", f"## «Section»\n\n{code('2')}\n"
    )


def test_on_a_heading_a_new_section_comes_behind_that_one() -> None:
    assert tried_in_form(insert_section, notebook(A.replace("A", "A$0"), B)) == notebook(
        A, "## «Section»\n", B
    )
    assert tried_in_form(insert_section, f"# T$0\n\n{A}") == f"# T\n\n## «Section»\n\n{A}"
    assert tried(insert_section, "$0") == "## «Section»\n"


def test_branches_follow_their_parents_when_sections_come_above_them() -> None:
    text = notebook("## S$0\n", A, B, branch(1) + OF_A)

    assert tried_in_form(insert_section, text) == notebook(
        "## S\n", "## «Section»\n", A, B, branch(2) + OF_A
    )


def test_a_branch_comes_behind_those_that_there_are() -> None:
    text = notebook(A.replace("a", "$0a"), branch(0) + OF_A, B)
    wanted = notebook(A, branch(0) + OF_A, branch(0) + "## «Branch»\n", B)

    assert tried_in_form(branch_off, text) == wanted
    from_branch = notebook(A, branch(0) + OF_A.replace("aa", "$0aa"), B)
    assert tried_in_form(branch_off, from_branch) == wanted


def test_a_section_moves_with_its_branches_and_their_indexes() -> None:
    text = notebook(A.replace("a\n", "$0a\n"), branch(0) + OF_A, B)
    moved = notebook(B, A.replace("a\n", "$0a\n"), branch(1) + OF_A)

    assert tried_in_form(move_section_down, text) == moved
    assert tried_in_form(move_section_up, moved) == text


def test_a_branch_moves_by_itself_but_not_above_its_parent() -> None:
    text = notebook(A, branch(0) + OF_A.replace("Of A", "Of A$0"), B)
    moved = notebook(A, B, branch(0) + OF_A.replace("Of A", "Of A$0"))

    assert tried_in_form(move_section_down, text) == moved
    assert tried_in_form(move_section_up, moved) == text
    assert tried(move_section_up, text) == refusals.ABOVE_PARENT.sentence


def test_a_parent_does_not_move_below_its_branch() -> None:
    text = notebook(A, B.replace("B", "B$0"), branch(0) + OF_A)
    stray = notebook(A.replace("## A", "## A$0"), B, branch(0) + OF_A)

    assert tried_in_form(move_section_down, text) == notebook(
        A, branch(0) + OF_A, B.replace("B", "B$0")
    )
    moved = tried_in_form(move_section_down, stray)
    assert moved == notebook(B, A.replace("## A", "## A$0"), branch(1) + OF_A)
    assert tried(move_section_down, moved) == refusals.LAST_SECTION.sentence


def test_the_first_and_the_last_section_stay() -> None:
    assert tried(move_section_up, notebook(f"$0{A}", B)) == refusals.FIRST_SECTION.sentence
    assert tried(move_section_down, notebook(A, f"$0{B}")) == refusals.LAST_SECTION.sentence
    assert tried(move_section_down, "# T$0\n") == refusals.NO_SECTION.sentence


def test_a_section_is_deleted_with_its_cells_but_not_from_under_its_branches() -> None:
    text = notebook(f"$0{A}", B, branch(1) + OF_A)

    assert tried_in_form(delete_section, text) == notebook(f"$0{B}", branch(0) + OF_A).replace(
        "$0", ""
    ).replace("## B", "$0## B")
    assert tried(delete_section, notebook(f"$0{A}", branch(0) + OF_A)) == (
        refusals.HAS_BRANCHES.sentence
    )


def test_a_section_becomes_a_branch_and_a_section_again() -> None:
    text = notebook(A, f"## B$0\n\n{code('b')}\n")
    branched = notebook(A, f"{branch(0)}## B$0\n\n{code('b')}\n")

    assert tried_in_form(make_branch, text) == branched
    assert tried_in_form(promote, branched) == text
    assert tried(make_branch, branched) == refusals.IS_BRANCH.sentence
    assert tried(make_branch, notebook(f"$0{A}")) == refusals.NO_SECTION_ABOVE.sentence


def test_a_heading_in_a_text_becomes_a_section_and_text_again() -> None:
    text = notebook(f"## A\n\nOne\n\n### $0Two\n\nThree\n\n{code('a')}\n")
    begun = notebook("## A\n\nOne\n", f"## $0Two\n\nThree\n\n{code('a')}\n")
    ended = notebook(f"## A\n\nOne\n\n{BREAK}\n\n### $0Two\n\nThree\n\n{code('a')}\n")

    assert tried_in_form(promote, text) == begun
    assert tried_in_form(demote, begun) == ended
    assert tried_in_form(promote, ended) == begun


def test_a_heading_in_a_text_goes_a_level_up_and_down() -> None:
    text = notebook("## A\n\nOne\n\n#### Two$0\n")
    lower = notebook("## A\n\nOne\n\n##### Two$0\n")

    assert tried_in_form(demote, text) == lower
    assert tried_in_form(promote, lower) == text
    assert tried(demote, notebook("## A\n\n###### Two$0\n")) == refusals.DEEPEST.sentence


def test_what_others_branch_from_is_no_text_and_no_branch() -> None:
    text = notebook(A, f"$0{B}", branch(1) + OF_A)

    assert tried(demote, text) == refusals.HAS_BRANCHES.sentence
    assert tried(make_branch, text) == refusals.HAS_BRANCHES.sentence
    assert tried(promote, text) == refusals.IS_TOP.sentence
    assert tried(demote, notebook(f"$0{A}")) == refusals.NO_SECTION_ABOVE.sentence
