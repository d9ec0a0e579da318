"""Each notebook opened, run and told; its file is left as it was, or its copy with outputs."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from argparse import Namespace
from collections.abc import Collection
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from livebook_ls.cli.arguments import notebook_files
from livebook_ls.cli.link_words import line_of, told_of
from livebook_ls.cli.run import selection, working_copy
from livebook_ls.cli.run.following import Following
from livebook_ls.cli.run.json_lines import JsonReport
from livebook_ls.cli.run.others_saves import OthersSaves
from livebook_ls.cli.run.patience import OutOfPatience, Patience
from livebook_ls.cli.run.report import Report, TextReport
from livebook_ls.cli.run.selection import NoSuchCells
from livebook_ls.cli.run.working_copy import NoCopy, WorkingCopy
from livebook_ls.cli.terminal import complain
from livebook_ls.livebook import paths
from livebook_ls.livebook.errors import LivebookError, TimedOut
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.running import outcome
from livebook_ls.running.outcome import RunEnd
from livebook_ls.running.runner import Runner
from livebook_ls.settings import OpenOnDidOpen, Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.turns import TurnTakenError
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling import session_findings
from livebook_ls.sync.telling.command_words import in_terminal_words

_A_FOLDER = "This is a folder: name the notebooks in it."
_NOT_UTF8 = "This is not UTF-8, so Livebook could not open it."
# Who has waited enough waits so long for what is to be in the files that are left.
_LEAVES_S = 2.0
_WELL = frozenset({RunEnd.DONE, RunEnd.NOTHING})


async def run_all(options: Namespace, settings: Settings) -> int:
    """The exit code of running all notebooks that are named."""
    # Sessions are opened where the command says so, and not by a sync that finds one gone.
    settings = replace(settings, open_on_did_open=OpenOnDidOpen.NEVER)
    notebooks = Notebooks(settings, os.environ, lambda _: None)
    report: Report = JsonReport() if options.json else TextReport(is_quiet=options.quiet)
    front = _Front(options, notebooks, Runner(notebooks), report)
    found = [it for it in options.files if front.is_notebook(it)]
    # The others are told.
    code = int(len(found) < len(options.files))
    try:
        if options.start and found:
            started = await notebooks.start_livebook()
            if not started.is_done:
                complain(started.sentence)
                return 1
        code = max([code, *[await front.run(it) for it in found]])
    finally:
        if options.start and found:
            await notebooks.stop_livebook()
        await notebooks.close()
    if front.is_late:
        # A request to Livebook may hang in a thread, and nobody waits for that.
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)
    return code


@dataclass(slots=True)
class _Front:
    """The command at work."""

    options: Namespace
    notebooks: Notebooks
    runner: Runner
    report: Report
    # Whether a notebook took longer than it may.
    is_late: bool = False

    def is_notebook(self, file: str) -> bool:
        """Whether this may be run; else it is told why not."""
        sentence = _A_FOLDER if Path(file).is_dir() else notebook_files.why_not(file)
        if sentence is not None:
            self._refused(file, sentence)
        return sentence is None

    async def run(self, file: str) -> int:
        """Run one notebook; its exit code."""
        path = paths.expanded(file)
        patience = Patience(self.options.timeout)
        try:
            before = notebook_file.read(path)
            if before.text is None:
                return self._refused(file, _NOT_UTF8)
            chosen = selection.select(self.options, parse(before.text))
            copy = self._copy(file, before.text)
        except OSError as error:
            return self._refused(file, f"{error.strerror}.")
        except NoSuchCells as error:
            return self._refused(file, str(error))
        except NoCopy as error:
            return self._refused(error.file, error.sentence)
        own = copy.path if copy else path
        text = copy.text if copy else before.text
        follow = Following(self.runner, self.report, own, text, file, before.text)
        try:
            return await self._run(file, follow, chosen, copy, before, patience)
        finally:
            self.is_late |= patience.is_over

    async def _run(
        self,
        file: str,
        follow: Following,
        chosen: selection.Selection,
        copy: WorkingCopy | None,
        before: notebook_file.Snapshot,
        patience: Patience,
    ) -> int:
        # The runner uses the same link, and so knows what we know of the session.
        path = copy.path if copy else paths.expanded(file)
        link = self.notebooks.links.setdefault(path, self.notebooks.link(path))
        link.follows_disk = True
        try:
            async with patience.bound():
                await self._bring(link, copy)
        except OutOfPatience:
            sentence = outcome.NOT_BEGUN.format(seconds=patience.seconds)
            self.report.end(file, RunEnd.TIMED_OUT, sentence, ())
            return 1
        if link.state not in ARRIVED:
            line = line_of(link.findings[0], link) if link.findings else None
            return self._refused(file, told_of(link), line)
        if copy is None:
            not_kept = ""
            try:
                done = await follow.run(chosen, patience)
            finally:
                await self._leave_as_it_was(link, before, _LEAVES_S if patience.is_over else None)
        else:
            session = partial(self._session, link, patience)
            async with OthersSaves(path, copy.text, link.version, session) as others:
                done = await follow.run(chosen, patience)
                not_kept = await self._keep(copy, others)
        told = list(follow.told.values())
        sentence = f"{done.sentence} {not_kept}" if patience.is_over else not_kept or done.sentence
        output = None if not_kept else self.options.output
        self.report.end(file, done.end, in_terminal_words(sentence.rstrip()), told, output=output)
        is_well = done.end in _WELL and not any(it.is_failure for it in told)
        return 0 if is_well and not not_kept else 1

    async def _bring(self, link: NotebookLink, copy: WorkingCopy | None) -> None:
        """Have a session hold what is to be run."""
        if copy is not None:
            # The session of an earlier run may still save over it.
            link.was_saved(copy.text)
            await self.notebooks.operations.sync(link, copy.text)
        if link.state not in ARRIVED:
            await self.notebooks.operations.open(link)

    def _copy(self, file: str, text: str) -> WorkingCopy | None:
        if self.options.output is None:
            return None
        values = dict(self.options.param)
        return working_copy.make(
            text, file, self.options.output, values, replaces=self.options.force
        )

    async def _session(self, link: NotebookLink, patience: Patience) -> tuple[str, Collection[str]]:
        """What the session holds, with its outputs, and what was lately typed there."""
        bound = asyncio.timeout(_LEAVES_S if patience.is_over else None)
        try:
            async with bound:
                session = await self.notebooks.live.joined(link)
                return await session.export(), self.notebooks.live.typed(link)
        except TimeoutError:
            if not bound.expired():
                raise
            raise TimedOut(_LEAVES_S) from None

    async def _keep(self, copy: WorkingCopy, others: OthersSaves) -> str:
        """Leave the outputs in the copy; what stood in the way of that."""
        try:
            await copy.finish(others)
        except LivebookError as error:
            return error.sentence
        except TurnTakenError:
            return f"{copy.path}: {session_findings.busy_elsewhere().sentence}"
        except NoCopy as error:
            return str(error)
        except OSError as error:
            return f"{copy.path}: {error.strerror}."
        return ""

    async def _leave_as_it_was(
        self, link: NotebookLink, before: notebook_file.Snapshot, within_s: float | None
    ) -> None:
        """Have Livebook write what it would write after we are gone, then put the file back."""
        if link.has_session and link.awaits_write_back:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(within_s):
                    await self.notebooks.operations.sync(link)
        try:
            now = notebook_file.read(link.path)
        except OSError:
            # Whoever took it away, or put something else there, did so on purpose.
            return
        if now.data == before.data:
            notebook_file.put_time_back(link.path, now, before.version.mtime_ns)
        elif _is_form_of(now, before):
            notebook_file.put_back(link.path, now, before.data, before.version.mtime_ns)

    def _refused(self, file: str, sentence: str, line: int | None = None) -> int:
        self.report.end(file, RunEnd.REFUSED, sentence, (), line)
        return 1


def _is_form_of(now: notebook_file.Snapshot, before: notebook_file.Snapshot) -> bool:
    """Whether only Livebook wrote: it may be somebody's work otherwise, which stays."""
    if now.text is None or before.text is None:
        return False
    return NotebookText(now.text).is_form_of(NotebookText(before.text))
