from __future__ import annotations

import pytest
from lsprotocol import types

from livebook_ls.lsp.convert import to_position
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.fixes.hazard_fixes import fixes
from livebook_ls.lsp.features.text_findings import structure_diagnostics
from livebook_ls.notebook.source import Source, Unit
from livebook_ls.standin.text_edits import apply_edits
from tests.support.marks import cut


def offered(
    given: str, only: list[str | types.CodeActionKind] | None = None
) -> list[types.CodeAction]:
    text, cursor, _ = cut(given)
    assert cursor is not None
    document = Document("file:///a.livemd", "/a.livemd", 1, Source(text))
    place = to_position(document.source, cursor, Unit.UTF16)
    context = types.CodeActionContext(structure_diagnostics(document, Unit.UTF16), only)
    return fixes(document, types.Range(place, place), context, Unit.UTF16)


def check(given: str, title: str, expected: str, *, is_preferred: bool) -> None:
    """What the one fix at the cursor is called, and what it makes of the text."""
    (action,) = offered(given)
    assert action.edit is not None
    assert action.edit.changes is not None
    edits = [
        {
            "newText": edit.new_text,
            "range": {
                "start": {"line": edit.range.start.line, "character": edit.range.start.character},
                "end": {"line": edit.range.end.line, "character": edit.range.end.character},
            },
        }
        for edit in action.edit.changes["file:///a.livemd"]
    ]

    assert action.title == title
    assert apply_edits(cut(given).text, edits) == expected
    assert bool(action.is_preferred) is is_preferred
    assert action.diagnostics


def test_closing_a_code_block_is_preferred() -> None:
    check(
        "# 🎉\n\n```elixir$0\n1 # 日本\n",
        "Close the code block",
        "# 🎉\n\n```elixir\n1 # 日本\n```\n",
        is_preferred=True,
    )


def test_a_fix_keeps_the_line_ends_of_the_file() -> None:
    check(
        "# A\r\n\r\n```elixir$0\r\n1\r\n",
        "Close the code block",
        "# A\r\n\r\n```elixir\r\n1\r\n```\r\n",
        is_preferred=True,
    )


def test_removing_a_byte_order_mark_is_preferred() -> None:
    check("\ufeff# A$0\n", "Remove the byte order mark", "# A\n", is_preferred=True)


def test_removing_what_somebody_wrote_is_not() -> None:
    check(
        '# A\n\n<!-- livebook:{"a":1}$0 -->\n',
        "Remove the comment",
        "# A\n\n",
        is_preferred=False,
    )


@pytest.mark.parametrize(
    "given",
    [
        "# A$0\n\n\n```elixir\n1\n",
        "# A\n\n```elixir\n1\n```\n$0",
        "# A\n$0\n> *b*\n",
    ],
)
def test_where_nothing_is_wrong_nothing_is_offered(given: str) -> None:
    assert offered(given) == []


@pytest.mark.parametrize(
    ("only", "count"),
    [(None, 1), (["quickfix"], 1), ([""], 1), (["refactor"], 0), (["source.fixAll"], 0)],
)
def test_only_the_kinds_that_are_asked_for(
    only: list[str | types.CodeActionKind] | None, count: int
) -> None:
    assert len(offered("# A\n\n```elixir$0\n1\n", only)) == count
