"""What is wrong with notebooks' files, without a Livebook: plain values for every report."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from livebook_ls.cli.arguments.notebook_files import STDIN
from livebook_ls.notebook.hazard import Hazard, Severity
from livebook_ls.notebook.importing.stamps import is_surely_stale
from livebook_ls.notebook.inspection import Inspected, inspect_bytes, inspect_unwritten
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Source
from livebook_ls.sync.disk import regular_file
from livebook_ls.sync.telling import findings, stamps

_SHOWN = {STDIN: "<stdin>"}


class ProblemLevel(Enum):
    """How bad a problem is, worst first: what Livebook would do, or say."""

    CRASH = "crash"
    UNSAVABLE = "unsavable"
    WIPE = "wipe"
    CODE = "code"
    DROP = "drop"
    WARNING = "warning"
    REFORMAT = "reformat"

    def reaches(self, other: ProblemLevel) -> bool:
        """Whether this is at least as bad as `other`."""
        order = list(ProblemLevel)
        return order.index(self) <= order.index(other)


class StampState(Enum):
    """How a notebook's stamp stands; only a Livebook can tell that one is valid."""

    NONE = "none"
    UNVERIFIED = "unverified"
    STALE = "stale"
    ELSEWHERE = "elsewhere"
    UNTOLD = "untold"
    VALID = "valid"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong. Lines and columns count from 1, the end is the first beyond it.

    `text` is the line on which it begins; `fix` is the title of its quick fix.
    """

    code: str
    level: ProblemLevel
    sentence: str
    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    fix: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A notebook's file, how its stamp stands, what is wrong, and what was mended."""

    file: str
    stamp: StampState
    problems: tuple[Problem, ...]
    fixed: tuple[Problem, ...] = ()


def check(file: str) -> Checked:
    """All that is wrong with a notebook's file, but for its form."""
    return _checked(file, inspect_unwritten)


def check_with_form(file: str) -> Checked:
    """All that is wrong with a notebook's file, and whether Livebook would write it otherwise."""
    return _checked(file, inspect_bytes)


def problems_of(inspected: Inspected) -> tuple[Problem, ...]:
    """What is wrong with a notebook, in the order of its file."""
    source = inspected.source
    found = [problem_of(source, hazard) for hazard in inspected.hazards]
    # What Livebook says of a place need not be said again beside what it does there.
    told = {it.span for it in inspected.hazards}
    found += [
        _problem(source, "import-warning", ProblemLevel.WARNING, it.span, it.message)
        for it in inspected.notebook.warnings
        if it.span not in told
    ]
    stamp = inspected.notebook.stamp
    if stamp is not None and stamp_of(inspected) is StampState.STALE:
        found.append(stale_stamp(source, stamp.span))
    return tuple(sorted(found, key=lambda it: (it.line, it.column)))


def problem_of(source: Source, hazard: Hazard) -> Problem:
    """A hazard as a problem."""
    level = ProblemLevel(hazard.severity.value)
    fix = hazard.fix.title if hazard.fix else None
    return _problem(source, hazard.code, level, hazard.span, hazard.message, fix)


def stale_stamp(source: Source, span: Span) -> Problem:
    """That the stamp no longer fits the text: Livebook drops what it holds."""
    finding = stamps.stamp_stale()
    return _problem(source, finding.code, ProblemLevel.DROP, span, finding.sentence)


def not_canonical(source: Source) -> Problem:
    """That Livebook itself writes another form."""
    message = "Livebook would write this notebook in its own form."
    return _problem(source, "not-canonical", ProblemLevel.REFORMAT, Span(0, 0), message)


def syntax_error(source: Source, span: Span, message: str) -> Problem:
    """That the code of a cell does not parse."""
    return _problem(source, findings.SYNTAX_ERROR, ProblemLevel.CODE, span, message)


def unreadable(file: str, error: OSError) -> Checked:
    """A file that can't be read at all."""
    reason = (error.strerror or type(error).__name__).lower()
    finding = findings.file_unreadable_here(reason)
    problem = _problem(Source(""), finding.code, ProblemLevel.CRASH, Span(0, 0), finding.sentence)
    return Checked(file=file, stamp=StampState.NONE, problems=(problem,))


def stamp_of(inspected: Inspected) -> StampState:
    """How the stamp stands, as far as the text shows it."""
    stamp = inspected.notebook.stamp
    if stamp is None:
        return StampState.NONE
    is_broken = any(
        it.severity is Severity.CRASH and "stamp" in it.code for it in inspected.hazards
    )
    if is_broken:
        return StampState.STALE
    return StampState.STALE if is_surely_stale(stamp, inspected.source) else StampState.UNVERIFIED


def _checked(file: str, inspect: Callable[[bytes], Inspected]) -> Checked:
    try:
        data = sys.stdin.buffer.read() if file == STDIN else regular_file.read(file)
        inspected = inspect(data)
    except OSError as error:
        return unreadable(file, error)
    return Checked(
        file=_SHOWN.get(file, file), stamp=stamp_of(inspected), problems=problems_of(inspected)
    )


def _problem(
    source: Source,
    code: str,
    level: ProblemLevel,
    span: Span,
    sentence: str,
    fix: str | None = None,
) -> Problem:
    first, last = source.line_at(span.start), source.line_at(span.end)
    return Problem(
        code=code,
        level=level,
        sentence=sentence,
        line=first + 1,
        column=span.start - source.starts[first] + 1,
        end_line=last + 1,
        end_column=span.end - source.starts[last] + 1,
        text=source.lines[first],
        fix=fix,
    )
