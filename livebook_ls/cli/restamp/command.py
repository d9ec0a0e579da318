"""`restamp`: which notebooks need a new stamp, and what became of each."""

from __future__ import annotations

import asyncio
import os
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence

from livebook_ls.cli import terminal
from livebook_ls.cli.arguments import livebook_address, notebook_files
from livebook_ls.cli.arguments.misuse import Misuse
from livebook_ls.cli.earlier_texts import EarlierTexts
from livebook_ls.cli.restamp.older_versions import broken_by_commits, fitting_version
from livebook_ls.cli.terminal import BOLD, complain, printable
from livebook_ls.livebook.errors import FileRefused, LivebookError
from livebook_ls.sync.canonical.before_save import Form
from livebook_ls.sync.canonical.on_request import Forms
from livebook_ls.sync.disk import notebook_file, regular_file
from livebook_ls.sync.disk.git_repository import ChangedNotebook, Changes, GitFailed, Repository
from livebook_ls.sync.failures import of_error
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.telling import findings
from livebook_ls.workspace.gitignore import repository_of

EXAMPLES = """examples:
  livebook-ls restamp                    what differs from the last commit, or was merged in it
  livebook-ls restamp --staged           what is staged, as a git hook before each commit
  livebook-ls restamp --base main        what differs from another branch
  livebook-ls restamp --check            change nothing; exit code 1 where a stamp is stale

Only notebooks that had a stamp in the commit are looked at, and those whose stamp is that of an
older version, as merges and rebases leave it. A running Livebook signs them,
with the secrets' names, file access and app password that the old stamp holds.
"""


def add_arguments(parser: ArgumentParser) -> None:
    """What `restamp` takes."""
    notebook_files.add_arguments(parser)
    parser.add_argument("--check", action="store_true", help="change nothing, only tell")
    parser.add_argument(
        "--base", default="HEAD", metavar="REV", help="the commit that has the valid stamps"
    )
    parser.add_argument(
        "--staged", action="store_true", help="what is staged, and files that are as staged"
    )
    parser.add_argument(
        "--force", action="store_true", help="also where Livebook's form loses something"
    )
    parser.add_argument("--quiet", action="store_true", help="tell only what went wrong")
    livebook_address.add_arguments(parser)


def run(options: Namespace) -> int:
    """Restamp what git says has changed; 1 where that failed, or with `--check` is needed."""
    if options.base.startswith("-"):
        raise Misuse("--base takes a commit, a branch or a tag")
    found = notebook_files.find(options.paths)
    for problem in found.problems:
        complain(problem)
    named = [os.path.realpath(it) for it in options.paths or ["."] if os.path.lexists(it)]
    restamping = _Restamping(options, named)
    repositories = list(_repositories(named, found.notebooks))
    if not repositories and not found.problems:
        restamping.fail("This is no git repository, and so there are no old sources.")
    code = asyncio.run(restamping.all(repositories))
    return 1 if found.problems else code


