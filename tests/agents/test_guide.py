"""The page for the model says what is so."""

from __future__ import annotations

import re

from livebook_ls.agents.guide import GUIDE
from livebook_ls.sync.guarding.notebook_text import NotebookText


def test_its_notebook_is_as_livebook_would_write_it() -> None:
    text = GUIDE.split("````markdown\n")[1].split("````")[0]
    reading = NotebookText(text)
    first, branch = reading.notebook.sections

    assert reading.hazards == ()
    assert reading.canonical == text
    assert len(reading.notebook.setup) == 1
    assert (first.name, len(first.cells), branch.name) == ("A section", 2, "A branch")


def test_its_comments_are_json_that_livebook_knows() -> None:
    for comment in re.findall(r"<!-- livebook:{.*?} -->", GUIDE):
        heading = "## B" if "branch" in comment else "```elixir\n1\n```\n\nText."
        reading = NotebookText(f"# T\n\n## A\n\n{comment}\n\n{heading}\n")

        assert "invalid-json" not in {it.code for it in reading.hazards}
        assert "unknown-attribute" not in {it.code for it in reading.hazards}


def test_it_fits_on_a_page() -> None:
    assert len(GUIDE.splitlines()) < 70
