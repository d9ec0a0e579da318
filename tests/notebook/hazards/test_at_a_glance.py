"""What a glance lets pass has none of the hazards that a close look would find."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from livebook_ls.notebook.hazards.at_a_glance import is_harmless
from livebook_ls.notebook.hazards.finding import LOOKS
from livebook_ls.notebook.importing.heading_rewriting import with_lines
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.markdown.blocks import BlockKind
from livebook_ls.notebook.source import Source
from tests.support.arbitrary import ENDS, LINES
from tests.support.examples import tried

# What the looks look for, at the places where they look for it.
WORDS = ["```elixir x", "~~~elixir x", " # T", "<!-- a --> b", "- a {: .x}", "> [a]: /u", "text `"]
TEXTS = st.lists(st.tuples(st.sampled_from(LINES + WORDS), ENDS), max_size=12).map(
    lambda pairs: "".join(line + end for line, end in pairs)
)


@given(TEXTS)
@example("```elixir x\r")
@example("- a\r## S")
@example("- a\n```\n## S\n")
@example("<!-- a -- > --> b")
@tried(500)
def test_what_a_glance_lets_pass_has_no_hazard(text: str) -> None:
    document = read_document(Source(text))
    for block, line in with_lines(document.blocks):
        if is_harmless(document, block, line):
            found = [it for look in LOOKS.get(block.kind, ()) for it in look(document, block, line)]
            assert found == []


def test_a_usual_notebook_passes_at_a_glance() -> None:
    text = "words\nand `code`\n\n* a\n* b\n\n<!-- livebook:{} -->\n\n```elixir\n1\n```\n\n> q\n"
    document = read_document(Source(text))
    nodes = with_lines(document.blocks)
    harmless = {block.kind for block, line in nodes if is_harmless(document, block, line)}
    kinds = ("PARAGRAPH", "LIST", "COMMENT", "FENCED", "QUOTE")

    assert harmless == {BlockKind[it] for it in kinds}
