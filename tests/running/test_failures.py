"""Where failures stand in a notebook's text."""

from __future__ import annotations

from livebook_ls.livebook.live.cells import (
    CellState,
    CodeMarker,
    DoctestReport,
    DoctestStatus,
    LiveCell,
    LiveCellType,
    LiveNotebook,
    Validity,
    digest_of,
)
from livebook_ls.livebook.live.outputs import CellOutput, TextKind, TextOutput
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import views
from livebook_ls.running.failures import CellFailure, FailureKind, failures

CODE = "first = 1\n\n  raise first\nlast"
TEXT = f"# Note\n\n## Section\n\n```elixir\n{CODE}\n```\n"


def found(
    text: str = TEXT,
    *outputs: CellOutput,
    markers: tuple[CodeMarker, ...] = (),
    doctests: tuple[DoctestReport, ...] = (),
    is_errored: bool = True,
) -> list[tuple[FailureKind, str]]:
    state = CellState(
        validity=Validity.EVALUATED, is_errored=is_errored, digest=digest_of(CODE), took_ms=1
    )
    setup = LiveCell(id="setup", type=LiveCellType.CODE, is_setup=True, language="elixir")
    cell = LiveCell(
        id="abc",
        type=LiveCellType.CODE,
        language="elixir",
        state=state,
        source=CODE,
        markers=markers,
        doctests=doctests,
        outputs=outputs,
    )
    (view,) = views(parse(text), LiveNotebook(cells=(setup, cell)))
    return [(it.kind, place(text, it)) for it in failures(view, Source(text))]


def place(text: str, failure: CellFailure) -> str:
    return text[failure.span.start : failure.span.end]


def error(text: str) -> TextOutput:
    return TextOutput(kind=TextKind.ERROR, text=text)


def test_an_error_is_in_the_line_that_the_stack_names_in_this_cell() -> None:
    stack = (
        "** (X) boom\n    #cell:other:1: A.b/0\n    #cell:abc:3: (file)\n    #cell:abc:1: (file)"
    )

    assert found(TEXT, error(stack)) == [(FailureKind.RUNTIME_ERROR, "raise first")]


def test_an_error_without_a_stack_is_in_the_first_line_with_code() -> None:
    assert found(TEXT, error("exception error: badarg")) == [
        (FailureKind.RUNTIME_ERROR, "first = 1")
    ]


def test_a_line_beyond_the_end_is_the_last() -> None:
    marker = CodeMarker(line=99, description="missing end", severity="error")

    assert found(TEXT, markers=(marker,)) == [(FailureKind.COMPILE_ERROR, "last")]


def test_lines_are_those_of_the_file_whatever_ends_them() -> None:
    marker = CodeMarker(line=2, description="unused", severity="warning")

    assert found(TEXT.replace("\n", "\r\n"), markers=(marker,), is_errored=False) == [
        (FailureKind.COMPILE_WARNING, "raise first")
    ]


def test_only_doctests_that_failed_are_told() -> None:
    reports = tuple(
        DoctestReport(line=0, end_line=line, column=0, status=status)
        for line, status in ((0, DoctestStatus.SUCCESS), (2, DoctestStatus.FAILED))
    )

    assert found(TEXT, doctests=reports, is_errored=False) == [
        (FailureKind.DOCTEST, "first = 1\n\n  raise first")
    ]


def test_a_cell_that_has_changed_has_no_failures() -> None:
    assert found(TEXT.replace("last", "lost"), error("** (X)")) == []
