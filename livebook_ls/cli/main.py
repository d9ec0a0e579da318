"""The `livebook-ls` program: arguments in, exit codes out (0 done, 1 a problem found, 2 usage).

Each command is a module with `add_arguments(parser)`, `run(options) -> exit code` and, where that
helps, `EXAMPLES`; one of several modules is a folder with a `command` in it. It is loaded only when
it is the one that is wanted.
"""

from __future__ import annotations

import os
import sys
from io import TextIOWrapper

from livebook_ls import __version__

# Not from `typing`, which takes a good part of Python's own start: see `_listen`.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Collection, Sequence

# As shells say that Ctrl-C or a closed pipe ended a program.
_INTERRUPTED, _NO_READER = 130, 141
# As sysexits.h says that output can't be written.
_CANT_SAY = 74
_COMPLETION = "--print-completion"
# Command: its line in the overview. Its module or folder has the same name.
_COMMANDS = {
    "serve": "start the language server on stdin and stdout",
    "start": "start Livebook, if none runs, and print its address",
    "open": "open the sessions of notebooks and print their addresses",
    "sync": "make the sessions of notebooks follow their files",
    "run": "run cells of notebooks, and show what they gave",
    "mcp": "give coding agents notebooks as tools, by the Model Context Protocol",
    "hook": "keep notebooks safe while a coding agent edits them",
    "watch": "make the sessions of notebooks follow their files as they change",
    "check": "say what Livebook would do to notebooks, and how their stamps stand",
    "format": "bring notebooks into the form that Livebook writes",
    "restamp": "make the stamps of changed notebooks valid again, from git",
    "restore": "list the last versions of a notebook, and put one back",
    "export": "write a notebook's cells as a script, as Markdown or for Jupyter",
    "import": "make a notebook of a Jupyter notebook, a script or Markdown",
    "diff": "say what changed from one notebook to another, cell by cell",
    "merge": "make one notebook of three versions, cell by cell",
    "merge-driver": "let git merge and compare notebooks cell by cell",
    "inspect": "show what Livebook will make of notebooks, without asking it",
    "doctor": "say which Livebook is found, and how to mend what is wrong",
    "demo": "show it at work with a stand-in for Livebook",
}
_FOLDERS = frozenset(
    {"run", "mcp", "hook", "watch", "check", "restamp", "inspect", "diff", "merge", "merge-driver"}
)
# A module can't be called after one of Python's own words.
_OTHERWISE_CALLED = {"import": "importing.command"}
_EXAMPLES = """examples:
  livebook-ls open analysis.livemd --browser   open the session and show it
  livebook-ls sync *.livemd                    make the sessions follow the files
  livebook-ls run analysis.livemd              run its cells, and show what they gave
  livebook-ls watch --open notes/              make them follow as files change, whoever writes
  livebook-ls check                            what Livebook would do to the notebooks here
  livebook-ls doctor                           which Livebook is found, and what is wrong with it
  livebook-ls demo                             see it work, without Livebook or an editor

`livebook-ls COMMAND --help` tells the rest. Editors start `livebook-ls --stdio`.
Exit codes: 0 done, 1 a problem was found, 2 wrong usage.
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the program; returns its exit code."""
    _open_missing_streams()
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["hook"] and (code := _listen(given)) is not None:
        return code
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A name that is no text, or a terminal that lacks a character, is no reason to fail.
            stream.reconfigure(errors="replace")
    try:
        code = _run(_as_meant(given))
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # Whoever read has seen enough.
        _say_no_more()
        return _NO_READER
    except OSError as error:
        if not _is_of_stream(error):
            raise
        _say_no_more()
        try:
            reason = os.strerror(error.errno or 0).lower()
            told = f"The output can't be written: {reason}. Make room there, or send it elsewhere."
            print(f"livebook-ls: {told}", file=sys.stderr)
        except OSError:
            pass
        return _CANT_SAY
    return code


def _open_missing_streams() -> None:
    """Open those that are closed on nothing: else the next file that is opened has the number of
    one, and whoever writes to that, as a program that we start, writes into the file.
    """
    for number, name in enumerate(("stdin", "stdout", "stderr")):
        if getattr(sys, name) is not None:
            continue
        null = os.open(os.devnull, os.O_RDWR)
        if null != number:
            os.dup2(null, number)
            os.close(null)
        opened = open(number, "w" if number else "r", encoding="utf-8")  # noqa: PTH123, SIM115
        setattr(sys, name, opened)


