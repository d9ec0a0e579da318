"""`merge-driver`: what git calls to merge a notebook, and how git is told to."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path

from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.arguments.notebook_versions import UnreadableVersion, read
from livebook_ls.cli.merge.conflict_lines import STALE
from livebook_ls.cli.merge.renewal import renewed
from livebook_ls.cli.terminal import printable
from livebook_ls.notebook.merging.lines.markers import MARKER_SIZE
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.sync.disk.file_beside import beside

EXAMPLES = """examples:
  livebook-ls merge-driver --install             notebooks of this repository
  livebook-ls merge-driver --install --global    all your notebooks
  livebook-ls merge-driver --uninstall

Git then merges and compares notebooks cell by cell. Where livebook-ls is missing or fails, git's
own merge is what happens, so that nobody needs it. Whoever clones the repository gets its
.gitattributes, and says --install once to have the driver too.
"""
# Nobody reads longer ones, and our line in git's configuration could not look for them.
_MOST_MARKER_SIZE = 1_000
# Git takes this for "could not merge", and our line in its configuration for "let git do it".
_FAILED = 2


def add_arguments(parser: ArgumentParser) -> None:
    """What `merge-driver` takes."""
    parser.add_argument(
        "files", metavar="FILE", nargs="*", help="git's BASE, OURS, THEIRS and the notebook's name"
    )
    parser.add_argument("--marker-size", type=_marker_size, default=MARKER_SIZE, metavar="N")
    how = parser.add_mutually_exclusive_group()
    how.add_argument("--install", action="store_true", help="let git merge notebooks so")
    how.add_argument("--uninstall", action="store_true", help="let git merge as it did")
    parser.add_argument(
        "--global", action="store_true", dest="everywhere", help="for all your repositories"
    )


def run(options: Namespace) -> int:
    """Merge into the file OURS: 0 without conflicts, 1 with markers at them, 2 where it failed."""
    if options.install or options.uninstall:
        from livebook_ls.cli.merge_driver import installation

        return installation.run(
            is_wanted=options.install, is_for_all=options.everywhere, folder=Path.cwd()
        )
    if len(options.files) not in (3, 4):
        raise Misuse("git calls this with BASE, OURS, THEIRS and the notebook's name")
    base, ours, theirs, *name = options.files
    return _merge_into(ours, base, theirs, name[0] if name else ours, options.marker_size)


def _marker_size(text: str) -> int:
    try:
        size = int(text)
    except ValueError:
        raise ArgumentTypeError("a number is expected, as in 7") from None
    if size > _MOST_MARKER_SIZE:
        raise ArgumentTypeError(f"at most {_MOST_MARKER_SIZE}, or git's own merge makes them")
    # As git has it.
    return size if size > 0 else MARKER_SIZE


def _replace(file: Path, data: bytes) -> None:
    """Write the file whole or not at all. Raises OSError."""
    with beside(file) as (opened, new):
        opened.write(data)
        opened.close()
        new.replace(file)


def _merge_into(ours: str, base: str, theirs: str, name: str, marker_size: int) -> int:
    try:
        one, other = read(ours), read(theirs)
        merged = merge(read(base), one, other)
        result = merged.resolved({})
        if merged.is_clean:
            result = renewed(result, (one, other))
            text = result.text
        else:
            text = merged.marked({}, marker_size)
            if text == result.text:
                # Sides that can't be told apart by lines are git's own to tell apart.
                return _FAILED
        _replace(Path(ours), text.encode("utf-8"))
    except OSError as error:
        # Git's own merge comes next, and still finds our side whole.
        print(f"{printable(name)}: not written: {error.strerror}", file=sys.stderr)
        return _FAILED
    except UnreadableVersion as error:
        # The file has a name of git's own.
        print(f"{printable(name)}: {error.reason}", file=sys.stderr)
        return _FAILED
    if result.is_stale:
        print(f"{printable(name)}: {STALE}", file=sys.stderr)
    return 0 if merged.is_clean else 1
