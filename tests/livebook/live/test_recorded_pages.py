"""Nine whole pages of a real Livebook, read."""

from __future__ import annotations

import pytest

from livebook_ls.livebook.live.cells import CellStatus, LiveCell, LiveCellType, RuntimeStatus
from livebook_ls.livebook.live.outputs import TextKind, TextOutput, shown_text
from livebook_ls.livebook.live.page.session_page import read_page
from tests.livebook.live.recordings import needs_recordings, page

pytestmark = needs_recordings

# Of each page its cells: section, kind, state, milliseconds, number of outputs.
PAGES = {
    "fresh": ["- setup fresh - 0", "One elixir fresh - 0", "One elixir fresh - 0"],
    "evaluated": ["- setup evaluated 0 1", "One elixir evaluated 0 1", "One elixir evaluated 2 2"],
    "stale": ["- setup evaluated 0 1", "One elixir evaluated 0 1", "One elixir stale 2 2"],
    "errors": [
        "- setup evaluated 0 1",
        "One elixir evaluated,errored 2 2",
        "One elixir evaluated,errored 1 1",
        "One elixir evaluated 0 1",
    ],
    "many-outputs": [
        "- setup evaluated 0 1",
        "One elixir evaluated 15 2",
        "One elixir evaluated 55 2",
    ],
    "queued-evaluating": [
        "- setup evaluated 0 1",
        "One elixir evaluated 0 1",
        "One elixir fresh,evaluating - 0",
        "One elixir fresh,queued - 0",
    ],
    "aborted": [
        "- setup aborted 0 1",
        "One elixir aborted 0 1",
        "One elixir aborted - 0",
        "One elixir fresh - 0",
    ],
    "queued-evaluating-branching": [
        "- setup evaluated 0 1",
        "A elixir evaluated 0 1",
        "B/branch elixir fresh,evaluating - 1",
        "C/branch elixir fresh,evaluating - 0",
        "D elixir fresh,evaluating - 0",
    ],
    "kinds-of-cells-branching": [
        "- setup fresh - 0",
        "One markdown none - 0",
        "One erlang fresh - 0",
        "One smart fresh - 0",
        "Branch/branch elixir fresh - 0",
    ],
}


def summary(cell: LiveCell) -> str:
    section = "-" if cell.section is None else cell.section.name
    if cell.section is not None and cell.section.is_branch:
        section += "/branch"
    kind = cell.language if cell.type is LiveCellType.CODE else cell.type.value
    state = "none" if cell.state.validity is None else cell.state.validity.value
    state += ",errored" if cell.state.is_errored else ""
    state += "" if cell.state.status is CellStatus.READY else f",{cell.state.status.value}"
    took = "-" if cell.state.took_ms is None else str(cell.state.took_ms)
    return f"{section} {'setup' if cell.is_setup else kind} {state} {took} {len(cell.outputs)}"


@pytest.mark.parametrize("name", PAGES)
def test_every_cell_of_a_page_is_read(name: str) -> None:
    assert [summary(it) for it in read_page(page(name)).cells] == PAGES[name]


def test_an_evaluating_cell_says_since_when() -> None:
    cells = read_page(page("queued-evaluating")).cells

    assert [it.state.evaluating_since is not None for it in cells] == [False, False, True, False]


def test_the_runtime_is_known_by_what_can_be_done_with_it() -> None:
    runtimes = {name: read_page(page(name)).runtime for name in ("fresh", "evaluated")}

    assert runtimes == {"fresh": RuntimeStatus.DISCONNECTED, "evaluated": RuntimeStatus.CONNECTED}


def test_texts_come_exactly_with_their_colours_apart() -> None:
    printed, result = read_page(page("evaluated")).cells[2].outputs

    assert isinstance(printed, TextOutput)
    assert printed.text == 'hello <world> & "quotes"\nred\n'
    assert [printed.text[it.start : it.end] for it in printed.spans] == ["red"]
    assert [it.style.foreground for it in printed.spans] == ["red"]
    assert isinstance(result, TextOutput)
    assert result.text == "34462"


def test_errors_are_told_from_what_was_printed() -> None:
    outputs = read_page(page("errors")).cells[1].outputs

    kinds = [it.kind for it in outputs if isinstance(it, TextOutput)]
    assert kinds == [TextKind.TERMINAL, TextKind.ERROR]
    assert shown_text(outputs).endswith("cannot compile cell (errors have been logged)\n")


def test_the_last_thousand_lines_are_said_to_be_cut() -> None:
    printed = read_page(page("many-outputs")).cells[1].outputs[0]

    assert isinstance(printed, TextOutput)
    assert printed.is_cut
    assert printed.text.startswith("...\nline 502\n")
    assert printed.text.endswith("line 1500\n")
