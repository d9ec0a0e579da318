"""`sync`: the sessions of notebooks follow their files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace

from livebook_ls.cli import each, livebook_address
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks


def add_arguments(parser: ArgumentParser) -> None:
    """What `sync` takes."""
    livebook_address.add_arguments(parser)
    parser.add_argument("files", nargs="+", metavar="FILE")


def run(options: Namespace) -> int:
    """Sync each notebook; one without a session is told."""

    def report(link: NotebookLink) -> None:
        print(f"{link.path}: {link.sentence}")

    return each.run(options.files, livebook_address.settings(options), Notebooks.sync, report)