class _Restamping:
    """One run: what was asked for, and how it goes."""

    def __init__(self, options: Namespace, named: Sequence[str]) -> None:
        self.options = options
        self.named = named
        self.paint = terminal.painter()
        self.code = 0
        self.earlier = EarlierTexts()

    async def all(self, repositories: Sequence[str]) -> int:
        """Restamp each notebook; one that fails does not stop the next."""
        forms = Forms(livebook_address.settings(self.options), os.environ)
        try:
            for top in repositories:
                try:
                    await self.repository(forms, Repository(top))
                except GitFailed as error:
                    self.fail(f"{_shown(top)}: {error}")
        except LivebookError as error:
            self.fail(error.sentence)
        finally:
            forms.close()
        return self.code

    async def repository(self, forms: Forms, repository: Repository) -> None:
        commit = repository.commit(self.options.base)
        if commit is None:
            if self.options.base != "HEAD":
                self.fail(f"{_shown(repository.top)}: There is no commit {self.options.base}.")
            return
        unmerged = repository.unmerged()
        for name in sorted(it for it in unmerged if self.is_meant(repository, it)):
            self.fail(f"{_file(repository, name)}: Its merge is not settled.")
        is_staged = self.options.staged
        changes = repository.staged_changes(commit) if is_staged else repository.changes(commit)
        for change in _with_renamed(repository, changes):
            if change.name not in unmerged and self.is_meant(repository, change.name):
                await self.change(forms, repository, change, commit)
        if self.options.base == "HEAD" and not is_staged:
            names = sorted(repository.unchanged(commit) - unmerged)
            meant = (it for it in names if self.is_meant(repository, it))
            for change in broken_by_commits(repository, commit, meant):
                await self.change(forms, repository, change, commit)
        if is_staged and not self.options.check:
            repository.refresh()

    async def change(
        self, forms: Forms, repository: Repository, change: ChangedNotebook, commit: str
    ) -> None:
        file = _file(repository, change.name)
        old = _text(repository.blob(change.old_blob))
        if old is None or not NotebookText(old).has_stamp:
            return
        try:
            seen = _read_if_there(file)
        except OSError as error:
            reason = (error.strerror or type(error).__name__).lower()
            self.fail(f"{file}: {findings.file_unreadable_here(reason).sentence}")
            return
        if change.blob is not None:
            data = repository.blob(change.blob)
        elif seen is not None:
            data = seen.data
        else:
            # It is outside of a sparse checkout, or gone by now.
            return
        text = _text(data)
        if text is None:
            self.fail(f"{file}: {findings.not_utf8().sentence}")
            return
        form = await self.form(forms, text, old)
        if form.text in (None, text):
            older = fitting_version(repository, commit, change.name, old.encode("utf-8"))
            if older is not None and (valid := _text(repository.blob(older))) is not None:
                form = await self.form(forms, text, valid)
        if form.text is None:
            self.fail(f"{file}: {form.why_not.sentence if form.why_not else ''}")
        elif form.text != text:
            self.write(repository, change, seen, form.text.encode("utf-8"))

    async def form(self, forms: Forms, text: str, old: str) -> Form:
        """The text restamped; also where that loses something, if that was asked for."""
        try:
            form = await forms.restamped(text, old)
            if form.text is None and self.options.force:
                form = await forms.restamped_anyway(text, old)
        except FileRefused as error:
            return Form(None, of_error(error))
        return form

    def write(
        self,
        repository: Repository,
        change: ChangedNotebook,
        seen: notebook_file.Snapshot | None,
        data: bytes,
    ) -> None:
        file = _file(repository, change.name)
        if self.options.check:
            self.code = 1
            self.tell(file, "its stamp is stale")
            return
        is_same = True
        if self.options.staged:
            # A file with other changes than the staged ones is its author's to restamp.
            is_same = seen is not None and repository.is_as_staged(change, seen.data)
            repository.stage(change.name, change.mode, data)
        why_not = None
        if is_same and seen is not None:
            why_not = self.earlier.replace(file, seen, data)
        if why_not is not None:
            self.fail(f"{file}: Left alone, for {why_not}.")
        else:
            self.tell(file, "restamped")

    def is_meant(self, repository: Repository, name: str) -> bool:
        """Whether the arguments name the file or a folder above it."""
        path = os.path.join(os.path.realpath(repository.top), name)
        return any(path == it or path.startswith(os.path.join(it, "")) for it in self.named)

    def tell(self, file: str, what: str) -> None:
        if not self.options.quiet:
            print(f"{self.paint(printable(file), BOLD)}: {what}")

    def fail(self, sentence: str) -> None:
        complain(sentence)
        self.code = 1


def _repositories(named: Sequence[str], notebooks: Sequence[str]) -> Iterator[str]:
    """The repositories of what is named and of the notebooks below, submodules among them."""
    folders = [it if os.path.isdir(it) else os.path.dirname(it) for it in named]
    folders += [os.path.dirname(os.path.realpath(it)) for it in notebooks]
    tops = (repository_of(folder) for folder in dict.fromkeys(folders))
    yield from dict.fromkeys(top for top in tops if top is not None)


def _with_renamed(repository: Repository, changes: Changes) -> Iterator[ChangedNotebook]:
    """What has changed; a new notebook with the stamp of one that is gone is that one, renamed."""
    yield from changes.changed
    if not changes.new or not changes.gone:
        return
    stamps = {stamp: blob for blob in changes.gone if (stamp := _stamp(repository.blob(blob)))}
    for change in changes.new:
        if change.blob is not None:
            data = repository.blob(change.blob)
        else:
            try:
                data = regular_file.read(os.path.join(repository.top, change.name))
            except OSError:
                continue
        old = stamps.get(_stamp(data))
        if old is not None:
            yield ChangedNotebook(
                name=change.name, mode=change.mode, old_blob=old, blob=change.blob
            )


def _stamp(data: bytes) -> str:
    """The stamp's own text, which no two notebooks share; empty without one."""
    text = _text(data)
    stamp = NotebookText(text).notebook.stamp if text is not None else None
    return repr(stamp.value) if stamp is not None else ""


def _read_if_there(file: str) -> notebook_file.Snapshot | None:
    return notebook_file.read(file) if os.path.lexists(file) else None


def _text(data: bytes) -> str | None:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _file(repository: Repository, name: str) -> str:
    return _shown(os.path.join(repository.top, name))


def _shown(path: str) -> str:
    """The path from the current folder, where it is below that."""
    here = os.path.join(os.getcwd(), "")
    return path[len(here) :] if path.startswith(here) else path
