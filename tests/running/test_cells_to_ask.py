"""In whose name a session is asked: also of a text that has little to do with what it holds."""

from __future__ import annotations

import random

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell, CellType, Notebook
from livebook_ls.running.cells_to_ask import cells_to_ask
from livebook_ls.running.scope import runnable, standing_on, stands_on
from tests.support.live_notebooks import live_of


def some_notebook(chance: random.Random) -> str:
    lines = ["# Note", ""]
    for number in range(chance.randint(1, 5)):
        lines += [f"## S{number}", ""]
        if number and chance.random() < 0.4:
            parent = chance.randrange(number)
            lines += [f'<!-- livebook:{{"branch_parent_index":{parent}}} -->', ""]
        for _ in range(chance.randint(0, 4)):
            kind = chance.choice(["elixir", "erlang", "prose"])
            word = f"w{chance.randrange(8)}"
            lines += [word, ""] if kind == "prose" else [f"```{kind}", word, "```", ""]
    return "\n".join(lines)


def seen_by(notebook: Notebook, cell: Cell) -> list[Cell]:
    """As Livebook's `cell_ancestor_ids` says it, by the sections themselves."""
    if cell in notebook.setup:
        return []
    at, own = next((at, it) for at, it in enumerate(notebook.sections) if cell in it.cells)
    last = at if own.parent_index is None else own.parent_index + 1
    flow = [it for it in notebook.sections[:last] if it.parent_index is None]
    above = [it for section in flow for it in section.cells]
    above += own.cells[: own.cells.index(cell)]
    return [*notebook.setup, *(it for it in above if it.type is not CellType.MARKDOWN)]


@pytest.mark.parametrize("seed", range(60))
def test_a_cell_that_the_session_lacks_is_asked_in_the_name_of_one_that_sees_the_same(
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311 — nothing is secret
    notebook, live = parse(some_notebook(chance)), live_of(some_notebook(chance))
    found = cells_to_ask(notebook, live)
    cells = runnable(notebook)
    order = [it.id for it in live.cells]
    for cell in cells:
        assert list(stands_on(notebook, (cell,))) == seen_by(notebook, cell)
        see_it = [it for it in cells if cell in seen_by(notebook, it)]
        assert list(standing_on(notebook, (cell,))) == see_it
        name = found.likely.get(cell.source_span.start)
        relatives = [
            it for it in (*see_it, *seen_by(notebook, cell)) if it.language == cell.language
        ]
        if name is None:
            assert not any(it.source_span.start in found.likely for it in relatives)
        else:
            assert name in order


@pytest.mark.slow
@pytest.mark.timeout(60)
@pytest.mark.parametrize("held", [0, 1_500, 2_999])
def test_a_large_text_of_which_the_session_has_one_cell_is_no_matter(held: int) -> None:
    sections = [f"## S{it}\n\n```elixir\nx{it} = {it}\n```\n" for it in range(3_000)]
    notebook = parse("# Note\n\n" + "\n".join(sections))
    found = cells_to_ask(notebook, live_of("# Other\n\n" + sections[held]))

    assert len(found.known) == 1
    assert len(found.likely) == 3_000
    assert len(stands_on(notebook, runnable(notebook))) == 2_999
