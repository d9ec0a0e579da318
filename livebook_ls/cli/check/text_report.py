"""The report of `check` for people: each problem with its line and a caret, then a sum."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from unicodedata import combining, east_asian_width

from livebook_ls.cli.check.problems import Checked, Problem, ProblemLevel
from livebook_ls.cli.terminal import BOLD, DIM, GREEN, RED, YELLOW, Paint, printable

_COLOURS = {ProblemLevel.DROP: YELLOW, ProblemLevel.WARNING: YELLOW, ProblemLevel.REFORMAT: DIM}
_WIDEST = 100


def text_lines(checked: Checked, paint: Paint) -> Iterator[str]:
    """What is told of one notebook."""
    for problem in checked.fixed:
        where = paint(f"{printable(checked.file)}:{problem.line}:{problem.column}", BOLD)
        yield f"{where}: {paint('fixed', GREEN)}: {problem.fix} [{problem.code}]"
    for problem in checked.problems:
        yield from _problem(checked.file, problem, paint)


def sum_line(checked: Sequence[Checked], unchecked: Sequence[str], paint: Paint) -> str:
    """How many notebooks were checked, what was found in them, and what was left `unchecked`."""
    found = Counter(problem.level for it in checked for problem in it.problems)
    fixed = sum(len(it.fixed) for it in checked)
    mended = f" {_count(fixed, 'problem')} fixed." if fixed else ""
    left = f" Not checked: {', '.join(unchecked)}." if unchecked else ""
    notebooks = _count(len(checked), "notebook")
    if not found:
        return paint(f"{notebooks} checked, no problems.{mended}{left}", BOLD if left else GREEN)
    bad = sum(bool(it.problems) for it in checked)
    kinds = ", ".join(f"{found[level]} {level.value}" for level in ProblemLevel if found[level])
    told = _count(found.total(), "problem")
    return paint(f"{told} in {bad} of {notebooks} ({kinds}).{mended}{left}", BOLD)


def counted(number: int, what: str) -> list[str]:
    """So many of these, where there are any."""
    return [_count(number, what)] if number else []


def _problem(file: str, problem: Problem, paint: Paint) -> Iterator[str]:
    where = paint(f"{printable(file)}:{problem.line}:{problem.column}", BOLD)
    level = paint(problem.level.value, _COLOURS.get(problem.level, RED))
    yield f"{where}: {level}: {printable(problem.sentence)} [{problem.code}]"
    if not problem.text.strip():
        return
    begin, text = _window(problem)
    number = f"{problem.line:6}"
    start = problem.column - 1 - begin
    is_whole = problem.end_line > problem.line
    end = len(text) if is_whole else problem.end_column - 1 - begin
    marked = max(1, _width(text[start : max(end, start)]))
    yield f"{paint(f'{number} |', DIM)} {_shown(text)}"
    yield f"{paint('       |', DIM)} {' ' * _width(text[:start])}{paint('^' * marked, RED)}"


def _window(problem: Problem) -> tuple[int, str]:
    """The part of a long line that holds the place, and where it begins."""
    text = problem.text.rstrip()
    if len(text) <= _WIDEST:
        return 0, text
    begin = max(0, min(problem.column - 1 - _WIDEST // 4, len(text) - _WIDEST))
    return begin, text[begin : begin + _WIDEST]


def _shown(text: str) -> str:
    return printable(text.replace("\t", "    "))


def _width(text: str) -> int:
    """How many columns of a terminal the text takes."""
    return sum(map(_columns, text))


def _columns(character: str) -> int:
    if character == "\t":
        return 4
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"


def worst(checked: Iterable[Checked]) -> ProblemLevel | None:
    """The level of the worst problem, if there is any."""
    found = {problem.level for it in checked for problem in it.problems}
    return next((level for level in ProblemLevel if level in found), None)
