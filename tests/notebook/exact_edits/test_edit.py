"""Exact edits: text and operations in, the whole text out, or the sentence that refuses."""

from __future__ import annotations

import random

import pytest

from livebook_ls.notebook.exact_edits import operations as ops
from livebook_ls.notebook.exact_edits.edit import MOST_CHARACTERS, edited
from livebook_ls.notebook.exact_edits.handles import HandledText, followed, handled
from livebook_ls.notebook.exact_edits.operations import (
    EditOperation,
    NewCell,
    PartPlace,
    PlaceRelation,
)
from livebook_ls.notebook.exact_edits.refusal import EditRefusal, RefusalReason
from livebook_ls.notebook.exact_edits.said import said
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.model import CellType
from livebook_ls.notebook.pieces.cutting import PieceKind
from tests.support.places import SHARED
from tests.support.random_edits import random_operation, require_exact

WILD = SHARED / "wild"
END = PartPlace(PlaceRelation.END)
TEXT = """\
# Note

```elixir
Mix.install([])
```

## One

Words.

```elixir
x = 1
y = x
```

<!-- livebook:{"output":true} -->

```
1
```

<!-- livebook:{"branch_parent_index":0} -->

## Two

```elixir
x + 1
```

Other words.

## Three
"""
OUTPUT = '\n<!-- livebook:{"output":true} -->\n\n```\n1\n```\n'
PLAIN = TEXT.replace(OUTPUT, "")
STAMP = '\n<!-- livebook:{"offset":250,"stamp":{"token":"t","version":2}} -->\n'


def code(source: str) -> NewCell:
    return NewCell(type=CellType.CODE, source=source)


def prose(source: str) -> NewCell:
    return NewCell(type=CellType.MARKDOWN, source=source)


def named(text: HandledText, part: str) -> str:
    """The handle of the first part whose text has this in it."""
    pairs = zip(text.handles, text.pieces.all, strict=True)
    return next(handle for handle, it in pairs if part in it.body)


def edit(text: str, *wanted: EditOperation) -> str:
    return edited(handled(text), wanted).after.text


def refused(text: str, *wanted: EditOperation) -> EditRefusal:
    with pytest.raises(EditRefusal) as caught:
        edited(handled(text), wanted)
    return caught.value


def h(part: str) -> str:
    return named(handled(TEXT), part)


def test_a_passage_that_stands_once_is_replaced_and_nothing_else() -> None:
    assert edit(TEXT, ops.ReplacePassage(h("y = x"), "y = x", "y = 2")) == TEXT.replace(
        "y = x", "y = 2"
    )


def test_a_passage_that_overlaps_itself_stands_there_twice() -> None:
    text = TEXT.replace("y = x", "aaa")

    why = refused(text, ops.ReplacePassage(named(handled(text), "aaa"), "aa", "b"))

    assert (why.reason, "beginning in lines 2, 2" in why.sentence) == (
        RefusalReason.SEVERAL_MATCHES,
        True,
    )


def test_a_passage_that_is_not_there_changes_nothing() -> None:
    assert refused(TEXT, ops.ReplacePassage(h("y = x"), "z", "")).reason is RefusalReason.NO_MATCH
    assert refused(TEXT, ops.ReplacePassage(h("y = x"), "", "z")).reason is RefusalReason.NO_MATCH


def test_a_source_with_fences_gets_a_longer_fence() -> None:
    text = edit(PLAIN, ops.ReplaceSource(h("y = x"), '"""\n```elixir\n```\n"""'))

    assert '````elixir\n"""\n```elixir\n```\n"""\n````\n' in text
    assert canonical(text) == text


def test_code_in_prose_stays_prose() -> None:
    text = edit(PLAIN, ops.ReplaceSource(h("Words."), "Try:\n\n```elixir\n1 + 1\n```"))

    assert 'Try:\n\n<!-- livebook:{"force_markdown":true} -->\n\n```elixir\n' in text
    assert canonical(text) == text
    assert said(handled(text).pieces.draft.notebook)[3].text == "Try:\n\n```elixir\n1 + 1\n```"


@pytest.mark.parametrize(
    "source",
    [
        "<!-- never closed",
        '<!-- livebook:{"break_markdown":true} -->',
        '<!-- livebook:{"output":true} -->\n\n```\n1\n```',
        "## A section",
        "# A title",
        "```\nnever closed",
        "[a]: https://example.com\n\nsee [a]",
        "",
    ],
)
def test_prose_that_would_be_read_otherwise_is_refused(source: str) -> None:
    why = refused(TEXT, ops.ReplaceSource(h("Words."), source))

    assert why.reason is RefusalReason.READ_OTHERWISE


