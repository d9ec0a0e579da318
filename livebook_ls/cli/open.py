"""`open`: the sessions of notebooks, and their addresses."""

from __future__ import annotations

import webbrowser
from argparse import ArgumentParser, Namespace
from dataclasses import replace
from pathlib import Path

from livebook_ls.cli.arguments import livebook_address
from livebook_ls.cli.many import one_by_one
from livebook_ls.cli.terminal import complain, printable
from livebook_ls.settings import Guard
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

EXAMPLES = """examples:
  livebook-ls open analysis.livemd              print the session's address
  livebook-ls open --browser analysis.livemd    and show it
  livebook-ls open notes/                       a line for each notebook, with its name before it
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `open` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument(
        "files", nargs="+", metavar="PATH", help="notebooks, or folders that are searched for them"
    )
    parser.add_argument(
        "--anyway",
        action="store_true",
        help="open also where Livebook would take something from the file",
    )
    parser.add_argument("--browser", action="store_true", help="show them in the browser too")


def run(options: Namespace) -> int:
    """Open the sessions, print their addresses, and show them where that was asked for."""

    def report(file: str, link: NotebookLink) -> None:
        print(link.url if is_one else printable(f"{file}: {link.url}"))
        if link.login:
            complain(link.login.sentence)
        if options.browser and link.url:
            webbrowser.open(link.url)

    is_one = len(options.files) == 1 and not Path(options.files[0]).is_dir()
    settings = livebook_address.settings(options)
    if options.anyway:
        return one_by_one.run(
            options.files, settings, Notebooks.open_anyway, report, "Opened all the same."
        )
    # An editor shows beforehand what an open would drop; a terminal must not do it in silence.
    strict = replace(settings, guard=Guard.STRICT)
    return one_by_one.run(options.files, strict, Notebooks.open, report)
