from __future__ import annotations

import pytest
from lsprotocol import types

from livebook_ls.lsp.features.folding import folding_ranges
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source


def check(text: str, *expected: str) -> None:
    """Folds as first-last line (from 1) and kind."""
    source = Source(text)
    found = folding_ranges(parse_source(source), source)

    assert [_line(it) for it in found] == list(expected)


def _line(fold: types.FoldingRange) -> str:
    kind = types.FoldingRangeKind(fold.kind)
    return f"{fold.start_line + 1}-{fold.end_line + 1} {kind.value}"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["lf", "crlf", "cr"])
def test_sections_and_code_fold(end: str) -> None:
    text = "# T\n\n```elixir\nsetup\n```\n\n## A\n\n```elixir\n1\n```\n\nwords\n\n\n## B\n"
    check(text.replace("\n", end), "3-5 region", "7-13 region", "9-11 region")


def test_a_section_folds_at_its_heading_and_not_at_its_comment() -> None:
    check(
        '# T\n\n## A\n\na\n\n<!-- livebook:{"branch_parent_index":0} -->\n\n## B\n\nb\n',
        "3-5 region",
        "9-11 region",
    )


def test_outputs_fold_with_their_comment() -> None:
    check(
        '## A\n\n```elixir\n1\n```\n\n<!-- livebook:{"output":true} -->\n\n```\n1\n```\n',
        "1-11 region",
        "3-5 region",
        "7-11 region",
    )


def test_a_comment_over_several_lines_folds_as_a_comment() -> None:
    check('<!--\nlivebook:{"persist_outputs":true}\n-->\n\n# T\n', "1-3 comment")


def test_an_unclosed_fence_folds_to_the_end() -> None:
    check("## A\n\n```elixir\n1\n2\n", "1-5 region", "3-5 region")


def test_one_line_has_nothing_to_fold() -> None:
    check("# T\n")
    check("")