@pytest.mark.parametrize("source", ["a\r\nb", "\ud800"])
def test_code_that_is_no_text_is_refused(source: str) -> None:
    why = refused(TEXT, ops.ReplaceSource(h("y = x"), source))

    assert why.reason is RefusalReason.READ_OTHERWISE


def test_data_belongs_into_a_file() -> None:
    why = refused(TEXT, ops.ReplaceSource(h("y = x"), "x" * (MOST_CHARACTERS + 1)))

    assert (why.reason, "read it from there" in why.sentence) == (RefusalReason.TOO_LARGE, True)


def test_cells_come_to_stand_where_they_are_told_to() -> None:
    one, two = h("## One"), h("## Two")
    new = "```elixir\nnew\n```\n"
    for place, above in (
        (PartPlace(PlaceRelation.AFTER, h("Words.")), "Words.\n\n"),
        (PartPlace(PlaceRelation.BEFORE, h("y = x")), "Words.\n\n"),
        (PartPlace(PlaceRelation.START_OF, one), "## One\n\n"),
        (PartPlace(PlaceRelation.END_OF, two), "Other words.\n\n"),
        (END, "## Three\n\n"),
    ):
        text = edit(PLAIN, ops.InsertCells(place, (code("new"),)))
        assert text.rstrip() == f"{PLAIN}\n".replace(above, f"{above}{new}\n", 1).rstrip()
        assert canonical(text) == text


def test_prose_beside_prose_stays_a_cell_of_its_own() -> None:
    place = PartPlace(PlaceRelation.AFTER, h("Words."))

    text = edit(TEXT, ops.InsertCells(place, (prose("New."),)))

    assert 'Words.\n\n<!-- livebook:{"break_markdown":true} -->\n\nNew.\n\n```elixir' in text


def test_prose_that_comes_together_by_a_deletion_stays_apart() -> None:
    text = TEXT.replace("```elixir\nx + 1\n```\n", "New.\n\n```elixir\nx + 1\n```\n")

    done = edit(text, ops.DeleteCell(named(handled(text), "x + 1")))

    assert 'New.\n\n<!-- livebook:{"break_markdown":true} -->\n\nOther words.' in done


def test_a_moved_cell_takes_its_outputs_along() -> None:
    text = edit(TEXT, ops.MoveCell(h("y = x"), END))

    cell = f"```elixir\nx = 1\ny = x\n```\n{OUTPUT}"
    assert text == TEXT.replace(f"{cell}\n", "") + f"\n{cell}"


def test_branches_find_their_parents_wherever_these_go() -> None:
    inserted = edit(TEXT, ops.InsertSection(PartPlace(PlaceRelation.BEFORE, h("## One")), "New"))
    branched = edit(TEXT, ops.SetBranch(h("## Three"), h("## One")))
    freed = edit(TEXT, ops.SetBranch(h("## Two"), None))

    assert '<!-- livebook:{"branch_parent_index":1} -->\n\n## Two' in inserted
    assert '<!-- livebook:{"branch_parent_index":0} -->\n\n## Three' in branched
    assert freed == TEXT.replace('<!-- livebook:{"branch_parent_index":0} -->\n\n', "")


def test_a_branch_above_its_parent_is_refused() -> None:
    place = PartPlace(PlaceRelation.BEFORE, h("## One"))

    assert refused(TEXT, ops.MoveSection(h("## Two"), place)).reason is RefusalReason.READ_OTHERWISE
    why = refused(TEXT, ops.DeleteSection(h("## One"), keeps_cells=False))
    assert why.reason is RefusalReason.NOT_FOR_THIS_PART


def test_a_section_goes_with_its_cells_or_leaves_them() -> None:
    gone = edit(TEXT, ops.DeleteSection(h("## Two"), keeps_cells=False))
    left = edit(TEXT, ops.DeleteSection(h("## Two"), keeps_cells=True))

    assert "x + 1" not in gone
    assert "## Two" not in left
    assert "x + 1" in left


def test_a_notebook_grows_from_nothing() -> None:
    cells = (prose("Words."), code("x = 1"))
    setup = ops.ReplaceSource("setup", "Mix.install([])")

    text = edit("# New\n", ops.InsertSection(END, "One", cells), setup)

    assert text == (
        "# New\n\n```elixir\nMix.install([])\n```\n\n## One\n\nWords.\n\n```elixir\nx = 1\n```\n"
    )


