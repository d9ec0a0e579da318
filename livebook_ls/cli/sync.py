"""`sync`: the sessions of notebooks follow their files."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from livebook_ls.cli.arguments import livebook_address
from livebook_ls.cli.link_words import told_of
from livebook_ls.cli.many import one_by_one
from livebook_ls.cli.terminal import printable
from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.settings import OpenOnDidOpen
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

EXAMPLES = """examples:
  livebook-ls sync analysis.livemd    make its session follow the file, guarded as in an editor
  livebook-ls sync --quiet notes/     the same for all notebooks there; tell only what went wrong
  livebook-ls sync --take mine analysis.livemd    where the browser's edits conflict with the file

What was edited in the browser meanwhile is merged into the file. Where both changed the same, the
file and the session stay as they are, and the exit code is 1: --take says which side counts.
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
    parser.add_argument(
        "--take",
        choices=[it.value for it in Take],
        help="settle conflicts with the browser's edits: yours, theirs, or both, one after the "
        "other as cells",
    )
    parser.add_argument("--quiet", action="store_true", help="tell only what went wrong")


def run(options: Namespace) -> int:
    """Sync each notebook; one without a session is told."""

    def report(file: str, link: NotebookLink) -> None:
        if not options.quiet and not one_by_one.losses(link):
            print(printable(f"{file}: {told_of(link)}"))

    sync = Notebooks.sync_anyway if options.anyway else Notebooks.sync
    take = Take(options.take) if options.take else None

    async def operation(notebooks: Notebooks, path: str) -> NotebookLink:
        link = await sync(notebooks, path)
        if link.merge is not None and take is not None:
            await notebooks.operations.settle_merge(link, None, take)
        return link

    settings = livebook_address.settings(options)
    settings = replace(settings, open_on_did_open=OpenOnDidOpen.NEVER)
    done_anyway = "Synced all the same." if options.anyway else None
    return one_by_one.run(options.files, settings, operation, report, done_anyway)
