"""What holds of every command, over notebooks of our own and public ones, at random places."""

from __future__ import annotations

import re
from collections import Counter
from functools import partial
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from livebook_ls.notebook.editing import cells, converting, levels, sections, splitting
from livebook_ls.notebook.editing.inserting import (
    Beside,
    insert_code_cell,
    insert_markdown_cell,
    insert_markdown_source,
)
from livebook_ls.notebook.editing.outcome import Edited
from livebook_ls.notebook.editing.places import piece_at
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.inspection import inspect_unwritten
from livebook_ls.notebook.pieces.cutting import PieceKind, cut
from tests.notebook.merging.random_edits import Editing
from tests.notebook.merging.test_merge import BASE, META, SMART
from tests.support.examples import tried
from tests.support.places import SHARED

if TYPE_CHECKING:
    from collections.abc import Callable

    from livebook_ls.notebook.editing.outcome import EditOutcome

    Command = Callable[[str, int], EditOutcome]

WILD = SHARED / "wild"
BRANCHES = BASE.replace("## Two", '<!-- livebook:{"branch_parent_index":0} -->\n\n## Two')
OWN = (BASE, META, SMART, BRANCHES, BASE + BASE.replace("# Title\n", "## More\n"), "", "# T\n")
CODE = 'x = """\n```elixir\n"""\n<!-- '
TEXT = "Words\n\n```elixir\nx\n```\n\n* more"

# The cells that a command adds (positive) or takes (negative), of those that are not told below.
COMMANDS: dict[str, tuple[Command, int]] = {
    "code above": (partial(insert_code_cell, side=Beside.ABOVE), 1),
    "code below": (partial(insert_code_cell, side=Beside.BELOW, source=CODE), 1),
    "text above": (partial(insert_markdown_source, side=Beside.ABOVE, source=TEXT), 1),
    "text below": (partial(insert_markdown_source, side=Beside.BELOW, source=TEXT), 1),
    "split": (splitting.split_cell, 1),
    "join": (splitting.join_with_next, -1),
    "duplicate": (cells.duplicate_cell, 1),
    "delete": (cells.delete_cell, -1),
    "up": (cells.move_cell_up, 0),
    "down": (cells.move_cell_down, 0),
    "to text": (converting.convert_to_markdown, 0),
    "to code": (converting.convert_to_code, 0),
    "language": (partial(converting.change_language, language="erlang"), 0),
    "source": (partial(converting.replace_source, source="1 + 1"), 0),
    "section": (sections.insert_section, 0),
    "branch off": (sections.branch_off, 0),
    "section up": (sections.move_section_up, 0),
    "section down": (sections.move_section_down, 0),
    "branch": (levels.make_branch, 0),
}
# They change at most this many of the cells that there were.
TOUCHED = {
    "split": 1,
    "join": 2,
    "delete": 1,
    "to text": 1,
    "to code": 1,
    "language": 1,
    "source": 1,
}
# They make text of headings and sections of text, or take a section: code cells stay as they are.
ON_SECTIONS: dict[str, Command] = {
    "promote": levels.promote,
    "demote": levels.demote,
    "delete section": sections.delete_section,
}
CELLS = (PieceKind.CODE, PieceKind.MARKDOWN, PieceKind.SMART, PieceKind.SETUP)


