"""`inspect`: what Livebook will make of a notebook, for people and for programs."""

from __future__ import annotations

import json
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from livebook_ls.cli import terminal
from livebook_ls.cli.arguments import notebook_files
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.terminal import BOLD, DIM, YELLOW, Paint, complain, printable
from livebook_ls.notebook.inspection import Inspected, inspect_bytes
from livebook_ls.notebook.outline import EntryKind, outline
from livebook_ls.sync.disk import regular_file

if TYPE_CHECKING:
    from livebook_ls.notebook.outline import OutlineEntry
    from livebook_ls.notebook.source import Source

EXAMPLES = """examples:
  livebook-ls inspect analysis.livemd    outline, warnings and losses, with their lines
  livebook-ls inspect --json notes/      the same as a JSON object a line
  livebook-ls inspect --jsonl -          answer texts from stdin one by one
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `inspect` takes."""
    parser.add_argument(
        "files", nargs="*", metavar="PATH", help="notebooks, or folders that are searched for them"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.add_argument(
        "--jsonl",
        metavar="FILE",
        help='answer lines {"text": …} or {"base64": …} one by one; - reads them from stdin',
    )
    parser.add_argument(
        "--forecast",
        action="store_true",
        help='with --jsonl: answer {"before": …, "after": …} by what a sync leaves in the session',
    )


def run(options: Namespace) -> int:
    """Show notebooks, or answer lines."""
    if options.forecast and not options.jsonl:
        raise Misuse("--forecast reads pairs of texts: give it --jsonl -")
    if bool(options.files) == bool(options.jsonl):
        raise Misuse("inspect takes notebooks, or --jsonl")
    if not options.jsonl:
        return _inspect_files(options.files, as_json=options.json)
    from livebook_ls.cli.inspect import json_lines

    answer = json_lines.forecast_lines if options.forecast else json_lines.inspect_lines
    return answer(options.jsonl)


def _inspect_files(files: Sequence[str], *, as_json: bool) -> int:
    """Print what each file is; 1 where one can't be read, or Livebook would fail on it."""
    code = 0
    paint = terminal.painter()
    for file in _meant(files):
        try:
            inspected = inspect_bytes(regular_file.read(file))
        except OSError as error:
            complain(f"{file}: {error.strerror}")
            code = 1
            continue
        if as_json:
            print(json.dumps({"file": file} | inspected.description()))
        else:
            print("\n".join(_lines(file, inspected, paint)))
        if inspected.is_fatal:
            code = 1
    return code


def _meant(files: Sequence[str]) -> Iterator[str]:
    """The files, whatever they are called, and the notebooks in folders."""
    for file in files:
        if Path(file).is_dir():
            yield from notebook_files.find([file]).notebooks
        else:
            yield file


def _lines(file: str, inspected: Inspected, paint: Paint) -> Iterator[str]:
    source = inspected.source
    yield paint(printable(file), BOLD)
    for entry in outline(inspected.notebook, source):
        yield from _outlined(entry, source, 0, paint)
    for line, label, colour, message in sorted(_problems(inspected), key=lambda it: it[0]):
        yield f"{line:6}  {paint(f'{label:9}', colour)} {printable(message)}"


def _outlined(entry: OutlineEntry, source: Source, depth: int, paint: Paint) -> Iterator[str]:
    is_named = entry.kind in (EntryKind.NOTEBOOK, EntryKind.SECTION)
    name = paint(printable(entry.name), BOLD if is_named else "")
    detail = paint(f"  {printable(entry.detail)}", DIM) if entry.detail else ""
    line = source.line_at(entry.name_span.start) + 1
    yield f"{line:6}  {'  ' * depth}{name}{detail}"
    for child in entry.children:
        yield from _outlined(child, source, depth + 1, paint)


def _problems(inspected: Inspected) -> Iterator[tuple[int, str, str, str]]:
    """Line, label, colour and sentence of what is wrong."""
    source = inspected.source
    for hazard in inspected.hazards:
        line = source.line_at(hazard.span.start) + 1
        colour = terminal.COLOURS[hazard.severity]
        yield line, hazard.severity.value, colour, f"{hazard.message} [{hazard.code}]"
    for warning in inspected.notebook.warnings:
        yield source.line_at(warning.span.start) + 1, "warning", YELLOW, warning.message
