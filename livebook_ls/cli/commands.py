"""`open` and `sync`: the guarded operations for a terminal, a file after the other."""

from __future__ import annotations

import asyncio
import os
import sys
import webbrowser
from collections.abc import Awaitable, Callable, Sequence

from livebook_ls.livebook import paths
from livebook_ls.settings import Settings
from livebook_ls.sync.link import ARRIVED, NotebookLink
from livebook_ls.sync.notebooks import Notebooks

Operation = Callable[[Notebooks, str], Awaitable[NotebookLink]]


def open_sessions(files: Sequence[str], settings: Settings, show: bool) -> int:
    """Open the sessions of `files`, print their addresses, and show them in the browser."""

    def report(link: NotebookLink) -> None:
        print(link.url)
        if show and link.url:
            webbrowser.open(link.url)

    return asyncio.run(_each(files, settings, Notebooks.open, report))


def sync(files: Sequence[str], settings: Settings) -> int:
    """Make the sessions of `files` follow them; a notebook without a session is told."""

    def report(link: NotebookLink) -> None:
        print(f"{link.path}: {link.sentence}")

    return asyncio.run(_each(files, settings, Notebooks.sync, report))


async def _each(
    files: Sequence[str],
    settings: Settings,
    operation: Operation,
    report: Callable[[NotebookLink], None],
) -> int:
    """Do `operation` with each file, the next one also where one fails; the exit code."""
    notebooks = Notebooks(settings, os.environ, lambda _: None)
    code = 0
    try:
        for file in files:
            if not paths.is_notebook(file):
                print(f"{file}: This is not a .livemd notebook.", file=sys.stderr)
                code = 1
                continue
            link = await operation(notebooks, paths.expanded(file))
            if link.state in ARRIVED:
                report(link)
            else:
                print(f"{file}: {link.sentence}", file=sys.stderr)
                code = 1
    finally:
        await notebooks.close()
    return code
