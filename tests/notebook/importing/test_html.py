"""HTML is read and written as a real Livebook does it, by each version of its Markdown parser."""

from __future__ import annotations

import pytest

from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from tests.support.golden import GOLDEN
from tests.support.golden_html import html_difference, html_lines

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason=f"no golden files of a real Livebook in {GOLDEN}"
)
OLDER, NEWER = ParserVersion.V1_4_44, ParserVersion.V1_4_46
VIDEO = """# T

## S

<video controls>
<source src="a.mp4">
</video>

```elixir
1
```
"""


@pytest.mark.slow
@needs_golden
@pytest.mark.parametrize("parser", [OLDER, pytest.param(NEWER, marks=pytest.mark.slow)])
def test_html_is_read_and_written_as_livebook_does_it(parser: ParserVersion) -> None:
    compared = [
        (text, html_difference(text, parser, wanted))
        for text, version, wanted in html_lines()
        if version is parser
    ]
    assert compared
    assert [(text, different) for text, different in compared if different] == []


def test_only_the_newer_parser_sees_the_cells_below_an_element_without_an_end() -> None:
    older, newer = (parse(VIDEO, parser).sections[0].cells for parser in (OLDER, NEWER))
    assert [cell.type.value for cell in older] == ["markdown"]
    assert [cell.type.value for cell in newer] == ["markdown", "code"]


def test_no_form_is_known_where_the_parsers_differ_and_none_is_given() -> None:
    assert canonical(VIDEO) is None
    assert canonical(VIDEO, NEWER) != canonical(VIDEO, OLDER)
    assert canonical("# T\n\n## S\n\n`<source>`\n") == "# T\n\n## S\n\n`<source>`\n"


def test_a_nul_is_replaced_by_the_newer_parser_alone() -> None:
    text = "# T\n\n## S\n\na\0b\n"
    assert canonical(text, OLDER) == text
    assert canonical(text, NEWER) == text.replace("\0", "\ufffd")


@pytest.mark.parametrize(
    ("text", "name", "sections"),
    [
        ("<h1>Big</h1>\n\n## S\n", "Big", ["S"]),
        ('<h1 align="center">\nBig\n</h1>\n\n## S\n', "Big", ["S"]),
        ("# T\n\n<h2>Two</h2>\n\n## S\n", "T", ["Two", "S"]),
        ("# T\n\n## S\n\n<h1>Big</h1>\n", "Untitled notebook", ["T", "Big"]),
        ("# T\n\n## S\n\n<h1></h1>\n", "Untitled notebook", ["T"]),
        ("# T\n\n## S\n\n<H1>Big</H1>\n", "T", ["S"]),
    ],
)
def test_html_headings_are_titles_and_sections(text: str, name: str, sections: list[str]) -> None:
    notebook = parse(text)
    assert notebook.name == name
    assert [section.name for section in notebook.sections] == sections


def test_a_comment_that_is_forced_to_be_text_is_kept_before_the_title() -> None:
    text = '<!-- livebook:{"force_markdown":true} -->\n\n<!-- livebook:x -->\n\n# T\n'
    assert parse(text).leading_comments == (("livebook:x",),)


def test_the_name_of_an_html_heading_is_where_it_stands() -> None:
    text = "<h1>\nBig\n</h1>\n\n<h2>S</h2>\n"
    notebook = parse(text)
    spans = [notebook.name_span, notebook.sections[0].name_span]
    assert [text[it.start : it.end] for it in spans if it] == ["Big", "S"]
