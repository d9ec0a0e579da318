from __future__ import annotations

import pytest

from livebook_ls.notebook.edits import Replacement
from livebook_ls.notebook.linked_notebook import linked_notebook
from livebook_ls.notebook.links.mending import fragment_edits, path_edits, renamed_fragments
from livebook_ls.notebook.links.targets import github_slug


def after(text: str, changes: list[Replacement]) -> str:
    for it in reversed(changes):
        text = text[: it.span.start] + it.text + text[it.span.end :]
    return text


def test_links_follow_a_section_and_those_whose_numbers_it_changes() -> None:
    text = "# N\n\n[a](#data) [b](#data-2) [c](#other)\n\n## Data\n\n## Data\n\n## Other\n"
    notebook = linked_notebook(text)
    new = text.replace("## Data\n\n## Data", "## Größe\n\n## Data")
    fragments = renamed_fragments(notebook.targets, linked_notebook(new).targets)

    assert fragments is not None
    edits = list(fragment_edits(notebook.links, lambda path: not path, fragments))
    assert after(text, edits).splitlines()[2] == "[a](#größe) [b](#data) [c](#other)"


def test_a_name_that_is_no_heading_any_more_renames_nothing() -> None:
    before = linked_notebook("# N\n\n## A\n").targets

    assert renamed_fragments(before, linked_notebook("# N\n\nA\n").targets) is None


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        ("[a](b.livemd#x)", "[a](sub/c%20d.livemd#x)"),
        ("[a](./b.livemd)", "[a](./sub/c%20d.livemd)"),
        ("[a](<b.livemd>)", "[a](<sub/c%20d.livemd>)"),
        ("[a](other.livemd)", "[a](other.livemd)"),
        ("[a](https://b.livemd)", "[a](https://b.livemd)"),
    ],
)
def test_a_link_follows_a_file_that_moves(link: str, expected: str) -> None:
    text = f"# N\n\n{link}\n"
    moved = {"/n/b.livemd": "/n/sub/c d.livemd"}
    edits = path_edits(
        linked_notebook(text).links, "/n/a.livemd", "/n/a.livemd", lambda it: moved.get(it, it)
    )

    assert after(text, list(edits)) == f"# N\n\n{expected}\n"


def test_the_links_of_a_notebook_that_moves_still_lead_where_they_did() -> None:
    text = "# N\n\n[a](b.livemd) ![](files/x.png) ![](pictures/y.png) [s](#t)\n"
    edits = path_edits(linked_notebook(text).links, "/n/a.livemd", "/n/sub/a.livemd", lambda it: it)

    assert after(text, list(edits)).splitlines()[2] == (
        "[a](../b.livemd) ![](files/x.png) ![](../pictures/y.png) [s](#t)"
    )


def test_what_moves_together_stays_as_it_is_written() -> None:
    text = "# N\n\n[a](b.livemd) ![](../pictures/y.png)\n"
    edits = path_edits(
        linked_notebook(text).links,
        "/n/x/a.livemd",
        "/n/y/a.livemd",
        lambda it: it.replace("/n/x/", "/n/y/"),
    )

    assert list(edits) == []


@pytest.mark.parametrize(
    ("heading", "slug"),
    [("A  b!", "a--b"), ("`code` & more", "code--more"), ("Größe-x_y", "größe-x_y")],
)
def test_other_headings_are_found_as_github_names_them(heading: str, slug: str) -> None:
    assert github_slug(heading) == slug
