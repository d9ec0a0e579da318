"""`run`: cells of notebooks run in their sessions, or a copy of one is, and what they gave."""

from __future__ import annotations

import asyncio
import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace

from livebook_ls.cli.arguments import livebook_address
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.arguments.seconds import seconds

EXAMPLES = """examples:
  livebook-ls run analysis.livemd                        all cells, each result as it comes
  livebook-ls run analysis.livemd --cell 3               one cell, and what it stands on
  livebook-ls run analysis.livemd --stale --timeout 60   what is not up to date, within a minute
  livebook-ls run report.livemd --start --json | jq .    in CI, with a Livebook of its own
  livebook-ls run report.livemd --output june.livemd --param month=june

The code runs in Livebook, as if it were run there. The file stays as it is; with --output a copy
is run instead, and keeps its outputs. Exit code 1 where a cell or a doctest failed.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `run` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument("files", nargs="+", metavar="FILE", help="notebooks")
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--cell", type=int, metavar="N", help="the Nth cell with code, the setup cell counted"
    )
    which.add_argument("--section", metavar="NAME", help="the cells of a section")
    which.add_argument("--stale", action="store_true", help="the cells that are not up to date")
    parser.add_argument(
        "--timeout", type=seconds, metavar="SECONDS", help="wait no longer for a notebook"
    )
    parser.add_argument(
        "--output", metavar="FILE", help="run a copy that is written there, and keep its outputs"
    )
    parser.add_argument(
        "--param",
        action="append",
        default=[],
        type=_parameter,
        metavar="NAME=VALUE",
        help="in the copy, another value for a top-level `name = literal`; may be repeated",
    )
    parser.add_argument(
        "--force", action="store_true", help="write the copy also where there is a file already"
    )
    parser.add_argument(
        "--start", action="store_true", help="start Livebook if none runs, and end it afterwards"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.add_argument("-q", "--quiet", action="store_true", help="tell only what went wrong")


def run(options: Namespace) -> int:
    """Run the notebooks one after the other; 1 where something failed, or could not be run."""
    _refuse_misuse(options)
    # Loaded late: who only asks for help needs none of it.
    from livebook_ls.cli.run import running

    try:
        return asyncio.run(running.run_all(options, livebook_address.settings(options)))
    except KeyboardInterrupt:
        print("Livebook goes on with what it was told to run.", file=sys.stderr)
        raise


def _refuse_misuse(options: Namespace) -> None:
    if options.output is not None and len(options.files) > 1:
        raise Misuse("--output takes one notebook")
    if options.output is None and (options.param or options.force):
        raise Misuse("--param and --force need --output: they change a copy, never the notebook")
    names = [name for name, _ in options.param]
    if twice := next((it for it in names if names.count(it) > 1), None):
        raise Misuse(f"--param {twice} is given twice")


def _parameter(text: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        raise ArgumentTypeError("NAME=VALUE is expected, as in month=june")
    return name.strip(), value
