from __future__ import annotations

import pytest
from lsprotocol import types

from livebook_ls.lsp.documents.open_text import OpenText
from livebook_ls.lsp.features.selection import selection_range, spans_around
from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.source import Source, Unit
from tests.support.marks import cut, marked


def check(given: str, expected: str) -> None:
    text, cursor, _ = cut(given)
    assert cursor is not None
    spans = spans_around(OpenText(Draft(Source(text))), cursor)

    assert marked(text, *spans) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (
            "# T\n\n## A\n\n```elixir\n  fo$0o + 1\n  bar\n```\n\n## B\n",
            "«# T\n\n«## A\n\n«```elixir\n««  ««foo» + 1»»\n  bar»\n```»\n\n»## B\n»",
        ),
        ("# T\n\n$0\n\n## B\n", "«# T\n\n\n\n## B\n»"),
        ("# T\n\n## A\n\nso$0me words\nmore\n", "«# T\n\n«## A\n\n«««some» words»\nmore»\n»»"),
        (
            "# T\n\n## 日本$0 🎉\n\nx\n",
            "«# T\n\n««## «日本» 🎉»\n\nx\n»»",
        ),
        ("a\u2028b$0c\n", "««a\u2028«bc»»\n»"),
        ("$0", "«»"),
    ],
)
def test_each_range_is_inside_the_next(given: str, expected: str) -> None:
    check(given, expected)


def test_a_branch_grows_to_the_section_it_branches_off() -> None:
    comment = '<!-- livebook:{"branch_parent_index":0} -->\n\n'
    check(
        f"# T\n\n## A\n\n{comment}## B\n\nx$0\n\n## C\n",
        f"«# T\n\n«## A\n\n«{comment}## B\n\n«x»\n\n»»## C\n»",
    )


@pytest.mark.parametrize(("unit", "column"), [(Unit.UTF8, 15), (Unit.UTF16, 7)])
def test_columns_are_those_of_the_client(unit: Unit, column: int) -> None:
    found = selection_range(OpenText(Draft(Source("# 🎉日本語\n"))), 4, unit)

    assert found.range.end == types.Position(line=0, character=column)
