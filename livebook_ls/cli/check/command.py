"""`check`: what Livebook would do to notebooks, and how their stamps stand."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace

from livebook_ls.cli import cell_code, terminal
from livebook_ls.cli.arguments import livebook_address, notebook_files
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.check import problems, text_report
from livebook_ls.cli.check.problems import Checked, ProblemLevel
from livebook_ls.cli.many import one_per_core, progress

EXAMPLES = """examples:
  livebook-ls check                        every notebook below the current folder
  livebook-ls check --fix notebooks/       mend what can be mended without taking anything away
  livebook-ls check --level wipe           fail only where cells or the session would be lost
  livebook-ls check --format sarif > out   for GitHub's code scanning; --format github annotates
  livebook-ls check --online               ask Livebook whether stamps are valid
  livebook-ls check --cells                ask your elixir whether the cells' code parses

levels, worst first: crash (Livebook's session would end), unsavable (it could never save again),
wipe (cells would be destroyed), code (a cell does not parse; with --cells), drop (something would
be lost), warning (Livebook warns), reformat (Livebook would only write it otherwise; told at that
level only).
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `check` takes."""
    notebook_files.add_arguments(parser)
    parser.add_argument(
        "--level",
        choices=[level.value for level in ProblemLevel],
        default=ProblemLevel.DROP.value,
        help="fail (exit code 1) on what is at least so bad (default: drop)",
    )
    parser.add_argument(
        "--format", choices=("text", "json", "github", "sarif"), default="text", help="the report"
    )
    parser.add_argument("--fix", action="store_true", help="apply the fixes that lose nothing")
    parser.add_argument("--online", action="store_true", help="have Livebook verify the stamps")
    parser.add_argument("--quiet", action="store_true", help="no sum at the end")
    cell_code.add_arguments(parser, "tell what does not parse in the cells, too")
    livebook_address.add_arguments(parser)


def run(options: Namespace) -> int:
    """Report what is wrong; 1 where something at or above the level is."""
    level = ProblemLevel(options.level)
    named = notebook_files.find_or_stdin(options.paths)
    notebooks, code = named.notebooks, int(bool(named.problems))
    # What the sum must not be taken to be about.
    unchecked = text_report.counted(len(named.problems), "path")
    if notebooks == (notebook_files.STDIN,) and (options.fix or options.online):
        raise Misuse("--fix and --online need files, not stdin")
    work = problems.check_with_form if level is ProblemLevel.REFORMAT else problems.check
    if options.fix:
        from livebook_ls.cli.check import fix

        fixes = fix.fix_all(notebooks)
        found = fix.with_fixes(one_per_core.each(notebooks, work), fixes)
    else:
        found = one_per_core.each(notebooks, work)
    if options.online:
        from livebook_ls.cli.check import online

        found, failed, left = online.verified(list(found), livebook_address.settings(options))
        code = max(code, failed)
        unchecked += [f"{it} by Livebook" for it in text_report.counted(left, "notebook")]
    if options.cells:
        from livebook_ls.cli.check import cell_syntax

        found, failed = cell_syntax.with_syntax_errors(list(found), options)
        code = max(code, failed)
        unchecked += ["the code of cells"] if failed else []
    told = progress.following(_told(found, level), len(notebooks))
    worst = _report(told, options, unchecked)
    return 1 if worst is not None and worst.reaches(level) else code


def _told(found: Iterator[Checked], level: ProblemLevel) -> Iterator[Checked]:
    """The notebooks with what is told: that Livebook would reformat one, only where asked for."""
    least = ProblemLevel.REFORMAT if level is ProblemLevel.REFORMAT else ProblemLevel.WARNING
    for checked in found:
        problems = tuple(it for it in checked.problems if it.level.reaches(least))
        yield replace(checked, problems=problems)


def _report(
    found: Iterator[Checked], options: Namespace, unchecked: Sequence[str]
) -> ProblemLevel | None:
    """Print what was found as it comes, or at the end where the format is one whole."""
    if options.format == "text":
        return _report_text(found, unchecked, is_quiet=options.quiet)
    checked = list(found)
    for line in _lines(checked, options.format):
        print(line)
    return text_report.worst(checked)


def _report_text(
    found: Iterator[Checked], unchecked: Sequence[str], *, is_quiet: bool
) -> ProblemLevel | None:
    paint = terminal.painter()
    checked: list[Checked] = []
    for it in found:
        checked.append(it)
        for line in text_report.text_lines(it, paint):
            print(line)
    if checked and not is_quiet:
        print(text_report.sum_line(checked, unchecked, paint))
    return text_report.worst(checked)


def _lines(checked: Sequence[Checked], form: str) -> Iterator[str]:
    from livebook_ls.cli.check import machine_reports

    match form:
        case "json":
            yield machine_reports.json_report(checked)
        case "sarif":
            yield machine_reports.sarif_report(checked)
        case _:
            yield from machine_reports.github_lines(checked)
