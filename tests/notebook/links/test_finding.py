from __future__ import annotations

import pytest

from livebook_ls.notebook.linked_notebook import linked_notebook
from tests.support.marks import cut


@pytest.mark.parametrize(
    "given",
    [
        "See [the data](«data.livemd#load»).",
        "See [the data]( <«my data.livemd»> 'Title' ).",
        "![alt](«files/a.png»)",
        "[![alt](«files/a.png»)](«https://a.b»)",
        "<«https://a.b/c»>",
        "* one [a](«#b»)\n* two [c](«d_(e).md»)",
        "> [a](«b»)",
        "| [a](«b») | c |\n|---|---|\n| d | [e](«f») |",
        "[label]: «other.livemd»",
        '<a href="«x.livemd»">x</a>',
        '<div>\n<img src="«files/x.png»">\n</div>',
        "## [a](«b»)",
    ],
)
def test_links_are_found_where_prose_is(given: str) -> None:
    text, _, spans = cut(f"# Note\n\n{given}\n")
    links = linked_notebook(text).links

    assert sorted(it.address_span for it in links) == list(spans)


@pytest.mark.parametrize(
    "given",
    [
        "`[a](b)`",
        "``a ` [a](b)``",
        "\\[a](b)",
        "[a] (b)",
        "```elixir\n[a](b)\n```",
        "    [a](b)",
        "<!-- [a](b) -->",
        "text <!-- [a](b) --> text",
        "* x\n\n  ```\n  [a](b)\n  ```",
        "[a](b c)",
    ],
)
def test_code_and_comments_have_no_links(given: str) -> None:
    assert linked_notebook(f"# Note\n\n{given}\n").links == ()


def test_the_innermost_link_is_the_one_that_is_pointed_at() -> None:
    text, cursor, _ = cut("# N\n\n[![al$0t](a.png)](b)\n")
    found = linked_notebook(text).link_at(cursor or 0)

    assert found is not None
    assert found.address == "a.png"
