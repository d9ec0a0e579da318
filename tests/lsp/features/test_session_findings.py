"""Where it is told what was found out about a text that has changed since."""

from __future__ import annotations

import pytest

from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.lsp.features.session_findings import placed_findings
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.telling import findings
from livebook_ls.sync.telling.findings import Finding, FindingSeverity
from tests.support.marks import cut

SAVED = "# A\n\n## One\n\n«```elixir\nx = 1\n```»\n\n## Two\n"


def told(
    now: str, *, code: str = "sync-loses", is_in_text: bool = False, outlives_text: bool = False
) -> list[tuple[int, str]]:
    """The line and the words under which something about the marked part of SAVED is told."""
    text, _, spans = cut(SAVED)
    link = NotebookLink("/a.livemd", lambda _: None)
    link.source = Source(text)
    link.findings = (
        Finding(
            code=code,
            severity=FindingSeverity.ERROR,
            sentence="A sentence.",
            span=spans[0],
            is_in_text=is_in_text,
            outlives_text=outlives_text,
        ),
    )
    document = Document("file:///a.livemd", "/a.livemd", 2, Source(now))
    return [
        (document.source.line_at(place.start), document.text[place.start : place.end])
        for _, place in placed_findings(document, link)
    ]


def saved() -> str:
    return cut(SAVED)[0]


def test_a_cell_is_told_at_its_first_line() -> None:
    assert told(saved()) == [(4, "```elixir")]


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        ("# A\n", "# A\n\nWords.\n", 6),
        ("## One\n\n", "", 2),
        ("x = 1", "x = 2", 4),
        ("## One\n\n", "## One\n\n```erlang\n1.\n```\n\n", 8),
        ("## One", "One", 4),
    ],
)
def test_it_moves_with_its_line(old: str, new: str, line: int) -> None:
    assert told(saved().replace(old, new, 1)) == [(line, "```elixir")]


def test_of_two_equal_lines_each_has_its_own() -> None:
    cell = "```elixir\nx = 1\n```\n\n"
    now = saved().replace("## Two\n", f"## Two\n\n{cell}").replace("# A\n", "# B\n")

    assert told(now) == [(4, "```elixir")]


def test_it_is_over_with_its_text() -> None:
    assert told("# A\n\n## One\n") == []


def test_what_was_lost_is_told_at_the_title_when_it_is_gone() -> None:
    assert told("# A\n\n## One\n", outlives_text=True) == [(0, "# A")]


def test_what_the_text_tells_too_is_told_where_it_does() -> None:
    now = "# A\n\n## One\n\nMore.\n\n```elixir\nx = 1\n\n## Two\n"

    assert told(now, code="unclosed-fence", is_in_text=True) == [(6, "```elixir")]
    assert told(saved(), code="unclosed-fence", is_in_text=True) == []


def test_a_span_of_blank_lines_stays_where_it_is() -> None:
    link = NotebookLink("/a.livemd", lambda _: None)
    finding = Finding(code="a", severity=FindingSeverity.ERROR, sentence="A.", span=Span(4, 5))
    link.findings = (finding,)
    document = Document("file:///a.livemd", "/a.livemd", 2, Source("# A\n\n\n"))

    assert list(placed_findings(document, link)) == [(finding, Span(4, 4))]


@pytest.mark.parametrize("now", ["# A\n", "# A\n\nMore.\n"])
def test_of_a_mark_that_the_editor_hides_is_told_at_the_title(now: str) -> None:
    link = NotebookLink("/a.livemd", lambda _: None)
    reading = NotebookText("\ufeff# A\n")
    link.source = reading.document.source
    link.findings = (findings.of_hazard(reading.hazards[0], is_held=True),)
    document = Document("file:///a.livemd", "/a.livemd", 2, Source(now))

    [(_, place)] = placed_findings(document, link)
    assert document.text[place.start : place.end] == "# A"
