"""A text cut into pieces is the whole text again, whatever it says."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from livebook_ls.notebook.merging.merge import merge
from livebook_ls.notebook.pieces.cutting import BREAK, cut
from tests.support.examples import tried

STAMP = '<!-- livebook:{"offset":9,"stamp":{"token":"t","version":1}} -->'
LINES = st.sampled_from(
    [
        *("", "", "# T", "## S", "### Part", "text", "===", "---", "1. one", "* two", "    code"),
        *(
            "```",
            "```elixir",
            "~~~",
            "````",
            "x = 1",
            "<details>",
            "</details>",
            "-->",
            "<!-- note",
        ),
        *("<!-- note -->", BREAK, STAMP, "| a |", "[l]: http://x", "\ufeff", "\u2028", "\f", "$$"),
        *(f"<!-- livebook:{it} -->" for it in ('{"output":true}', '{"force_markdown":true}', "{")),
        *(f'<!-- livebook:{{"branch_parent_index":{it}}} -->' for it in ("0", "1", "{}")),
        '<!-- livebook:{"livebook_object":"smart_cell","kind":"K","attrs":"e30","chunks":null} -->',
    ]
)
TEXTS = st.lists(LINES, max_size=12).map("\n".join)


@given(TEXTS)
@example("-->\n# T2\n-->\n")
@tried(200)
def test_pieces_are_the_whole_text(text: str) -> None:
    found = cut(text)

    assert found.text == text
    assert all(text[slice(*it.span)] == it.source for it in found.all)


@given(TEXTS, TEXTS, TEXTS)
@example("", "text\n-->\n# T2\n-->\n", "-->\n# T2\n-->\n")
@tried(100)
def test_a_merge_of_anything_is_the_same_from_either_side(base: str, one: str, other: str) -> None:
    merged, mirrored = merge(base, one, other), merge(base, other, one)

    assert len(merged.conflicts) == len(mirrored.conflicts)
    assert merge(base, one, one).text == one
