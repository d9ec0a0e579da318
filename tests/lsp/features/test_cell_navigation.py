from __future__ import annotations

import pytest

from livebook_ls.lsp.features.cell_navigation import next_cell, previous_cell
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source
from tests.support.marks import cut

# The spans begin where the cursor comes to stand in each cell, and cover the cell from there.
NOTEBOOK = """# T

```elixir
«setup
```»

## A

«words
more»

<!-- livebook:{"reevaluate_automatically":true} -->

```elixir
«code
```»

```erlang
«```»
"""
TEXT, _, SPANS = cut(NOTEBOOK)
SETUP, WORDS, CODE, EMPTY = (span.start for span in SPANS)


def check(cursor: int, before: int | None, after: int | None) -> None:
    notebook = parse_source(Source(TEXT))

    assert (previous_cell(notebook, cursor), next_cell(notebook, cursor)) == (before, after)


@pytest.mark.parametrize("cursor", [SETUP, SETUP + 2, SPANS[0].end])
def test_from_within_a_cell_to_its_neighbours(cursor: int) -> None:
    check(cursor, None, WORDS)


def test_from_the_title_to_the_first_cell() -> None:
    check(0, None, SETUP)


def test_from_a_heading_to_the_cells_around_it() -> None:
    check(TEXT.index("## A"), SETUP, WORDS)


def test_a_cells_comment_belongs_to_it() -> None:
    check(TEXT.index("<!--"), WORDS, CODE)


def test_an_empty_cell_is_a_cell() -> None:
    check(CODE, WORDS, EMPTY)
    check(EMPTY, CODE, None)


def test_a_text_without_cells_has_nowhere_to_go() -> None:
    notebook = parse_source(Source("# T\n"))

    assert (previous_cell(notebook, 2), next_cell(notebook, 2)) == (None, None)
