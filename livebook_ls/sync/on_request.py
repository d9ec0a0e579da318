"""What a user can ask for about a notebook by its path, whether it is followed or not."""

from __future__ import annotations

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from livebook_ls.notebook.merging.conflict import Take
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.operations import Operations
from livebook_ls.sync.guarding.guard import digest
from livebook_ls.sync.link import NotebookLink


class OnRequest(ABC):
    """The requests; each answers with the link once it is done."""

    operations: Operations

    @abstractmethod
    def link(self, path: str) -> NotebookLink:
        """The notebook at `path`, followed or not."""

    def restorable(self, path: str) -> str | None:
        """What was told to be written over, else what was saved last here, else the version that
        was kept last, of any process.
        """
        link = self.link(path)
        if link.lost_save is not None:
            return link.lost_save.text
        if link.saves:
            return link.saves[-1]
        kept = self.operations.kept.versions(path)
        return self.operations.kept.text(kept[0]) if kept else None

    def browser_version(self, path: str) -> str | None:
        """What people edited in the browser, where it is to be merged or a sync replaced it."""
        link = self.link(path)
        found = link.merge.theirs if link.merge else link.browser
        return found.text if found else None

    async def open(self, path: str) -> NotebookLink:
        """Open the session of the notebook at `path`, as the user asked."""
        return await self._now(path, self.operations.open)

    async def open_anyway(self, path: str) -> NotebookLink:
        """Open the session whatever that takes from the file; the user agreed to it."""
        return await self._agreed(path, self.operations.open)

    async def sync(self, path: str) -> NotebookLink:
        """Sync the notebook at `path`, as the user asked."""
        return await self._now(path, self.operations.sync)

    async def sync_anyway(self, path: str) -> NotebookLink:
        """Sync the notebook as it is now, once, whatever it loses; the user agreed to it."""
        return await self._agreed(path, self.operations.sync)

    async def always_sync_anyway(self, path: str) -> NotebookLink:
        """Sync the notebook, and while we run hold nothing of it back that doesn't crash."""
        link = self.link(path)
        link.consent.for_notebook = True
        await self.operations.sync(link)
        return link

    async def hold_back_again(self, path: str) -> NotebookLink:
        """Take back what `always_sync_anyway` agreed to, and look at the file by that."""
        self.link(path).consent.for_notebook = False
        return await self.sync(path)

    async def sync_in_two_steps(self, path: str) -> NotebookLink:
        """Sync the notebook by way of a text that brings every cell."""
        return await self._now(path, self.operations.sync_in_two_steps)

    async def take(self, path: str, take: Take, conflict: str | None = None) -> NotebookLink:
        """Settle a conflict of a save and the browser's edits, or all; with the last it goes."""
        link = self.link(path)
        await self.operations.settle_merge(link, conflict, take)
        return link

    async def merge(self, path: str) -> NotebookLink:
        """Merge the save that waits for that word with the browser's edits."""
        link = self.link(path)
        await self.operations.settle_merge(link, None, None)
        return link

    async def _agreed(
        self, path: str, operation: Callable[[NotebookLink], Awaitable[None]]
    ) -> NotebookLink:
        """Do it with the user's consent to what is lost of the notebook as it is now, once."""
        link = self.link(path)
        known = link.known
        if known is None:
            with contextlib.suppress(OSError):
                known = await asyncio.to_thread(notebook_file.read, link.path)
        link.consent.once = digest(known.text) if known and known.text is not None else None
        await operation(link)
        return link

    async def _now(
        self, path: str, operation: Callable[[NotebookLink], Awaitable[None]]
    ) -> NotebookLink:
        link = self.link(path)
        await operation(link)
        return link
