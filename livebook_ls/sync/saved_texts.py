"""What editors say they have saved is kept at once, whatever is still under way with the notebook.

Its sync may have to wait for an earlier one, or for another process; by then Livebook may have
written over the file, or this process may have ended. What can't be kept is told.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import Executor

from livebook_ls.sync.keeping.kept_texts import KeptTexts
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.telling import keeping_findings

# To keep so many characters takes less than to go to a thread, with which the loop would have to
# share the interpreter just while a save waits.
_SHORT = 20_000
_KEEPING = "keeping"


class SavedTexts:
    """Keeps texts in the order in which they came, long ones off the event loop, where it lives."""

    def __init__(self, kept: KeptTexts, threads: Executor) -> None:
        self._kept = kept
        self._threads = threads
        self._waiting: list[tuple[NotebookLink, str]] = []
        self._task: asyncio.Task[None] | None = None

    def keep(self, link: NotebookLink, text: str) -> None:
        """Keep what was saved of a notebook."""
        is_idle = self._task is None or self._task.done()
        if is_idle and len(text) <= _SHORT:
            _tell(link, is_kept=self._keep(link, text))
            return
        self._waiting.append((link, text))
        if is_idle:
            self._task = asyncio.create_task(self._keep_all())

    async def finish(self) -> None:
        """Wait until all of it is kept."""
        if self._task is not None:
            await asyncio.wait([self._task])

    async def _keep_all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            link, text = self._waiting.pop(0)
            is_kept = await loop.run_in_executor(self._threads, self._keep, link, text)
            _tell(link, is_kept=is_kept)

    def _keep(self, link: NotebookLink, text: str) -> bool:
        return self._kept.keep(link.path, text, VersionOrigin.SAVED)


def _tell(link: NotebookLink, *, is_kept: bool) -> None:
    link.stand(_KEEPING, () if is_kept else (keeping_findings.not_kept(),))
