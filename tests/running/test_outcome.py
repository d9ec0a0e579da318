"""What is said of a run whose cells were changed while it went on."""

from __future__ import annotations

from dataclasses import replace

from livebook_ls.livebook.live.cells import LiveNotebook
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running.cell_states import views
from livebook_ls.running.outcome import end_of
from tests.running.test_runner import notebook_of
from tests.support.live_notebooks import live_of


def said(text: str, live: LiveNotebook) -> str:
    notebook = parse(text)
    return end_of(notebook, views(notebook, live), was_stopped=False, flash="")[1]


def test_a_cell_that_was_changed_before_it_ran_has_run_with_its_newer_text() -> None:
    asked, held = notebook_of("a = 1", "b = 2"), notebook_of("a = 1", "b = 20")

    assert said(asked, live_of(held)).startswith("Livebook ran a newer text of cell 2,")


def test_a_cell_that_did_not_run_since_it_was_changed_has_run_with_an_older_text() -> None:
    ran = live_of(notebook_of("a = 1", "b = 2"))
    held = replace(ran, cells=(*ran.cells[:-1], replace(ran.cells[-1], source="b = 20")))

    assert said(notebook_of("a = 1", "b = 20"), held).startswith(
        "Livebook ran an older text of cell 2."
    )
