"""Texts, JSON and bytes that nobody means, for properties that hold of whatever comes."""

from __future__ import annotations

from hypothesis import strategies as st

LINES = [
    "", " ", "text", "# T", "## S", "### sub", "#", "```", "```elixir", "```output", "~~~", "````",
    "    code", "\tcode", "a\tb", "- a", "* a", "  * nested", "1. a", "7) a", "> q", ">", "---",
    "***", "===", "| a |", "|---|", "a | b", "[a]: /u", "{: .x}", "`", "``x`", "\\`", "</div>",
    "<div>", "<b>x</b>", "<br/>", '<a b=">"', "<bré>", "<à >", "à| b", "<!-- c -->", "<!-- c",
    "<!-- c --> x", "-->", '<!-- livebook:{"output":true} -->', "<!-- livebook:{bad} -->",
    '<!-- livebook:{"force_markdown":true} -->', '<!-- livebook:{"break_markdown":true} -->',
    '<!-- livebook:{"branch_parent_index":0} -->', '<!-- livebook:{"persist_outputs":true} -->',
    '<!-- livebook:{"attrs":"e30","kind":"K","livebook_object":"smart_cell"} -->',
    '<!-- livebook:{"offset":3,"stamp":{"token":"t","version":2}} -->', "# H {: .x}", "## H {: x}",
    "\ufeff# T", "\u2028", "\x0c", "\x85", "\xa0```", "日本語", "👍🏽", "\x00", "<<<<<<<",
]  # fmt: skip
ENDS = st.sampled_from(["\n", "\n", "\n", "\r\n", "\r"])
SOUPS = st.lists(st.tuples(st.sampled_from(LINES), ENDS), max_size=25).map(
    lambda pairs: "".join(line + end for line, end in pairs)
)
TEXTS = st.one_of(SOUPS, st.text(max_size=80))

# Any JSON, as the other side may send it.
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
