"""What `run` tells of a notebook as it goes on: the plan, each cell once it is over, the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from livebook_ls.cli import terminal
from livebook_ls.cli.run.output_text import output_text
from livebook_ls.cli.run.selection import Numbered
from livebook_ls.cli.terminal import BOLD, DIM, GREEN, RED, printable
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.failures import CellFailure, FailureKind, failures
from livebook_ls.running.outcome import RunEnd
from livebook_ls.running.wording import state_in_words

_DOCTEST_FAILED = "✗ a doctest failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """What failed: the `line` of the file, counted from 1, and what is said of it."""

    line: int
    failure: CellFailure

    @property
    def is_warning(self) -> bool:
        """Whether the cell ran all the same."""
        return self.failure.kind is FailureKind.COMPILE_WARNING

    @property
    def reason(self) -> str:
        """Its first line that says something."""
        return next((it for it in self.failure.sentence.split("\n") if it.strip()), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class CellOver:
    """A cell that is over, with all that is known of it."""

    place: Numbered
    view: CellView
    failed: tuple[Failed, ...]

    @property
    def is_failure(self) -> bool:
        """Whether the run is to be told as failed: an error, or a doctest that found one."""
        errors = any(not it.is_warning for it in self.failed)
        return self.view.state is RunState.FAILED or errors

    @property
    def has_failed_doctest(self) -> bool:
        """Whether the cell itself ran, and what it says of itself is not so."""
        doctests = any(it.failure.kind is FailureKind.DOCTEST for it in self.failed)
        return doctests and self.view.state is RunState.DONE


class Report(Protocol):
    """Tells it somewhere."""

    def begin(
        self, file: str, wanted: Sequence[Numbered], brought_along: Sequence[Numbered]
    ) -> None:
        """Say what will run: what was asked for, and what Livebook runs before it."""

    def cell(self, file: str, over: CellOver) -> None:
        """Tell a cell that is over."""

    def end(
        self,
        file: str,
        end: RunEnd,
        sentence: str,
        told: Sequence[CellOver],
        line: int | None = None,
        output: str | None = None,
    ) -> None:
        """Tell how it ended; `sentence` is for the user, and may be empty. It is about the `line`
        of the file, from 1, where there is one. The copy that was run is in the file `output`.
        """


def cell_over(place: Numbered, view: CellView, text: Source) -> CellOver:
    """All that is known of a cell that is over; `text` is the notebook's."""
    found = failures(view, text)
    failed = tuple(Failed(line=text.line_at(it.span.start) + 1, failure=it) for it in found)
    return CellOver(place=place, view=view, failed=failed)


class TextReport:
    """For people: results on stdout, and on stderr what they are to know beside them."""

    def __init__(self, *, is_quiet: bool) -> None:
        self._is_quiet = is_quiet
        self._paint = terminal.painter()

    def begin(
        self,
        file: str,
        wanted: Sequence[Numbered],  # noqa: ARG002 — what was asked for is known to who asked
        brought_along: Sequence[Numbered],
    ) -> None:
        """Name the cells that run though nobody asked for them."""
        if brought_along and not self._is_quiet:
            names = ", ".join(f"{it.number} (line {it.line})" for it in brought_along)
            which = f"cell{'s' if len(brought_along) > 1 else ''}"
            _tell(file, f"Livebook also runs {which} {names}, which this stands on.")

    def cell(self, file: str, over: CellOver) -> None:
        """Its outputs below a line that says how it stands; failures by line on stderr."""
        if not self._is_quiet:
            place = f"{printable(file)}:{over.place.line}: cell {over.place.number}"
            section = f" · {printable(over.place.section)}" if over.place.section else ""
            words = _DOCTEST_FAILED if over.has_failed_doctest else state_in_words(over.view)
            words = self._paint(words, RED if over.is_failure else GREEN)
            print(f"{self._paint(place, BOLD)}{self._paint(section, DIM)} {words}")
            print(output_text(over.view.outputs or (), self._paint), end="")
            for it in over.failed:
                if it.failure.kind is FailureKind.DOCTEST:
                    # Livebook shows it beside the code, and not among what the cell gave.
                    print(self._paint(_lines(it.failure.sentence), RED))
            sys.stdout.flush()
        for it in over.failed:
            if not it.is_warning:
                _tell(f"{file}:{it.line}", it.reason)

    def end(
        self,
        file: str,
        end: RunEnd,
        sentence: str,
        told: Sequence[CellOver],
        line: int | None = None,
        output: str | None = None,
    ) -> None:
        """The sum, and what stood in the way."""
        if sentence and not (self._is_quiet and end in (RunEnd.DONE, RunEnd.NOTHING)):
            _tell(file if line is None else f"{file}:{line}", sentence)
        if not self._is_quiet and (told or output):
            _tell(file, " ".join((*_sum(told), *((f"The copy is {output}.",) if output else ()))))


def _sum(told: Sequence[CellOver]) -> Iterator[str]:
    """How many cells ran, where any did."""
    if told:
        failed = sum(it.is_failure for it in told)
        count = f"{len(told)} cell{'s' if len(told) > 1 else ''} run"
        yield f"{count}, {failed} failed." if failed else f"{count}."


def _lines(text: str) -> str:
    """A text of several lines without what would steer a terminal."""
    return "\n".join(map(printable, text.split("\n")))


def _tell(place: str, sentence: str) -> None:
    print(f"{printable(place)}: {printable(sentence)}", file=sys.stderr, flush=True)
