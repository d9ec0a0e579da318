"""A guarded operation on one notebook after the other, as a terminal asks for it."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable, Sequence

from livebook_ls.cli.arguments import notebook_files
from livebook_ls.cli.link_words import is_agreed_loss, place_of, told, told_of
from livebook_ls.cli.many import progress
from livebook_ls.cli.terminal import complain
from livebook_ls.livebook import paths
from livebook_ls.settings import Settings
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling.findings import Finding, FindingSeverity

_LOUD = frozenset({FindingSeverity.ERROR, FindingSeverity.WARNING})
Operation = Callable[[Notebooks, str], Awaitable[NotebookLink]]


def run(
    files: Sequence[str],
    settings: Settings,
    operation: Operation,
    report: Callable[[str, NotebookLink], None],
    done_anyway: str | None = None,
) -> int:
    """Do `operation` with each file and `report` those that went well, by the names that they were
    reached by; the exit code.

    One that fails, or loses something, is told on stderr, and the next one still has its turn.
    Where the user has agreed to losses, `done_anyway` is said behind them, and they are no problem.
    """
    notebooks, code = notebook_files.find_telling(files)
    return max(code, asyncio.run(_each(notebooks, settings, operation, report, done_anyway)))


async def _each(
    files: Sequence[str],
    settings: Settings,
    operation: Operation,
    report: Callable[[str, NotebookLink], None],
    done_anyway: str | None,
) -> int:
    notebooks = Notebooks(settings, os.environ, lambda _: None)
    code = 0
    try:
        for file in progress.following(files, len(files)):
            link = await operation(notebooks, paths.expanded(file))
            if link.state in ARRIVED:
                report(file, link)
                code = max(code, _lost(file, link, done_anyway))
            else:
                _complain_of(file, link)
                code = 1
    finally:
        await notebooks.close()
    return code


def _complain_of(file: str, link: NotebookLink) -> None:
    """Tell why it was not done: each conflict at its line, else the one reason."""
    conflicts = [it for it in link.findings if it.about is not None and it.span is not None]
    for it in conflicts:
        complain(f"{place_of(file, it, link)}: {told(it, link)}")
    if not conflicts:
        reason = link.findings[0] if link.findings else None
        complain(f"{place_of(file, reason, link)}: {told_of(link)}")


def losses(link: NotebookLink) -> list[Finding]:
    """What did not come through although the call went well, which is told on stderr."""
    return [it for it in link.findings if it.severity in _LOUD]


def _lost(file: str, link: NotebookLink, done_anyway: str | None) -> int:
    """Tell what did not come through; the exit code for it."""
    lost = losses(link)
    for finding in lost:
        complain(f"{place_of(file, finding, link)}: {told(finding, link)}")
    if done_anyway is None or not all(map(is_agreed_loss, lost)):
        return 1 if lost else 0
    if lost:
        complain(f"{file}: {done_anyway}")
    return 0
