"""Sees that a session is gone, or its Livebook, while nothing is saved that would tell.

Asked is what touches neither file nor session: a sync would let the session read the file, over
what is being edited in the browser. One look tells of all sessions of a Livebook, where that shows
its list.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.events import LiveEvent, SessionEnded
from livebook_ls.sync.failures import fail
from livebook_ls.sync.link import ARRIVED, NotebookLink, State
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings

_LOOK_S = 3.0
# Where nobody has been at work for a while.
_AT_WORK_S = 60.0
_LOOK_AT_IDLE_S = 15.0
# Of those that no list has.
_MOST_AT_ONCE = 5


class Presence:
    """One task while any link has a session."""

    def __init__(self, links: Callable[[], Iterable[NotebookLink]], talk: Talk) -> None:
        self._links = links
        self._talk = talk
        self._task: asyncio.Task[None] | None = None
        self._looks: set[asyncio.Task[None]] = set()
        self._active_s = float("-inf")
        # When a session was last asked for by itself.
        self._asked_s: dict[str, float] = {}

    def notice(self, link: NotebookLink) -> None:
        """See whether the link has a session to be looked after, after each change of it."""
        self._active_s = clock.monotonic_s()
        if _is_present(link) and (self._task is None or self._task.done()):
            self._task = asyncio.create_task(self._watch())

    def happened(self, link: NotebookLink, event: LiveEvent) -> None:
        """Something happened in its session: one that was told to have ended is looked for now."""
        if isinstance(event, SessionEnded) and _is_present(link):
            task = asyncio.create_task(self._look(link.home, [link]))
            self._looks.add(task)
            task.add_done_callback(self._looks.discard)

    def stop(self) -> None:
        """Look no more."""
        for task in (*self._looks, *([self._task] if self._task else [])):
            task.cancel()

    async def _watch(self) -> None:
        while any(_is_present(it) for it in self._links()):
            is_active = clock.monotonic_s() - self._active_s < _AT_WORK_S
            await clock.sleep(_LOOK_S if is_active else _LOOK_AT_IDLE_S)
            homes: dict[Endpoint | None, list[NotebookLink]] = {}
            for link in filter(_is_present, self._links()):
                homes.setdefault(link.home, []).append(link)
            for home, links in homes.items():
                await self._look(home, links)

    async def _look(self, home: Endpoint | None, links: list[NotebookLink]) -> None:
        known = {link: link.session_path for link in links}
        try:
            await self._talk.ask(lambda it: it.probe(), home)
            listed = await self._talk.ask(lambda it: it.listed_sessions(), home)
            for link in self._unsure(links, listed):
                self._asked_s[link.path] = clock.monotonic_s()
                if await self._talk.lacks_session(link) and _is_as(link, known[link]):
                    link.detach()
                    link.enter(State.DETACHED, findings.not_open(reformats=False))
        except LivebookError as problem:
            for link in links:
                if _is_as(link, known[link]):
                    fail(link, problem)

    def _unsure(
        self, links: list[NotebookLink], listed: frozenset[str] | None
    ) -> list[NotebookLink]:
        """Those whose sessions must be asked for: where there is no list, some in their turn."""
        if listed is not None:
            return [it for it in links if _session_id(it) not in listed]
        quick = [it for it in links if not it.is_slow_to_show]
        quick.sort(key=lambda it: self._asked_s.get(it.path, float("-inf")))
        return quick[:_MOST_AT_ONCE]


def _is_present(link: NotebookLink) -> bool:
    # A file that no editor has is told of when it changes, and not before.
    return link.has_session and link.state in ARRIVED and not link.follows_disk


def _is_as(link: NotebookLink, session_path: str | None) -> bool:
    """Whether nothing is under way with the link, and nothing has come between, which finds out by
    itself.
    """
    is_same = link.session_path == session_path
    return is_same and not link.lock.locked() and _is_present(link)


def _session_id(link: NotebookLink) -> str:
    return (link.session_path or "").rpartition("/")[2]
