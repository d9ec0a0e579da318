"""What to save instead of a text, so that Livebook has nothing left to rewrite, while a save waits.

Waits out a write-back that is under way. In any doubt there is nothing, and the save goes on as it
is.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.settings import CanonicalOnSave, Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange.operations import Operations
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.keeping.version_files import VersionOrigin
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.swapped_names import leads_elsewhere

_WRITE_BACK_S = 0.3
# Before a save so much more is hardly felt.
_CALM_S = 0.3
_LOOK_EVERY_S = 0.01


class QuietSaves:
    """Livebook's form of what is about to be saved."""

    def __init__(
        self,
        talk: Talk,
        operations: Operations,
        settings: Callable[[], Settings],
        idle: Callable[[str], Awaitable[None]],
        is_landing: Callable[[NotebookLink], bool],
    ) -> None:
        """`is_landing` says whether Livebook may be saving the session, having been asked to."""
        self._talk = talk
        self._operations = operations
        self._settings = settings
        self._idle = idle
        self._is_landing = is_landing

    async def form(self, link: NotebookLink, text: str, within_s: float) -> str | None:
        """The text to save, with what people edited in the browser; None where the settings don't
        want it, any doubt remains, or it would come later than the save may take.
        """
        merge, form = None, None
        until_s = clock.monotonic_s() + within_s
        try:
            async with asyncio.timeout(within_s):
                await self._wait_out(link.path)
                if not leads_elsewhere(link):
                    merge = await self._operations.merging.before_save(link, text)
                if await self._is_wanted(link):
                    to_form = merge.text if merge else text
                    form = (await self._operations.canonical(link, to_form, within_s)).text
        except (TimeoutError, LivebookError):
            # What is merged already is worth having all the same.
            form = None
        to_save = form or (merge.text if merge else text)
        if not await self._is_calm(link, to_save, until_s - clock.monotonic_s()):
            with contextlib.suppress(OSError):
                await self._talk.think(lambda: self._keep_unseen(link))
        if merge is None:
            return form
        self._operations.merging.promise(link, merge, form or merge.text)
        return form or merge.text

    async def _is_calm(self, link: NotebookLink, to_save: str, within_s: float) -> bool:
        """Whether what was written into the file, up to now, is no reason to ask any more.

        It is looked for at the very end, just before the editor compares the file's time.
        """
        if leads_elsewhere(link):
            return False
        with contextlib.suppress(OSError, LivebookError, TimeoutError):
            async with asyncio.timeout(min(_CALM_S, within_s)):
                while self._is_landing(link) and notebook_file.version(link.path) == link.version:
                    await clock.sleep(_LOOK_EVERY_S)
                return await self._operations.autosaves.calm(link, to_save)
        return False

    def _keep_unseen(self, link: NotebookLink) -> None:
        """What somebody has written into the file since we saw it, which the save is about to
        replace, can be had back.
        """
        if notebook_file.version(link.path, link.version) in (None, link.version):
            return
        if text := notebook_file.read(link.path).text:
            self._operations.kept.keep(link.path, text, VersionOrigin.FOUND)

    async def _wait_out(self, path: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_WRITE_BACK_S):
                await self._idle(path)

    async def _is_wanted(self, link: NotebookLink) -> bool:
        mode = self._settings().canonical_on_save
        if mode is not CanonicalOnSave.SESSION or link.has_session:
            return mode is not CanonicalOnSave.NEVER
        text = link.known.text if link.known else None
        reading = NotebookText(text or "")
        return reading.has_stamp and await self._talk.is_stamp_valid(link, reading)