def _is_of_stream(error: OSError) -> bool:
    """Whether a stream has not taken what was written to it; an error of a file names that."""
    import errno

    unwritable = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.EBADF)
    return error.filename is None and error.errno in unwritable


def _say_no_more() -> None:
    """Let go of what Python would still write to stdout at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _run(given: list[str]) -> int:
    """Do what is wanted; the exit code."""
    from livebook_ls.cli.arguments.misuse import Misuse

    if given and given[0].partition("=")[0] == _COMPLETION:
        return _print_completion(given)
    parser = _parser([it for it in given[:1] if it in _COMMANDS])
    if not given:
        parser.print_help()
        return 0
    if given[0] not in _COMMANDS and (meant := _commands_like(given[0])):
        parser.error(f"there is no command {given[0]}; did you mean {meant}?")
    options, unknown = parser.parse_known_args(given)
    if unknown:
        # By the command's own usage, which lists what it takes.
        options.command.error(f"unrecognized arguments: {' '.join(unknown)}")
    try:
        return int(options.run(options))
    except Misuse as error:
        command: ArgumentParser = options.command
        command.error(str(error))


def _listen(given: list[str]) -> int | None:
    """The short way for agents, which run `hook` on every tool call: nothing else is loaded before
    a payload is about notebooks. None where something else is wanted of the command.
    """
    from livebook_ls.cli.hook import command

    if not command.has_only_address(given[1:]):
        return None
    return command.listen_quickly(
        given[1:], lambda: command.settings(_parser(given[:1]).parse_args(given))
    )


def _commands_like(name: str) -> str:
    """The commands that may have been meant, as `check or diff`; empty where it is like none."""
    from difflib import get_close_matches

    return " or ".join(get_close_matches(name, _COMMANDS))


def _print_completion(given: list[str]) -> int:
    """The one thing for which every command must be known."""
    from livebook_ls.cli import completion

    parser = _parser(_COMMANDS)
    shell = " ".join(given).partition("=")[2] or " ".join(given[1:])
    if shell not in completion.SHELLS:
        parser.error(f"{_COMPLETION} takes one of {', '.join(completion.SHELLS)}")
    print(completion.script(parser, shell))
    return 0


def _as_meant(given: list[str]) -> list[str]:
    """Clients differ in how they start a server: nothing at all, `serve`, or `--stdio` anywhere."""
    if "--stdio" in given:
        return ["serve", *(it for it in given if it not in ("--stdio", "serve"))]
    if not given and not sys.stdin.isatty():
        return ["serve"]
    return given


def _parser(wanted: Collection[str]) -> ArgumentParser:
    """A parser that knows the commands that are `wanted`; every one by its name where none is."""
    from argparse import ArgumentParser, RawDescriptionHelpFormatter
    from importlib import import_module

    parser = ArgumentParser(
        prog="livebook-ls",
        description="Edit Livebook notebooks in the editor you love, safely.",
        epilog=_EXAMPLES,
        formatter_class=RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"livebook-ls {__version__}")
    parser.add_argument(
        _COMPLETION, metavar="SHELL", help="print what bash, zsh or fish need to complete commands"
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    # Each takes half a millisecond of every start, a server's too.
    for name in wanted or _COMMANDS:
        summary = _COMMANDS[name]
        command = commands.add_parser(
            name, help=summary, formatter_class=RawDescriptionHelpFormatter
        )
        if name in wanted:
            module = import_module(_module(name))
            command.description = f"{summary[0].upper()}{summary[1:]}."
            command.epilog = getattr(module, "EXAMPLES", None)
            module.add_arguments(command)
            command.set_defaults(run=module.run, command=command)
    return parser


def _module(command: str) -> str:
    """The full name of a command's module."""
    name = _OTHERWISE_CALLED.get(command, command.replace("-", "_"))
    module = f"livebook_ls.cli.{name}"
    return f"{module}.command" if command in _FOLDERS else module
