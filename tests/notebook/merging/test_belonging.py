"""What lines tear apart, and cells keep together."""

from __future__ import annotations

from livebook_ls.notebook.merging.conflict import ConflictKind, Take
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.notebook.merging.proof.belonging import is_together
from livebook_ls.notebook.merging.sides import Sides
from livebook_ls.notebook.pieces.cutting import cut
from tests.notebook.merging.test_merge import BASE, conflicts, edited, only

CELL = '```elixir\nIO.puts("second")\n```\n\n'
META = '<!-- livebook:{"reevaluate_automatically":true} -->\n\n'


def holds_together(ours: str, theirs: str, text: str) -> bool:
    sides = Sides(cut(BASE), cut(ours), cut(theirs))
    mirrored = Sides(sides.base, sides.theirs, sides.ours)
    found = is_together(sides, cut(text))
    assert is_together(mirrored, cut(text)) == found
    return found


def test_a_cell_that_one_side_deleted_is_there_as_a_whole_or_not_at_all() -> None:
    gone, more = edited((CELL, "")), edited(('IO.puts("second")', 'IO.puts("second")\nmore = 1'))
    half = edited((CELL, "```elixir\nmore = 1\n```\n\n"))

    assert holds_together(gone, more, gone)
    assert holds_together(gone, more, more)
    assert not holds_together(gone, more, half)


def test_an_attribute_stays_at_its_cell() -> None:
    gone, with_meta = edited((CELL, "")), edited((CELL, META + CELL))
    elsewhere = edited((CELL, ""), ("```elixir\na = 1", META + "```elixir\na = 1"))

    assert holds_together(gone, with_meta, with_meta)
    assert not holds_together(gone, with_meta, elsewhere)


def test_an_attribute_of_one_side_and_an_edit_of_the_other_belong_together() -> None:
    with_meta, more = edited((CELL, META + CELL)), edited(("second", "2nd"))

    assert holds_together(with_meta, more, edited((CELL, META + CELL), ("second", "2nd")))


def test_a_new_cell_stays_in_its_section_or_leaves_with_it() -> None:
    gone = BASE[: BASE.index("\n## Two")]
    new = "\n```elixir\n:new\n```\n"

    assert holds_together(gone, BASE + new, BASE + new)
    assert not holds_together(gone, BASE + new, gone + new)


def test_the_attribute_of_a_deleted_cell_comes_to_no_other() -> None:
    more = '```elixir\nIO.puts("third")\n```\n\n'
    base = edited((CELL, CELL + more))
    ours, theirs = edited((CELL, META + CELL + more)), edited((CELL, more))

    assert [it[0] for it in conflicts(base, ours, theirs)] == [ConflictKind.DELETED_BY_THEM]


def test_cells_that_lose_the_first_heading_go_below_the_next() -> None:
    one, two = BASE[BASE.index("## One") : BASE.index("## Two")], BASE[BASE.index("## Two") :]
    theirs = edited((one, ""), (two, f"## One\n\n{CELL}{two.replace(CELL, '')}"))
    merged = merge(BASE, edited((one, "")), theirs)

    assert only(merged).kind is ConflictKind.DELETED_BY_US
    assert merged.text == edited((one, ""))
    assert merged.resolved_all(Take.THEIRS).text == theirs
