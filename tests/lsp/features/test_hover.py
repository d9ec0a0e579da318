from __future__ import annotations

import pytest
from lsprotocol import types

from livebook_ls.lsp.features.hover import hover
from livebook_ls.notebook.importing.importer import parse_source
from livebook_ls.notebook.source import Source, Unit
from tests.support.marks import cut

SMART = (
    '<!-- livebook:{"attrs":"eyJzcWwiOiJzZWxlY3QgMSJ9","chunks":[[0,1],[3,1]],'
    '"kind":"Elixir.KinoDB.SQLCell","livebook_object":"smart_cell","output_size":"wide"} -->'
)
OUTPUT = '<!-- livebook:{"output":true} -->'
STAMP = '<!-- livebook:{"offset":%s,"stamp":{"token":"XCP.a","version":2}} -->'


def hovered(given: str) -> tuple[str | None, str]:
    """The hover's Markdown and the text that it is about."""
    text, cursor, _ = cut(given)
    assert cursor is not None
    source = Source(text)
    found = hover(parse_source(source), source, cursor, Unit.UTF32)
    if found is None:
        return None, ""
    assert isinstance(found.contents, types.MarkupContent)
    assert found.range is not None
    start, end = (
        source.offset(it.line, it.character, Unit.UTF32)
        for it in (found.range.start, found.range.end)
    )
    return found.contents.value, text[start:end]


@pytest.mark.parametrize(
    ("given", "about", "says"),
    [
        (
            '<!-- live$0book:{"persist_outputs":true,"x":"`a`"} -->\n\n# T\n',
            '<!-- livebook:{"persist_outputs":true,"x":"`a`"} -->',
            (
                "**Notebook**",
                "- `persist_outputs`: `true` – whether text outputs are written into the file.",
                '- `x`: `"ˋaˋ"` – Livebook does not know this key.',
            ),
        ),
        (
            '<!-- livebook:{"app_settings":{"slug":"a","y":1}}$0 -->\n\n# T\n',
            '<!-- livebook:{"app_settings":{"slug":"a","y":1}} -->',
            ('  - `slug`: `"a"` – the app\'s part', "  - `y`: `1` – not known."),
        ),
        ("<!-- livebook:[1]$0 -->\n\n# T\n", "<!-- livebook:[1] -->", ("expects a JSON object",)),
        ("<!-- livebook:{}$0 -->\n\n# T\n", "<!-- livebook:{} -->", ("Nothing is set.",)),
        (
            '# T\n\n## A\n\n$0<!-- livebook:{"branch_parent_index":0} -->\n\n## B\n',
            '<!-- livebook:{"branch_parent_index":0} -->',
            ("**Section**", "That is “A”."),
        ),
        (
            '# T\n\n## A\n\n<!-- livebook:{"continue_on_error":$0true} -->\n\n```elixir\n1\n```\n',
            '<!-- livebook:{"continue_on_error":true} -->',
            ("**Cell**", "although this one failed"),
        ),
        (
            f"## A\n\n{SMART}$0\n\n```elixir\n1\n```\n",
            SMART,
            (
                "**Smart cell: SQL (KinoDB)**",
                '```json\n{\n  "sql": "select 1"\n}\n```',
                "2 parts",
                "`output_size`",
            ),
        ),
        (f"## A\n\n{SMART}\n\n``$0`elixir\n1\n```\n", "```elixir", ("**Smart cell",)),
        ("# T\n\n```eli$0xir\nMix\n```\n", "```elixir", ("**Setup cell**",)),
        (
            '# T\n\n```elixir\nMix\n```\n\n```pyproject.toml$0\n[project]\nname = "a"\n```\n',
            "```pyproject.toml",
            ("**Setup cell for Python**",),
        ),
        (
            f"## A\n\n```elixir\n1\n```\n\n{OUTPUT}$0\n\n```\n1\n```\n",
            OUTPUT,
            ("**Output**",),
        ),
        (
            '## A\n\n<!-- livebook:{"force_markdown":true} -->$0\n\n```elixir\n1\n```\n',
            '<!-- livebook:{"force_markdown":true} -->',
            ("**Stays Markdown**",),
        ),
        (
            f"# 日本語\n\n{STAMP % 12}$0\n",
            STAMP % 12,
            ("first 12 bytes", "only on the Livebook"),
        ),
        (f"# T\n\n{STAMP % 'true'}$0\n", STAMP % "true", ("under the text of this file",)),
    ],
)
def test_what_a_reader_does_not_see_is_told(given: str, about: str, says: tuple[str, ...]) -> None:
    told, place = hovered(given)

    assert place == about
    assert [words for words in says if words not in (told or "")] == []


@pytest.mark.parametrize(
    "given",
    [
        "# T$0\n",
        "# T\n\n```elixir\nMix$0\n```\n",
        "# T\n\n## A\n\n```eli$0xir\n1\n```\n",
        f"## A\n\n```elixir\n{OUTPUT}$0\n```\n",
        "<!-- a remark$0 -->\n\n# T\n",
        "$0",
    ],
)
def test_the_rest_is_left_to_others(given: str) -> None:
    assert hovered(given) == (None, "")


def test_long_attributes_are_cut() -> None:
    told, _ = hovered(
        '## A\n\n<!-- livebook:{"attrs":{"a":"%s"},"kind":"k","livebook_object":"smart_cell"} -->$0'
        "\n\n```elixir\n1\n```\n" % ("x" * 9_000)
    )

    assert told is not None
    assert len(told) < 3_000
    assert told.endswith("…\n```")
