"""What people edit in the browser is in the file a moment later, where its session is joined.

Livebook saves by itself every few seconds. It is asked to do so as soon as people pause, as by the
button on its page (`session_live.ex`, `save`), which does nothing where nothing is new.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.settings import MergeMode, Settings
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.link import SETTLED, NotebookLink
from livebook_ls.sync.live_sessions import LiveSessions

# Somebody who has not typed for so long pauses; who goes on typing is not waited for any longer.
_PAUSE_S = 0.2
_LONGEST_S = 0.6
# Livebook takes what is typed while it writes for written, and saves it with the next edit only.
_WRITING_S = 1.0
# Of a notebook of usual size.
_LANDS_WITHIN_S = 0.1


class BrowserSaves:
    """Has Livebook save edited sessions; `is_busy` says whether a notebook is being synced, and
    `sync` has it synced.
    """

    def __init__(
        self,
        live: LiveSessions,
        settings: Callable[[], Settings],
        is_busy: Callable[[NotebookLink], bool],
        sync: Callable[[NotebookLink], None],
    ) -> None:
        self._live = live
        self._settings = settings
        self._is_busy = is_busy
        self._sync = sync
        self._tasks: dict[str, asyncio.Task[None]] = {}
        # When Livebook was asked to save a notebook last.
        self._asked_s: dict[str, float] = {}

    def notice(self, link: NotebookLink) -> None:
        """The notebook was edited in the browser, or a sync gave it other cells."""
        if link.path not in self._tasks:
            task = asyncio.create_task(self._save(link))
            self._tasks[link.path] = task
            task.add_done_callback(lambda _: self._tasks.pop(link.path, None))

    def is_landing(self, link: NotebookLink) -> bool:
        """Whether Livebook was asked so lately that it may not have written the file yet."""
        return clock.monotonic_s() - self._asked_s.get(link.path, float("-inf")) < _LANDS_WITHIN_S

    def stop(self) -> None:
        """Have nothing saved any more."""
        for task in self._tasks.values():
            task.cancel()

    def _is_wanted(self, link: NotebookLink) -> bool:
        # A session that doesn't save by itself is not to be saved for others' sake, and a save that
        # is held stays in the file until a person has decided.
        saves_itself = link.held is not None and link.held.autosaves
        is_held = link.merge is not None or link.state not in SETTLED
        return saves_itself and not is_held and self._settings().merge is not MergeMode.NEVER

    async def _save(self, link: NotebookLink) -> None:
        """Save at each pause until nobody types any more."""
        is_first, may_lack = True, False
        with contextlib.suppress(LivebookError):
            while True:
                await self._pause(link)
                session = self._live.of(link)
                if session is None or not self._is_wanted(link):
                    return
                since_s = session.typed_s - self._asked_s.get(link.path, float("-inf"))
                if since_s <= 0 and not is_first:
                    break
                if notebook_file.version(link.path) != link.version:
                    # Somebody has written the file, as another editor: Livebook would write over
                    # that before it is looked at.
                    return
                is_first, may_lack = False, 0 < since_s < _WRITING_S
                self._asked_s[link.path] = clock.monotonic_s()
                await session.save()
        if may_lack:
            self._sync(link)

    async def _pause(self, link: NotebookLink) -> None:
        """Wait for a pause of who types, and of what we do to the notebook."""
        began_s = clock.monotonic_s()
        await clock.sleep(_PAUSE_S)
        while self._is_busy(link) or self._is_typed_in(link, began_s):
            await clock.sleep(_PAUSE_S / 4)

    def _is_typed_in(self, link: NotebookLink, began_s: float) -> bool:
        session, now_s = self._live.of(link), clock.monotonic_s()
        if session is None or now_s - began_s > _LONGEST_S:
            return False
        return now_s - session.typed_s < _PAUSE_S
