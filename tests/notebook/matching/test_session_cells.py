"""Which cell of a session is which cell of our text."""

from __future__ import annotations

from dataclasses import replace

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.matching.session_cells import (
    Agreement,
    Mapping,
    Reason,
    SessionCell,
    Unmapped,
    digest,
    map_cells,
)
from livebook_ls.notebook.model import CellType

NOTEBOOK = """# Title

```elixir
Mix.install([])
```

## One

Words.

```elixir
1
```

```elixir

```

<!-- livebook:{"branch_parent_index":0} -->

## Branch

```elixir

```

<!-- livebook:{"attrs":"e30","chunks":null,"kind":"Elixir.K","livebook_object":"smart_cell"} -->

```elixir
smart()
```

```erlang
2.
```
"""

CODE = CellType.CODE
SESSION = (
    SessionCell(id="setup", type=CODE, is_setup=True, language="elixir", source="Mix.install([])"),
    SessionCell(id="a", type=CellType.MARKDOWN),
    SessionCell(id="b", type=CODE, language="elixir", source="1"),
    SessionCell(id="c", type=CODE, language="elixir", source=""),
    SessionCell(id="d", type=CODE, language="elixir", source=""),
    SessionCell(id="e", type=CellType.SMART, source="smart()"),
    SessionCell(id="f", type=CODE, language="erlang", source="2."),
)


def mapped(text: str, session: tuple[SessionCell, ...]) -> list[tuple[str, Agreement]]:
    mapping = map_cells(parse(text), session)
    assert isinstance(mapping, Mapping)
    return [(it.id, it.agreement) for it in mapping.matches]


def unmapped(text: str, session: tuple[SessionCell, ...]) -> tuple[Reason, int]:
    found = map_cells(parse(text), session)
    assert isinstance(found, Unmapped)
    return found.reason, found.agreeing


def differing(text: str, session: tuple[SessionCell, ...]) -> list[str]:
    return [id for id, agreement in mapped(text, session) if agreement is Agreement.DIFFERS]


def test_cells_of_one_text_are_matched_in_order_across_branches() -> None:
    same = Agreement.SAME
    assert mapped(NOTEBOOK, SESSION) == [
        ("setup", same),
        ("a", Agreement.UNKNOWN),
        ("b", same),
        ("c", same),
        ("d", same),
        ("e", same),
        ("f", same),
    ]


def test_a_cell_is_found_by_itself_not_by_what_it_says() -> None:
    notebook = parse(NOTEBOOK)
    mapping = map_cells(notebook, SESSION)
    assert isinstance(mapping, Mapping)
    second_empty = mapping.of(notebook.sections[1].cells[0])

    assert second_empty is not None
    assert second_empty.id == "d"


def test_an_edited_cell_is_matched_and_differs() -> None:
    assert differing(NOTEBOOK.replace("\n1\n", "\n1 + 1\n"), SESSION) == ["b"]


def test_an_edited_setup_cell_differs() -> None:
    assert differing(NOTEBOOK.replace("install([])", "install([:a])"), SESSION) == ["setup"]


def test_another_language_differs_although_the_source_is_equal() -> None:
    assert differing(NOTEBOOK.replace("```erlang\n", "```elixir\n"), SESSION) == ["f"]


def test_a_move_that_the_session_has_yet_to_follow_makes_both_cells_differ() -> None:
    moved = NOTEBOOK.replace(
        "```elixir\n1\n```\n\n```elixir\n\n```", "```elixir\n\n```\n\n```elixir\n1\n```"
    )

    assert differing(moved, SESSION) == ["b", "c"]


def test_a_smart_cell_that_was_edited_in_the_browser_differs() -> None:
    edited = (*SESSION[:5], replace(SESSION[5], source="smarter()"), SESSION[6])

    assert differing(NOTEBOOK, edited) == ["e"]


def test_a_text_without_setup_has_the_empty_setup_cell_that_livebook_gives_it() -> None:
    setup = SessionCell(id="setup", type=CODE, is_setup=True, language="elixir", source="")
    cell = SessionCell(id="a", type=CODE, language="elixir", source="1")

    assert mapped("# T\n\n## S\n\n```elixir\n1\n```\n", (setup, cell)) == [
        ("setup", Agreement.SAME),
        ("a", Agreement.SAME),
    ]
    assert differing("# T\n\n## S\n\n```elixir\n1\n```\n", (SESSION[0], cell)) == ["setup"]


def test_pythons_setup_is_a_second_setup_cell() -> None:
    text = "# T\n\n```elixir\nx\n```\n\n```pyproject.toml\ny\n```\n\n## S\n"
    setup = SessionCell(id="setup", type=CODE, is_setup=True, language="elixir", source="x")
    python = SessionCell(
        id="setup-py", type=CODE, is_setup=True, language="pyproject.toml", source="y"
    )

    assert mapped(text, (setup, python)) == [
        ("setup", Agreement.SAME),
        ("setup-py", Agreement.SAME),
    ]
    assert unmapped(text, (setup,)) == (Reason.COUNT, 1)
    assert unmapped(text, (setup, replace(python, is_setup=False))) == (Reason.SETUP, 1)


def test_a_session_with_a_cell_more_or_less_does_not_hold_the_text() -> None:
    assert unmapped(NOTEBOOK, SESSION[:-1]) == (Reason.COUNT, 6)
    assert unmapped(NOTEBOOK, (*SESSION, SESSION[1])) == (Reason.COUNT, 7)
    assert unmapped(NOTEBOOK, (*SESSION[:1], *SESSION[2:])) == (Reason.COUNT, 1)


def test_a_session_with_a_cell_of_another_kind_does_not_hold_the_text() -> None:
    other = (*SESSION[:2], replace(SESSION[2], type=CellType.MARKDOWN), *SESSION[3:])

    assert unmapped(NOTEBOOK, other) == (Reason.TYPE, 2)


def test_nothing_is_matched_with_a_page_that_shows_no_setup_cell() -> None:
    assert unmapped(NOTEBOOK, ()) == (Reason.NO_SETUP, 0)


def test_the_digest_is_that_of_livebooks_page() -> None:
    assert digest("") == "1B2M2Y8AsgTpgAmY7PhCfg=="
    assert digest("é") == digest("\u00e9") != digest("e\u0301")
