"""What holds for any text: no feature fails, and what it shows lies where it can be shown."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from hypothesis import example, given
from hypothesis import strategies as st
from lsprotocol import types

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.fixes.hazard_fixes import fixes
from livebook_ls.lsp.features.folding import folding_ranges
from livebook_ls.lsp.features.hover import hover
from livebook_ls.lsp.features.selection import spans_around
from livebook_ls.lsp.features.text_findings import structure_diagnostics
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.outline import OutlineEntry
from livebook_ls.notebook.source import Source, Unit
from tests.support.examples import tried

_LINES = (
    "",
    "# Title",
    "## Section 🎉",
    "##",
    "### Less",
    "```elixir",
    "```pyproject.toml",
    "~~~",
    "```",
    "x = 1",
    "words\u2028more",
    "- item",
    "> quote",
    "<div>",
    "<!--",
    "-->",
    '<!-- livebook:{"output":true} -->',
    '<!-- livebook:{"branch_parent_index":0} -->',
    '<!-- livebook:{"branch_parent_index":-1} -->',
    '<!-- livebook:{"force_markdown":true} -->',
    '<!-- livebook:{"break_markdown":true} -->',
    '<!-- livebook:{"attrs":"e30","kind":"A.BCell","livebook_object":"smart_cell"} -->',
    '<!-- livebook:{"offset":9,"stamp":{"token":"a","version":2}} -->',
    "<!-- livebook:[1] -->",
    "<!-- livebook:{ -->",
    "[a]: http://b",
    "{: .a}",
)
texts = st.builds(
    lambda lines, end: end.join(lines),
    st.lists(st.sampled_from(_LINES), max_size=14),
    st.sampled_from(("\n", "\r\n", "\r", "\n\n")),
)


def document(text: str) -> Document:
    return Document("file:///a.livemd", "/a.livemd", 1, Source(text))


@tried(150)
@given(texts)
@example("## A\n\nx\n\n# Late\n\n## B\n")
def test_symbols_are_named_and_inside_each_other(text: str) -> None:
    opened = document(text)

    def check(entries: Sequence[OutlineEntry], outer: Span) -> None:
        for entry in entries:
            span, name = entry.span, entry.name_span
            assert entry.name
            assert outer.start <= span.start <= name.start <= name.end <= span.end <= outer.end
            check(entry.children, span)

    check(opened.reading.outline, Span(0, len(text)))


@tried(150)
@given(texts)
def test_folds_are_lines_of_the_text(text: str) -> None:
    opened = document(text)
    for fold in folding_ranges(opened.notebook, opened.source):
        assert 0 <= fold.start_line < fold.end_line < len(opened.source.lines)


@tried(150)
@given(texts, st.integers(0, 300))
def test_selections_grow_to_the_whole_text(text: str, at: int) -> None:
    source = Source(text)
    offset = min(at, source.line_end(source.line_at(at)))
    opened = document(text)
    spans = spans_around(opened.reading, offset)

    assert spans[-1] == Span(0, len(text))
    for inner, outer in itertools.pairwise(spans):
        assert inner != outer
        assert outer.start <= inner.start <= offset <= inner.end <= outer.end


@tried(150)
@given(texts, st.integers(0, 300))
def test_whatever_is_pointed_at_can_be_shown(text: str, at: int) -> None:
    opened = document(text)
    offset = min(at, len(text))
    found = hover(opened.notebook, opened.source, offset, Unit.UTF32)
    if found is not None:
        assert found.range is not None
        assert found.range.start.line <= opened.source.line_at(offset) <= found.range.end.line


@tried(150)
@given(texts)
def test_every_diagnostic_with_a_fix_is_offered_it(text: str) -> None:
    opened = document(text)
    shown = structure_diagnostics(opened, Unit.UTF16)
    everywhere = types.Range(types.Position(0, 0), types.Position(len(opened.source.lines), 0))
    offered = fixes(opened, everywhere, types.CodeActionContext(shown), Unit.UTF16)
    titles = {hazard.fix.title for hazard in opened.hazards if hazard.fix}

    assert {action.title for action in offered} == titles
    assert all(action.diagnostics for action in offered)
