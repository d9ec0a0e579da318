"""The `livebook-ls` program: arguments in, exit codes out (0 done, 1 a problem found, 2 usage).

Each command is a module with `add_arguments(parser)`, `run(options) -> exit code` and, where that
helps, `EXAMPLES`; it is loaded only when it is the one that is wanted.
"""

from __future__ import annotations

import sys

from livebook_ls import __version__

# Not from `typing`, which takes a good part of Python's own start: see `_listen`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

# Command: its line in the overview. Its module has the same name.
_COMMANDS = {
    "serve": "start the language server on stdin and stdout",
    "open": "open the sessions of notebooks and print their addresses",
    "sync": "make the sessions of notebooks follow their files",
    "hook": "keep notebooks safe while a coding agent edits them",
    "inspect": "show what Livebook will make of notebooks, without asking it",
    "doctor": "say which Livebook is found, and how to mend what is wrong",
    "demo": "show it at work with a stand-in for Livebook",
}
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
    if given == ["hook"]:
        return _listen()
    from livebook_ls.cli.misuse import Misuse

    given = _as_meant(given)
    wanted = given[0] if given and given[0] in _COMMANDS else None
    parser = _parser(wanted)
    if not given:
        parser.print_help()
        return 0
    options = parser.parse_args(given)
    try:
        return int(options.run(options))
    except Misuse as error:
        command: ArgumentParser = options.command
        command.error(str(error))


def _listen() -> int:
    """The short way for agents, which run `hook` on every tool call: nothing else is loaded."""
    from livebook_ls.cli import hook

    return hook.listen(url="", remark=lambda _: None, within_s=hook.WITHIN_S)


def _as_meant(given: list[str]) -> list[str]:
    """Clients differ in how they start a server: nothing at all, `serve`, or `--stdio` anywhere."""
    if "--stdio" in given:
        return ["serve", *(it for it in given if it not in ("--stdio", "serve"))]
    if not given and not sys.stdin.isatty():
        return ["serve"]
    return given


def _parser(wanted: str | None) -> ArgumentParser:
    """A parser that knows every command by name, and the `wanted` one whole."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter
    from importlib import import_module

    parser = ArgumentParser(
        prog="livebook-ls",
        description="Edit Livebook notebooks in the editor you love, safely.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"livebook-ls {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for name, summary in _COMMANDS.items():
        command = commands.add_parser(
            name, help=summary, formatter_class=RawDescriptionHelpFormatter
        )
        if name == wanted:
            module = import_module(f"livebook_ls.cli.{name}")
            command.description = f"{summary[0].upper()}{summary[1:]}."
            command.epilog = getattr(module, "EXAMPLES", None)
            module.add_arguments(command)
            command.set_defaults(run=module.run, command=command)
    return parser
