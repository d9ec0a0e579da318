"""Sees that a session is gone, or its Livebook, while nothing is saved that would tell.

Asked is what touches neither file nor session: a sync would let the session read the file, over
what is being edited in the browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.sync.failures import fail
from livebook_ls.sync.link import ARRIVED, NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings

_LOOK_S = 3.0


class Presence:
    """One task while any link has a session."""

    def __init__(self, links: Callable[[], Iterable[NotebookLink]], talk: Talk) -> None:
        self._links = links
        self._talk = talk
        self._task: asyncio.Task[None] | None = None

    def notice(self, link: NotebookLink) -> None:
        """See whether the link has a session to be looked after, after each change of it."""
        if _is_present(link) and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Look no more."""
        if self._task:
            self._task.cancel()

    async def _watch(self) -> None:
        while any(_is_present(it) for it in self._links()):
            await clock.sleep(_LOOK_S)
            for link in [it for it in self._links() if _is_present(it)]:
                await self._look(link)

    async def _look(self, link: NotebookLink) -> None:
        session_path = link.session_path
        try:
            is_gone, error = await self._talk.has_lost_session(link), None
        except LivebookError as problem:
            is_gone, error = False, problem
        # Whatever is under way, or has come between, finds out by itself.
        if link.lock.locked() or not _is_present(link) or link.session_path != session_path:
            return
        if error is not None:
            fail(link, error)
        elif is_gone:
            link.detach()
            link.enter(State.DETACHED, findings.not_open(reformats=False))


def _is_present(link: NotebookLink) -> bool:
    # A file that no editor has is told of when it changes, and not before.
    return link.has_session and link.state in ARRIVED and not link.follows_disk
