"""The text that Livebook would write: as a real one wrote it, and in small cases of our own."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from livebook_ls.notebook.elixir.ansi import without_ansi
from livebook_ls.notebook.elixir.json_encoding import to_json
from livebook_ls.notebook.exporting.canonical import canonical
from livebook_ls.notebook.exporting.prose import cell_sources, reread
from livebook_ls.notebook.importing.importer import read_document
from livebook_ls.notebook.model import JsonValue
from livebook_ls.notebook.source import Source
from tests.support.golden import GOLDEN, golden_lines

needs_golden = pytest.mark.skipif(
    not GOLDEN.is_dir(), reason=f"no golden files of a real Livebook in {GOLDEN}"
)

STAMP = '\n<!-- livebook:{"offset"'
NOT_COMPARED = {
    # A hub is forgotten by a Livebook that does not know it; the user's may well know it.
    "tricky/edge/stamp_unknown_hub_143.livemd",
    # The newer parser replaces a NUL, so that without knowing which there is no one form.
    "tricky/nul.livemd",
}


def is_broken(wanted: Any) -> bool:
    """Whether Livebook could not read the text, or not write it."""
    return any(key.startswith("error") for key in wanted)


def written(name: str, text: str, wanted: Any) -> str:
    """What Livebook wrote for the text, less the stamp."""
    if "soup" in name:
        written = str(wanted.get("canonical", text))
    elif wanted["is_canonical"]:
        written = text
    else:
        folder = "canonical/wild" if "wild" in name else "canonical"
        written = (GOLDEN / folder / wanted["file"]).read_bytes().decode()
    return written.split(STAMP)[0] if wanted.get("has_stamp") else written


@needs_golden
@pytest.mark.parametrize(
    "name",
    [
        "golden-wild.jsonl",
        "golden-tricky.jsonl",
        pytest.param("golden-soup.jsonl.gz", marks=pytest.mark.slow),
    ],
)
def test_writes_every_notebook_as_livebook_did(name: str) -> None:
    wrong = []
    for text, wanted in golden_lines(name):
        if text is None or is_broken(wanted) or wanted.get("file") in NOT_COMPARED:
            continue
        if canonical(text) != written(name, text, wanted):
            wrong.append(text)

    assert wrong == []


@needs_golden
@pytest.mark.parametrize(
    "name",
    [
        "golden-wild.jsonl",
        "golden-tricky.jsonl",
        pytest.param("golden-soup.jsonl.gz", marks=pytest.mark.slow),
    ],
)
def test_rewrites_every_markdown_cell_as_livebook_did(name: str) -> None:
    wrong = []
    for text, wanted in golden_lines(name):
        if text is None or is_broken(wanted) or wanted.get("file") in NOT_COMPARED:
            continue
        cells = [cell for section in wanted["sections"] for cell in section.get("cells", [])]
        sources = [cell["source"] for cell in cells if cell["type"] == "markdown"]
        if sources != cell_sources(read_document(Source(text))):
            wrong.append(text)

    assert wrong == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "# Untitled notebook\n"),
        ("# T\r\n\r\ntext", "# T\n\n## Section\n\ntext\n"),
        ("# T\n## S\n```elixir\n1\n```", "# T\n\n## S\n\n```elixir\n1\n```\n"),
        ("# T\n\n## S\n\n~~~elixir\n```\n~~~\n", "# T\n\n## S\n\n````elixir\n```\n````\n"),
        ("# T\n\n## S\n\n[a]: /u\n\n- a\n", "# T\n\n## S\n\n* a\n"),
        ("# T\n\n## S\n\n```elixir\n1\n```\n\n```output\n2\n```\n", None),
    ],
)
def test_writes_the_one_form(text: str, expected: str | None) -> None:
    without_outputs = text.split("\n\n```output")[0] + "\n"

    assert canonical(text) == (without_outputs if expected is None else expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+ a\n+ b\n", "* a\n* b"),
        ("3) a\n\n\n4) b", "1. a\n\n2. b"),
        ("* a\n  * b\n\n        code", "* a\n\n  * b\n\n    ```\n    code\n    ```"),
        ("> a\nb\n> > c", "> a\n> b\n>\n> > c".replace(">\n", "> \n")),
        ("|a|b|\n|:-:|-:|\n|long|ä|", "| a    | b   |\n| :--: | --: |\n| long | ä  |"),
        ("    code\n", "```\ncode\n```"),
        ("<br>x", "<br />\nx"),
        ('<a b="c" d>\nx', '<a b="c" d="d">\nx\n</a>'),
        ("<!-- a\nb -->", "<!--\n a\nb \n-->"),
        ("{: .a}", "{: .a}"),
        ("===\n", ""),
        ("***\n___\n", "***\n\n___"),
    ],
)
def test_rewrites_markdown(text: str, expected: str) -> None:
    assert reread(text) == expected


@pytest.mark.parametrize("text", ["# T\n\n<!-- livebook:{ -->\n", "# T\n\n> q\n\n{: .a}\n"])
def test_there_is_no_form_for_what_livebook_cannot_read_or_write(text: str) -> None:
    assert canonical(text) is None


@pytest.mark.parametrize("text", [">" * 3000 + " x", "- " * 3000 + "x", "* a\n" * 3000])
def test_deep_nesting_is_written_too(text: str) -> None:
    assert (canonical(text) or "").endswith("\n")


_LINES = [
    *("# T", "## S", "text", "- a", "  b", "\t- x", "> q", "```elixir", "```", "    code", ""),
    *("<div>", "</div>", "<br é", "<a b='c' d>", "---", "===", "`", "<!-- c -->", "| a | b |"),
    *("|-|-|", "{: .x}", "\x85", '<!-- livebook:{"break_markdown":true} -->', "[a]: /u"),
]


@given(st.lists(st.sampled_from(_LINES), max_size=12))
def test_never_raises(lines: list[str]) -> None:
    found = canonical("\n".join(lines))

    assert found is None or found.endswith("\n")


def test_json_is_sorted_and_written_as_elixir_writes_it() -> None:
    value: JsonValue = {"b": [1.5, 1e30, None, True], "a": "é\x1f\\u001f\n"}

    assert to_json(value) == '{"a":"é\\u001F\\\\u001f\\n","b":[1.5,1.0e30,null,true]}'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[38;5;200;1mbold\x1b[m", "bold"),
        ("\x1b[2K\x1b(Bx", "x"),
        ("\x1b[108mx", "\x1b[108mx"),
        ("\x1b[x\x1b", "\x1b[x\x1b"),
    ],
)
def test_known_colours_are_taken_out_of_outputs(text: str, expected: str) -> None:
    assert without_ansi(text) == expected
