"""`diff`: what changed from one notebook to another, cell by cell, without outputs and stamps."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, Namespace

from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.arguments.notebook_versions import UnreadableVersion, read
from livebook_ls.cli.diff.external import as_git_calls
from livebook_ls.cli.diff.report import change_lines, described
from livebook_ls.cli.terminal import BOLD, painter, printable
from livebook_ls.notebook.merging.comparison import compare
from livebook_ls.notebook.merging.plain_text import without_outputs

EXAMPLES = """examples:
  livebook-ls diff old.livemd new.livemd
  livebook-ls diff old.livemd new.livemd --json
  livebook-ls diff --textconv notebook.livemd    for git: the text without outputs and stamp

`livebook-ls merge-driver --install` lets `git diff` leave out outputs and stamps too. Cell by cell:

  GIT_EXTERNAL_DIFF="livebook-ls diff" git diff -- "*.livemd"
  git difftool --no-prompt --extcmd "livebook-ls diff --json" HEAD~3 -- "*.livemd"
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `diff` takes."""
    parser.add_argument("files", metavar="FILE", nargs="+", help="the old notebook and the new one")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--json", action="store_true", help="print the changes as JSON")
    how.add_argument("--textconv", action="store_true", help="print a notebook as git compares it")
    parser.add_argument("--exit-code", action="store_true", help="1 where anything changed")


def run(options: Namespace) -> int:
    """Print what changed; 1 where a file can't be read, and with `--exit-code` for any change."""
    by_git = None if options.textconv else as_git_calls(options.files)
    if by_git is not None and not options.json:
        said = "" if by_git.versions else " (its merge is not settled)"
        print(painter()(f"{printable(by_git.name)}{said}\n", BOLD))
    if by_git is not None and by_git.versions is None:
        return 0
    files = by_git.versions if by_git and by_git.versions else options.files
    if len(files) != (1 if options.textconv else 2):
        raise Misuse("two notebooks are compared, and one is printed by --textconv")
    try:
        texts = [read(it) for it in files]
    except UnreadableVersion as error:
        print(error, file=sys.stderr)
        return 1
    if options.textconv:
        sys.stdout.buffer.write(without_outputs(texts[0]).encode("utf-8"))
        return 0
    changes = compare(*texts)
    if options.json:
        print(json.dumps([described(it, *texts) for it in changes], ensure_ascii=False))
    else:
        paint = painter()
        for change in changes:
            print("\n".join(change_lines(change, *texts, paint=paint)))
    return int(bool(changes) and options.exit_code)