@given(st.sampled_from(OWN), st.integers(0, 2**32))
@tried(60)
def test_every_command_holds_what_commands_promise(text: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 — edits, not secrets
    assert_holds(Editing(text, random).edited(random.randint(0, 5)), random, 6)


@pytest.mark.slow
@given(st.sampled_from(OWN), st.sampled_from(("\r", "\r\n", "mixed")), st.integers(0, 2**32))
@settings(max_examples=30, deadline=None)
def test_whatever_ends_its_lines_no_command_fails(text: str, end: str, seed: int) -> None:
    random = Random(seed)  # noqa: S311 — places, not secrets
    ends = ("\n", "\r", "\r\n") if end == "mixed" else (end,)
    written = re.sub("\n", lambda _: random.choice(ends), text)
    places = [it.start() for it in re.finditer("#+ |```", written)]
    offset = random.choice([*places, random.randint(0, len(written))])
    for command, _ in COMMANDS.values():
        command(written, offset)
    assert_sections_hold(written, offset)


@pytest.mark.slow
@pytest.mark.skipif(not WILD.is_dir(), reason="the public notebooks are not here")
@pytest.mark.parametrize("part", range(8))
def test_commands_on_public_notebooks_hold_what_they_promise(part: int) -> None:
    random = Random(part)  # noqa: S311 — places, not secrets
    for path in sorted(WILD.rglob("*.livemd"))[part::8]:
        assert_holds(path.read_text(encoding="utf-8"), random, 6)


def assert_holds(text: str, random: Random, count: int) -> None:
    offset = random.randint(0, len(text))
    for name, (command, added) in random.sample(list(COMMANDS.items()), count):
        outcome = command(text, offset)
        if isinstance(outcome, Edited):
            assert_only_that(name, outcome, added)
    assert_sections_hold(text, offset)
    assert_takes_text(text, offset)
    form = canonical(text)
    if form is not None:
        assert_undone(form, random.randint(0, len(form)))


def assert_only_that(name: str, outcome: Edited, added: int) -> None:
    """The cells that are not meant stand there byte for byte, and no harm has come."""
    before, after = bodies(outcome.old), bodies(outcome.text)

    assert after.total() == before.total() + added
    assert (before - after).total() <= TOUCHED.get(name, 0)
    assert not harm(outcome.text) - harm(outcome.old)


def assert_sections_hold(text: str, offset: int) -> None:
    """No code is touched but what is deleted with its section, and no harm has come."""
    for name, command in ON_SECTIONS.items():
        outcome = command(text, offset)
        if isinstance(outcome, Edited):
            before, after = (without_text(bodies(it)) for it in (text, outcome.text))
            assert not after - before
            assert name == "delete section" or after == before
            assert not harm(outcome.text) - harm(text)


def without_text(
    found: Counter[tuple[PieceKind, str, str]],
) -> Counter[tuple[PieceKind, str, str]]:
    return Counter({it: n for it, n in found.items() if it[0] is not PieceKind.MARKDOWN})


def assert_takes_text(text: str, offset: int) -> None:
    """A line for text is a text cell once something is typed there."""
    outcome = insert_markdown_cell(text, offset, Beside.BELOW)
    if isinstance(outcome, Edited):
        at = outcome.selection.start
        typed = f"{outcome.text[:at]}typed{outcome.text[at:]}"
        assert bodies(typed) - bodies(text) == Counter({(PieceKind.MARKDOWN, "typed", ""): 1})


def assert_undone(text: str, offset: int) -> None:
    """Moving there and back gives the text back, as splitting at a line and joining does."""
    for there, back in (
        (cells.move_cell_down, cells.move_cell_up),
        (cells.move_cell_up, cells.move_cell_down),
        (sections.move_section_down, sections.move_section_up),
        (sections.move_section_up, sections.move_section_down),
    ):
        moved = there(text, offset)
        if isinstance(moved, Edited):
            returned = back(moved.text, moved.selection.start)
            assert isinstance(returned, Edited)
            assert returned.text == text
    at = split_place(text, offset)
    split = splitting.split_cell(text, at)
    # Where an empty half comes of a blank line, nobody can tell that from the cell's own end.
    if isinstance(split, Edited) and "```elixir\n\n" not in text[max(0, at - 12) : at + 12]:
        joined = splitting.join_with_next(split.text, at)
        assert isinstance(joined, Edited)
        assert joined.text == text


def split_place(text: str, offset: int) -> int:
    """The start of the line, or in text the paragraph, at or below a place."""
    pieces = cut(text)
    at = piece_at(pieces, offset)
    piece = None if at is None else pieces.all[at]
    if piece is None or piece.kind is not PieceKind.MARKDOWN:
        return text.rfind("\n", 0, offset) + 1
    blank = text.find("\n\n", max(offset, piece.span.start), piece.span.end)
    return blank + 2 if blank != -1 else len(text)


def bodies(text: str) -> Counter[tuple[PieceKind, str, str]]:
    """The cells with their attributes, however often each is there."""
    return Counter(
        (it.kind, it.body.rstrip(), it.comment) for it in cut(text).all if it.kind in CELLS
    )


def harm(text: str) -> Counter[str]:
    found = inspect_unwritten(text.encode())
    codes = Counter(it.code for it in found.hazards)
    return codes + Counter(it.code for it in found.notebook.failures)
