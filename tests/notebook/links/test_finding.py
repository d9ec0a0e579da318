from __future__ import annotations

import pytest

from livebook_ls.notebook.linked_notebook import LinkedNotebook, linked_notebook
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


def test_links_and_what_they_lead_to_are_the_same_after_keys_as_in_a_fresh_text() -> None:
    section = (
        "## Part {0}\n\nSee [one](#part-{0}) and ![it](files/{0}.png).\n\n```elixir\n{0}\n```\n\n"
    )
    text = "# Note\n\n" + "".join(map(section.format, range(60)))
    draft = linked_notebook(text).draft
    for at in (len(text) // 2, len(text) // 2 + 9, 40):
        draft = draft.replaced(at, at, "\n\n### [x](y)\n\n")
        typed, fresh = LinkedNotebook(draft), linked_notebook(draft.source.text)

        assert len(draft.fragments) > 3
        assert (typed.links, typed.targets) == (fresh.links, fresh.targets)
        assert all(typed.link_at(it.span.start + 1) == it for it in fresh.links)
