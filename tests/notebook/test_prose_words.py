from __future__ import annotations

import pytest

from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.prose_words import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", 0, id="nothing"),
        pytest.param("# A title\n\n## One\n\nTwo three.\n", 5, id="headings and prose"),
        pytest.param("## A\n\n```elixir\nx = 1\n```\n", 1, id="cells of code"),
        pytest.param("## A\n\nOne\n\n```ruby\nputs 1\n```\n\ntwo\n", 3, id="code in the prose"),
        pytest.param("## A\n\n<!-- a note -->\n\nOne\n", 2, id="comments"),
        pytest.param("## A\n\n[the docs](https://a.b/c_d)\n", 3, id="addresses"),
        pytest.param("## A\n\nIt's well-known: “l’été”\n", 4, id="within words"),
        pytest.param("Loose words\n", 2, id="no heading"),
    ],
)
def test_words_are_those_that_people_read(text: str, words: int) -> None:
    assert count_words(parse(text)) == words
