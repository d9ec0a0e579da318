"""`sync`: the sessions of notebooks follow their files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from livebook_ls.cli import one_by_one
from livebook_ls.cli.arguments import livebook_address
from livebook_ls.cli.terminal import printable
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

EXAMPLES = """examples:
  livebook-ls sync analysis.livemd    make its session follow the file, guarded as in an editor
  livebook-ls sync --quiet notes/     the same for all notebooks there; tell only what went wrong
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `sync` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument(
        "files", nargs="+", metavar="PATH", help="notebooks, or folders that are searched for them"
    )
    parser.add_argument(
        "--anyway", action="store_true", help="sync also what Livebook would lose a part of"
    )
    parser.add_argument("--quiet", action="store_true", help="tell only what went wrong")


def run(options: Namespace) -> int:
    """Sync each notebook; one without a session is told."""

    def report(link: NotebookLink) -> None:
        if not options.quiet:
            print(printable(f"{link.path}: {link.sentence}"))

    operation = Notebooks.sync_anyway if options.anyway else Notebooks.sync
    return one_by_one.run(options.files, livebook_address.settings(options), operation, report)
