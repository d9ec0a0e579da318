"""`watch`: the sessions of notebooks follow their files, whoever writes those."""

from __future__ import annotations

import asyncio
import hashlib
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable
from contextlib import aclosing
from dataclasses import replace
from functools import partial

from livebook_ls import clock
from livebook_ls.cli.arguments import livebook_address, notebook_files
from livebook_ls.cli.terminal import complain
from livebook_ls.cli.watch import event_lines
from livebook_ls.livebook import paths
from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.folder_events import notice
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.workspace.gitignore import Ignoring, is_rules
from livebook_ls.workspace.walking import folders_below

EXAMPLES = """examples:
  livebook-ls watch                  notebooks that have a session, as they change
  livebook-ls watch --open notes/    open a session for each notebook that changes
  livebook-ls watch --json | jq .    each event as a JSON object a line

Only what changes while it runs is synced, guarded as in an editor. Ctrl-C ends it.
"""
# Editors that replace a file may leave it missing for a moment.
_GONE_FOR_S = 0.5


def add_arguments(parser: ArgumentParser) -> None:
    """What `watch` takes."""
    notebook_files.add_arguments(parser)
    parser.add_argument("--open", action="store_true", help="open sessions as files change")
    parser.add_argument(
        "--anyway", action="store_true", help="sync also what Livebook would lose a part of"
    )
    parser.add_argument("--json", action="store_true", help="a JSON object a line")
    parser.add_argument("--quiet", action="store_true", help="tell only what went wrong")
    livebook_address.add_arguments(parser)


def run(options: Namespace) -> int:
    """Watch until Ctrl-C, or until nobody reads what is told; 1 where what is named is not there.

    Raises OSError where an event can't be written.
    """
    problems = notebook_files.find(options.paths).problems
    for problem in problems:
        complain(problem)
    if problems:
        return 1
    settings = livebook_address.settings(options)
    mode = OpenOnDidOpen.ALWAYS if options.open else OpenOnDidOpen.NEVER
    try:
        asyncio.run(_watch(options, replace(settings, open_on_did_open=mode)))
    except KeyboardInterrupt:
        return 0
    return 0


async def _watch(options: Namespace, settings: Settings) -> None:
    unheard: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    lines = event_lines.Lines(
        as_json=options.json, is_quiet=options.quiet, failed=unheard.set_exception
    )
    notebooks = Notebooks(settings, os.environ, lines.tell)
    watching = _Watching(options.paths or ["."], notebooks, lines, holds_nothing=options.anyway)
    looking = asyncio.create_task(watching.run())
    try:
        await asyncio.wait((looking, unheard), return_when=asyncio.FIRST_COMPLETED)
        await (unheard if unheard.done() else looking)
    finally:
        looking.cancel()
        await notebooks.close()


class _Watching:
    """The notebooks below what is named, and what they held when they were last looked at."""

    def __init__(
        self,
        named: list[str],
        notebooks: Notebooks,
        lines: event_lines.Lines,
        *,
        holds_nothing: bool,
    ) -> None:
        self.named = named
        self.notebooks = notebooks
        self.lines = lines
        self.holds_nothing = holds_nothing
        # By real path: the path that Livebook knows, the file's version, and its content's digest.
        self.names: dict[str, str] = {}
        self.versions: dict[str, notebook_file.Version | None] = {}
        self.digests: dict[str, bytes] = {}
        self.folders: frozenset[str] = frozenset()

    async def run(self) -> None:
        """Look, and look again at whatever is noticed; new folders are watched too."""
        for real in self.find():
            self.remember(real)
        self.lines.begin(len(self.names))
        while True:
            async with aclosing(notice(sorted(self.folders))) as noticed:
                async for changed in noticed:
                    if self.account(changed):
                        break

    def account(self, changed: frozenset[str]) -> bool:
        """Follow what has changed; whether other folders than before are to be watched."""
        before = self.folders
        known = [it for it in changed if it in self.names]
        if not changed or any(map(self.is_of_interest, changed - self.names.keys())):
            # Something came, or a folder or rules changed.
            known = self.find()
        for real in known:
            self.look(real)
        return self.folders != before

    def is_of_interest(self, path: str) -> bool:
        """Whether the change of something that is no notebook of ours may mean more of them."""
        is_folder = path in self.folders or os.path.isdir(path)
        return is_folder or paths.is_notebook(path) or is_rules(path)

    def find(self) -> list[str]:
        """All notebooks there are, and were, by their real paths; the folders they are in."""
        found = {
            os.path.realpath(it): paths.expanded(it)
            for it in notebook_files.find(self.named).notebooks
        }
        self.names |= found
        self.folders = frozenset(_folders(self.named, found))
        return list(self.names)

    def look(self, real: str) -> None:
        """Have the session follow, where the file's content is another than before."""
        version = notebook_file.version(real)
        if version is None:
            clock.later(_GONE_FOR_S, partial(self.forget, real))
        elif version != self.versions.get(real) and self.remember(real):
            self.notebooks.follow(self.names[real], holds_nothing=self.holds_nothing)

    def remember(self, real: str) -> bool:
        """Take note of the file as it is; whether its content is another than before."""
        try:
            snapshot = notebook_file.read(real)
        except OSError:
            # Whether that is worth telling, the sync will find out.
            return True
        digest = hashlib.sha256(snapshot.data).digest()
        before = self.digests.get(real)
        self.versions[real], self.digests[real] = snapshot.version, digest
        return digest != before

    def forget(self, real: str) -> None:
        """Let go of a notebook whose file is still gone."""
        if notebook_file.version(real) is None and (name := self.names.pop(real, None)) is not None:
            self.versions.pop(real, None)
            self.digests.pop(real, None)
            self.notebooks.did_close(name)
            self.lines.tell_gone(name)


def _folders(named: Iterable[str], found: Iterable[str]) -> Iterable[str]:
    """The folders that are searched, and those in which files are that were found or named."""
    for path in named:
        real = os.path.realpath(path)
        if os.path.isdir(real):
            yield from folders_below(real, Ignoring(real))
        elif os.path.isdir(os.path.dirname(real)):
            yield os.path.dirname(real)
    yield from {folder for it in found if os.path.isdir(folder := os.path.dirname(it))}
