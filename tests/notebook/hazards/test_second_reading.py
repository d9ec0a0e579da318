"""What Livebook writes is read again: nothing that then is otherwise is told as safe."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from livebook_ls.notebook.draft import Draft
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.hazard import Severity
from livebook_ls.notebook.hazards.second_reading import known_comments
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.inspection import inspect_unwritten
from livebook_ls.notebook.markdown.parser_version import ParserVersion
from livebook_ls.notebook.model import Notebook
from livebook_ls.notebook.source import Source
from livebook_ls.notebook.syncing.content_difference import gone
from tests.support.arbitrary import SOUPS
from tests.support.examples import tried

FORCE = '<!-- livebook:{"force_markdown":true} -->\n\n'
BREAK = '<!-- livebook:{"break_markdown":true} -->\n\n'
LIVELY = '<!-- livebook:{"reevaluate_automatically":true} -->\n\n'
CELL = "```elixir\n1\n```\n\n"
START = "# T\n\n## S\n\n"
GRAVE = {Severity.CRASH, Severity.UNSAVABLE, Severity.WIPE}


def told(text: str, parser: ParserVersion | None = None) -> dict[str, Severity]:
    hazards = inspect_unwritten(text.encode(), parser).hazards
    return {hazard.code: hazard.severity for hazard in hazards}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (FORCE + FORCE, "unsavable"),
        (FORCE + "<!-- livebook:{ -->\n", "unsavable"),
        (CELL + BREAK + "```output\n1\n```\n", "read-otherwise"),
        (CELL + FORCE + "```output\n1\n```\n", "read-otherwise"),
        ("<br># gone\n", "lost-words"),
        (" ## gone\n", "indented-heading"),
        (" <h2>gone</h2>\n", "indented-heading"),
        (FORCE + "## gone\n", "read-otherwise"),
        ("<h2>\n```elixir\n1\n```\n</h2>\n", "read-otherwise"),
    ],
)
def test_what_comes_to_life_or_vanishes_is_told(text: str, code: str) -> None:
    assert code in told(START + text)


@pytest.mark.parametrize(
    "text",
    [
        BREAK + CELL,
        "words\n\n" + BREAK + "more\n",
        FORCE + CELL,
        "* a\n\n  ```elixir\n  1\n  ```\n",
        "<div>\nwords\n</div>\n",
        "<!--\nnotes\n-->\n",
        "#hashtag and <https://x.y>\n",
    ],
)
def test_nothing_is_told_of_what_stays(text: str) -> None:
    assert told(START + text) == {}


def test_what_only_the_older_parser_destroys_is_told_unless_the_newer_is_known() -> None:
    text = START + '<video controls>\n<source src="a">\n</video>\n\n' + CELL
    assert told(text) == told(text, ParserVersion.V1_4_44) == {"unclosed-html": Severity.WIPE}
    assert told(text, ParserVersion.V1_4_46) == {}


def test_outputs_that_end_in_an_empty_line_are_no_loss() -> None:
    comment = '<!-- livebook:{"persist_outputs":true} -->\n\n'
    output = '<!-- livebook:{"output":true} -->\n\n```\n1\n\n```\n'
    text = comment + START + CELL + output
    assert gone(parse(text), parse(canonical(text) or "")) == ()
    assert told(text) == {}


_LINES = st.sampled_from(
    [
        *("# T", "## A", " ## i", "### C", "text", "", "", "", "```elixir", "```", "```output"),
        *("~~~", FORCE.strip(), BREAK.strip(), '<!-- livebook:{"output":true} -->', "<!-- c -->"),
        *(
            "<!--",
            "-->",
            " livebook:{}",
            "<h1>x</h1>",
            "<h2>",
            "</h2>",
            "<div>",
            "</div>",
            " <div>",
        ),
        *(
            "<source>",
            "<br># q",
            "<br>```elixir",
            "- a",
            "1. c",
            "   ---",
            "    code",
            "> q {: .i}",
        ),
        *(
            "   ```elixir",
            "{: .x}",
            "| a | b |",
            "|:--|--|",
            "[l]: /u",
            "`",
            "===",
            "---",
            "\u00a0x",
        ),
    ]
)


@pytest.mark.parametrize("parser", ParserVersion)
@example([BREAK.strip(), BREAK.strip(), "---"], "\n")
@given(st.lists(_LINES, max_size=9), st.sampled_from(["\n", "\n\n"]))
@tried(150)
def test_no_cell_and_no_section_is_lost_in_silence(
    parser: ParserVersion, lines: list[str], gap: str
) -> None:
    text = START + gap.join(lines) + "\n\n```elixir\nlast\n```\n\n## Z\n\nend\n"
    hazards = told(text, parser)
    if hazards.keys() & {"indented-heading", "html-heading"} or set(hazards.values()) & GRAVE:
        return
    written = canonical(text, parser)
    assert written is not None
    again = parse(written, parser)
    assert not again.failures
    before = parse(text, parser)
    missing = [it for it in gone(before, again) if not it.is_output and not it.is_word]
    # A cell of nothing but what is told, or of nothing at all, may be gone; and one without a word
    # is named where an empty one is gone beside it.
    fewer = sources(before) - sources(again)
    lost = {text[it.span.start : it.span.end] for it in missing if it.span.start < it.span.end}
    assert not [it for it in lost if fewer[it]] or hazards
    assert names(again) == names(before) or hazards


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("![logo](a.png)\n\n# License\n\nwords\n\n<br>\n", set[str]()),
        (START + "an `error`\n\n> #### E {: .error}\n>\n> x\n\n<br>x\n", {"attribute-list"}),
    ],
)
def test_what_is_told_or_only_moved_is_not_told_again(text: str, codes: set[str]) -> None:
    assert set(told(text)) == codes


def sources(notebook: Notebook) -> Counter[str]:
    return Counter(it.source for it in notebook.cells)


def names(notebook: Notebook) -> list[str]:
    """The sections' names; blank characters around them are no words."""
    return [it.name.strip() for it in notebook.sections]


@given(SOUPS, st.integers(0, 13))
@tried(100)
def test_comments_are_counted_as_the_cells_have_them(soup: str, sections: int) -> None:
    draft = Draft(Source("# T\n\n" + f"## S\n\n{LIVELY}{CELL}words\n\n" * sections * 3 + soup))
    notebook, cells = draft.notebook, draft.notebook.cells
    comments = [notebook.metadata_comment, notebook.stamp]
    comments += [section.metadata_comment for section in notebook.sections]
    comments += [cell.metadata_comment for cell in cells]
    outputs = sum(len(cell.outputs) for cell in cells)

    count = sum(it is not None for it in comments) + outputs
    assert count == known_comments(notebook, draft.placed)
