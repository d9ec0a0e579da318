"""`restore`: the last versions of a notebook, and one of them put back into its file."""

from __future__ import annotations

import json
import os
import sys
from argparse import ArgumentParser, Namespace
from datetime import datetime

from livebook_ls.cli import terminal
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.earlier_texts import replace
from livebook_ls.cli.terminal import BOLD, printable
from livebook_ls.livebook import paths
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.state_folder import StateFolder
from livebook_ls.sync.keeping.version_files import KeptVersion, VersionOrigin
from livebook_ls.sync.telling import findings

EXAMPLES = """examples:
  livebook-ls restore analysis.livemd            list the versions that were kept, the newest first
  livebook-ls restore analysis.livemd 2          put the second of them back into the file
  livebook-ls restore analysis.livemd 2 --print  only print it

What the file has now is kept before, so that a restore can be undone by another. For 14 days a
version is kept whenever a notebook is saved, synced or overwritten, for you alone.
"""
_NO_TEXT = (
    "Left alone, for it is not UTF-8, so that what it has could not be had back. Move it away, and "
    "restore again."
)
_NOT_KEPT = (
    "Left alone, for what it has can't be kept, and could not be had back. Make room in your state "
    "folder or have it written again, or move the file away, and restore again."
)


def add_arguments(parser: ArgumentParser) -> None:
    """What `restore` takes."""
    parser.add_argument("file", metavar="FILE", help="a notebook, also one that is gone")
    parser.add_argument(
        "number", nargs="?", type=int, metavar="NUMBER", help="which version, as they are listed"
    )
    parser.add_argument("--print", action="store_true", help="print the version, change nothing")
    parser.add_argument("--json", action="store_true", help="list the versions as JSON")


def run(options: Namespace) -> int:
    """List the versions, print one, or put one back; 1 where there is none, or it can't be."""
    if options.json and (options.number is not None or options.print):
        raise Misuse("--json lists the versions: leave NUMBER and --print away")
    if options.print and options.number is None:
        raise Misuse("--print prints one of the versions: say its NUMBER")
    path = paths.expanded(options.file)
    kept = KeptTexts(StateFolder(os.environ))
    versions = kept.versions(path)
    if options.number is None:
        return _list(options, versions)
    if not 1 <= options.number <= len(versions):
        return _fail(options.file, f"There is no version {options.number}, of {len(versions)}.")
    chosen = versions[options.number - 1]
    text = kept.text(chosen)
    if text is None:
        return _fail(options.file, "That version is gone by now.")
    if options.print:
        print(text, end="")
        return 0
    data = text.encode("utf-8", "surrogatepass")
    return _put_back(options.file, path, kept, chosen, data)


def _list(options: Namespace, versions: tuple[KeptVersion, ...]) -> int:
    if options.json:
        listed = [
            {"number": number, "time": it.kept_s, "origin": it.origin.value, "bytes": it.size}
            for number, it in enumerate(versions, 1)
        ]
        print(json.dumps(listed))
        return 0
    if not versions:
        return _fail(options.file, "Nothing of this notebook was kept that could be restored.")
    paint = terminal.painter()
    for number, it in enumerate(versions, 1):
        words = f"{_when(it)}  {it.size:8} bytes  {it.origin.words}"
        print(f"{paint(f'{number:3}', BOLD)}  {words}")
    print(f"`livebook-ls restore {printable(options.file)} NUMBER` puts one back.", file=sys.stderr)
    return 0


def _put_back(file: str, path: str, kept: KeptTexts, chosen: KeptVersion, data: bytes) -> int:
    try:
        seen = notebook_file.read(path)
    except FileNotFoundError:
        return _make_again(file, path, chosen, data)
    except OSError as error:
        reason = (error.strerror or type(error).__name__).lower()
        return _fail(file, findings.file_unreadable_here(reason).sentence)
    if seen.text is None:
        return _fail(file, _NO_TEXT)
    # An editor's server that sees it in the file knows so that no session has written it.
    kept.keep(path, data.decode("utf-8", "surrogatepass"), VersionOrigin.FOUND, spared=chosen)
    # Until it is written, the version that was chosen has no other place.
    if not kept.keep(path, seen.text, VersionOrigin.FOUND, spared=chosen):
        return _fail(file, _NOT_KEPT)
    if why_not := replace(path, seen, data):
        names = [it.name for it in kept.versions(path)]
        is_there = chosen.name in names
        now = f" The version has number {names.index(chosen.name) + 1} now." if is_there else ""
        return _fail(file, f"Left alone, for {why_not}.{now}")
    print(f"{printable(file)}: restored {_of(chosen)}. Its session follows with the next sync.")
    return 0


def _make_again(file: str, path: str, chosen: KeptVersion, data: bytes) -> int:
    """Make a file that is gone."""
    try:
        notebook_file.make(path, data)
    except OSError as error:
        return _fail(file, f"It can't be written: {(error.strerror or '').lower()}.")
    print(f"{printable(file)}: restored {_of(chosen)}; the file was gone.")
    return 0


def _of(version: KeptVersion) -> str:
    # What was kept since the list was read has moved the numbers.
    return f"the version of {_when(version)}, {version.origin.words}"


def _when(version: KeptVersion) -> str:
    return datetime.fromtimestamp(version.kept_s).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _fail(file: str, sentence: str) -> int:
    print(f"{printable(file)}: {sentence}", file=sys.stderr)
    return 1