def test_code_without_a_section_would_be_the_setup() -> None:
    why = refused("# New\n", ops.InsertCells(END, (code("x = 1"),)))

    assert "insert a section first" in why.sentence


def test_line_ends_and_the_stamp_stay() -> None:
    text = (TEXT + STAMP).replace("\n", "\r\n")

    done = edit(text, ops.ReplaceSource(h("y = x"), "a\nb"))

    assert done == text.replace("x = 1\r\ny = x", "a\r\nb")


def test_a_file_without_a_last_line_end_gets_none() -> None:
    text = TEXT.rstrip("\n")

    assert edit(text, ops.ReplacePassage(h("y = x"), "y = x", "y")) == text.replace("y = x", "y")


def test_attributes_are_set_and_taken_away() -> None:
    handle = h("y = x")
    done = edited(handled(TEXT), [ops.SetCell(handle, None, {"reevaluate_automatically": True})])
    away = edited(done.after, [ops.SetCell(handle, None, {"reevaluate_automatically": None})])

    comment = '<!-- livebook:{"reevaluate_automatically":true} -->'
    assert f"{comment}\n\n```elixir\nx = 1" in done.after.text
    assert away.after.text == TEXT


def test_a_smart_cell_has_no_source_of_its_own_until_it_is_code() -> None:
    smart = (
        '<!-- livebook:{"attrs":"e30","chunks":null,"kind":"Elixir.Kino.X",'
        '"livebook_object":"smart_cell"} -->\n\n```elixir\nmade()\n```\n'
    )
    text = f"{TEXT}\n{smart}"
    handle = named(handled(text), "made()")

    why = refused(text, ops.ReplaceSource(handle, "mine()"))
    done = edit(text, ops.SmartToCode(handle), ops.ReplaceSource(handle, "mine()"))

    assert "smart_to_code" in why.sentence
    assert done == f"{TEXT}\n```elixir\nmine()\n```\n"


def test_all_of_an_edit_is_made_or_none_of_it() -> None:
    why = refused(TEXT, ops.DeleteCell(h("y = x")), ops.DeleteCell("c0000"))

    assert (why.reason, why.handle) == (RefusalReason.NO_SUCH_PART, "c0000")


def test_handles_follow_what_they_name() -> None:
    before = handled(TEXT)
    other = TEXT.replace("y = x", "y = x + 1").replace("Words.\n\n```elixir", "```elixir", 1)

    after = followed(before, other)

    assert named(after, "y = x + 1") == named(before, "y = x")
    assert named(after, "Other words.") == named(before, "Other words.")
    assert named(before, "Words.") not in after.handles


def test_an_edit_says_what_is_new_and_keeps_all_other_handles() -> None:
    before = handled(TEXT)

    done = edited(before, [ops.InsertCells(END, (code("new"),))])

    assert set(done.after.handles) == {*before.handles, *done.touched}
    assert len(done.touched) == 1


@pytest.mark.parametrize("seed", range(24))
def test_random_edits_touch_nothing_but_what_they_are_about(seed: int) -> None:
    rng = random.Random(seed)  # noqa: S311 — edits, not secrets
    text = rng.choice((TEXT, TEXT + STAMP, TEXT.replace("\n", "\r\n")))
    require_exact_edits(rng, handled(text), 4)


@pytest.mark.slow
@pytest.mark.skipif(not WILD.is_dir(), reason="the public notebooks are not here")
@pytest.mark.parametrize("part", range(8))
def test_random_edits_of_public_notebooks_touch_nothing_else(part: int) -> None:
    texts = [it.read_text(encoding="utf-8") for it in sorted(WILD.rglob("*.livemd"))[part::8]]
    rng = random.Random(part)  # noqa: S311 — edits, not secrets
    for number in range(250):
        require_exact_edits(rng, handled(texts[number % len(texts)]), 5)


def require_exact_edits(rng: random.Random, text: HandledText, count: int) -> None:
    for _ in range(count):
        operation = random_operation(rng, text)
        try:
            done = edited(text, [operation])
        except EditRefusal:
            continue
        require_exact(text, operation, done)
        text = done.after


def test_every_part_of_a_text_has_a_handle() -> None:
    text = handled(TEXT)

    kinds = [it.kind for it in text.pieces.all]
    assert len(set(text.handles)) == len(kinds)
    assert kinds.count(PieceKind.SECTION) == 3
