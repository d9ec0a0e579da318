"""The `livebook-ls` program: arguments in, exit codes out (0 done, 1 a problem found, 2 usage)."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from livebook_ls import __version__
from livebook_ls.settings import Settings

_EXAMPLES = """examples:
  livebook-ls open analysis.livemd --browser   open the session and show it
  livebook-ls sync *.livemd                    make the sessions follow the files
  livebook-ls inspect analysis.livemd          what Livebook will make of it
  livebook-ls doctor                           which Livebook is found, and what is wrong with it
  livebook-ls demo                             see it work, without Livebook or an editor

Editors start `livebook-ls --stdio`.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Clients differ in what they pass: nothing at all, `serve`, or `--stdio` in any place.
    if "--stdio" in given:
        given = ["serve", *(it for it in given if it not in ("--stdio", "serve"))]
    elif not given and not sys.stdin.isatty():
        given = ["serve"]
    parser = _parser()
    if not given:
        parser.print_help()
        return 0
    options = parser.parse_args(given)
    if problem := _misuse(options):
        parser.error(problem)
    return int(options.run(options))


def _misuse(options: argparse.Namespace) -> str | None:
    """What is wrong with arguments that are each in order."""
    if options.run is not _inspect:
        return None
    if options.forecast and not options.jsonl:
        return "--forecast reads pairs of texts: give it --jsonl -"
    if bool(options.files) == bool(options.jsonl):
        return "inspect takes notebooks, or --jsonl"
    return None


def _serve(_: argparse.Namespace) -> int:
    # Loading the protocol's types costs several times Python's own start.
    from livebook_ls.lsp.stdio import serve

    return serve(os.environ)


def _open(options: argparse.Namespace) -> int:
    from livebook_ls.cli import commands

    return commands.open_sessions(options.files, _settings(options), options.browser)


def _sync(options: argparse.Namespace) -> int:
    from livebook_ls.cli import commands

    return commands.sync(options.files, _settings(options))


def _doctor(options: argparse.Namespace) -> int:
    from livebook_ls.cli import doctor

    return doctor.run(_settings(options), os.environ)


def _inspect(options: argparse.Namespace) -> int:
    if options.jsonl:
        from livebook_ls.cli import inspect_lines

        run = inspect_lines.forecast_lines if options.forecast else inspect_lines.inspect_lines
        return run(options.jsonl)
    from livebook_ls.cli import inspect

    return inspect.inspect_files(options.files, as_json=options.json)


def _demo(_: argparse.Namespace) -> int:
    from livebook_ls.cli import demo

    return demo.run()


def _settings(options: argparse.Namespace) -> Settings:
    return Settings(url=options.url or "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="livebook-ls",
        description="Edit Livebook notebooks in the editor you love, safely.",
        epilog=_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"livebook-ls {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    serve = commands.add_parser("serve", help="start the language server on stdin and stdout")
    serve.set_defaults(run=_serve)

    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--url", help="Livebook's address, also as it prints it with ?token=…")

    open_ = commands.add_parser(
        "open", parents=[where], help="open the sessions of notebooks and print their addresses"
    )
    open_.add_argument("files", nargs="+", metavar="FILE")
    open_.add_argument("--browser", action="store_true", help="show them in the browser too")
    open_.set_defaults(run=_open)

    sync = commands.add_parser(
        "sync", parents=[where], help="make the sessions of notebooks follow their files"
    )
    sync.add_argument("files", nargs="+", metavar="FILE")
    sync.set_defaults(run=_sync)

    doctor = commands.add_parser(
        "doctor", parents=[where], help="say which Livebook is found, and how to mend what is wrong"
    )
    doctor.set_defaults(run=_doctor)

    inspect = commands.add_parser(
        "inspect", help="show what Livebook will make of notebooks, without asking it"
    )
    inspect.add_argument("files", nargs="*", metavar="FILE")
    inspect.add_argument("--json", action="store_true", help="a JSON object a line")
    inspect.add_argument(
        "--jsonl",
        metavar="FILE",
        help='answer lines {"text": …} or {"base64": …} one by one; - reads them from stdin',
    )
    inspect.add_argument(
        "--forecast",
        action="store_true",
        help='with --jsonl: answer {"before": …, "after": …} by what a sync leaves in the session',
    )
    inspect.set_defaults(run=_inspect)

    demo = commands.add_parser("demo", help="show it at work with a stand-in for Livebook")
    demo.set_defaults(run=_demo)
    return parser
