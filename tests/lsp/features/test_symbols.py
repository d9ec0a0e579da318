from __future__ import annotations

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from livebook_ls.lsp.features.symbols import flat_symbols, symbol_tree
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.outline import outline
from livebook_ls.notebook.source import Source, Unit

SMART = '<!-- livebook:{"attrs":"e30","kind":"%s","livebook_object":"smart_cell"} -->\n\n'
BRANCH = '<!-- livebook:{"branch_parent_index":%s} -->\n\n'


def tree(text: str, unit: Unit = Unit.UTF16) -> list[types.DocumentSymbol]:
    source = Source(text)
    found = symbol_tree(outline(parse_source(source), source), source, unit)
    return get_converter().structure(found, list[types.DocumentSymbol])


def drawn(symbols: list[types.DocumentSymbol], indent: str = "") -> list[str]:
    """A symbol a line: its lines (from 1), kind, name and detail."""
    lines = []
    for it in symbols:
        first, last = it.range.start.line + 1, it.range.end.line + 1
        detail = f" ({it.detail})" if it.detail else ""
        lines.append(f"{indent}{first}-{last} {it.kind.name} {it.name}{detail}")
        lines += drawn(list(it.children or []), indent + "  ")
    return lines


def check(text: str, *expected: str) -> None:
    assert drawn(tree(text)) == list(expected)


def code(*lines: str, language: str = "elixir") -> str:
    return "\n".join((f"```{language}", *lines, "```\n"))


def test_a_notebook_is_a_tree_of_sections_and_cells() -> None:
    check(
        "# Title\n\n```elixir\nMix.install([])\n```\n\n## One\n\nSome *words*\n\n"
        "```elixir\n\n# why\n1 + 1\n```\n\n## Two\n",
        "1-18 File Title",
        "  3-5 Constructor Setup",
        "  7-17 Namespace One",
        "    9-9 String Some *words*",
        "    11-15 Function 1 + 1",
        "  17-18 Namespace Two",
    )


def test_branches_are_inside_the_section_they_follow() -> None:
    check(
        f"# T\n\n## A\n\n{BRANCH % 0}## B\n\n{BRANCH % 0}## C\n\n## D\n\n{BRANCH % 0}## E\n",
        "1-18 File T",
        "  3-13 Namespace A",
        "    5-9 Namespace B (branch of A)",
        "    9-13 Namespace C (branch of A)",
        "  13-15 Namespace D",
        "  15-18 Namespace E (branch of A)",
    )


def test_without_a_title_the_sections_stand_at_the_top() -> None:
    check("```elixir\n1\n```\n", "1-4 Namespace Section", "  1-3 Function 1")


def test_the_second_setup_cell_is_that_of_python() -> None:
    check(
        "# T\n\n" + code("1") + "\n" + code('name = "a"', language="pyproject.toml"),
        "1-10 File T",
        "  3-5 Constructor Setup",
        "  7-9 Constructor Setup: pyproject.toml (packages for Python)",
    )


@pytest.mark.parametrize(
    ("cell", "name"),
    [
        (code("defmodule Foo do", "end"), "defmodule Foo do"),
        (code("# only", "# comments"), "# only"),
        (code("#", "", "   x = 1  "), "x = 1"),
        (code(), "Empty cell"),
        (code("", "  "), "Empty cell"),
        (code("x" * 80), "x" * 59 + "…"),
        (code("% why", "lists:seq(1, 2).", language="erlang"), "lists:seq(1, 2)."),
        (code("# why", "print(1)", language="python"), "print(1)"),
        (code("a\u2028b"), "a b"),
        (code('"日本語 🎉"'), '"日本語 🎉"'),
        ("### A heading ###\n\nwords\n", "A heading"),
        ("<!-- a remark -->\n\nwords\n", "<!-- a remark -->"),
        ("- [ ] to do\n", "[ ] to do"),
        ("> 1. quoted\n", "quoted"),
        ("| a | b |\n| - | - |\n| 1 | 2 |\n", "a | b |"),
        ("---\n\n$$\n", "---"),
        ("**bold** start\n", "**bold** start"),
        (SMART % "Elixir.KinoDB.SQLCell" + code("1"), "Smart cell: SQL (KinoDB)"),
        (SMART % "Elixir.KinoVegaLite.ChartCell" + code("1"), "Smart cell: Chart (KinoVegaLite)"),
        (
            SMART % "Elixir.KinoExplorer.DataTransformCell" + code("1"),
            "Smart cell: Data Transform (KinoExplorer)",
        ),
        (SMART % "Cell" + code("1"), "Smart cell: Cell"),
        (SMART % "" + code("1"), "Smart cell: unknown kind"),
    ],
)
def test_a_cell_is_named_by_what_tells_most(cell: str, name: str) -> None:
    (title,) = tree(f"# T\n\n## S\n\n{cell}")
    (section,) = title.children or []

    assert [it.name for it in section.children or []] == [name]


def test_headings_without_words_have_names_too() -> None:
    check("# \n\n## \n", "1-4 File (unnamed)", "  3-4 Namespace (unnamed)")


def test_a_title_that_comes_late_keeps_its_parts_in_the_text() -> None:
    symbols = tree("## A\n\n```elixir\n1\n```\n\n# Late\n\n## B\n")

    assert [it.name for it in symbols] == ["Late"]
    assert all(it.selection_range.start >= it.range.start for it in symbols[0].children or [])


@pytest.mark.parametrize(
    ("unit", "column"), [(Unit.UTF8, 21), (Unit.UTF16, 10), (Unit.UTF32, 8)], ids=lambda it: it
)
def test_columns_are_those_of_the_client(unit: Unit, column: int) -> None:
    (title,) = tree("# 🎉🎉日本\u2028é\n", unit)

    assert title.selection_range.start == types.Position(line=0, character=2)
    assert title.selection_range.end == types.Position(line=0, character=column)


def test_flat_symbols_name_their_container() -> None:
    source = Source("# T\n\n## A\n\nwords\n")
    found = flat_symbols(outline(parse_source(source), source), "file:///a", source, Unit.UTF16)

    structured = get_converter().structure(found, list[types.SymbolInformation])
    assert [(it.name, it.container_name) for it in structured] == [
        ("T", None),
        ("A", "T"),
        ("words", "A"),
    ]
