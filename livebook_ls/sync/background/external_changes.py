"""Sees when somebody else writes a notebook's file.

Open notebooks are few and known by path, so their file's status is looked at in turn: that works
on every file system, in containers and over the network, where events don't, and needs nothing
installed. Where nothing has happened with a notebook for a while, it is looked at more seldom.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from itertools import starmap

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import overwritten_save
from livebook_ls.sync.link import NotebookLink

_LOOK_EVERY_S = 0.1
# A write-back that is due, or has just been seen, moves the file's time, over which the next save
# must not stumble.
_LOOK_AT_DUE_EVERY_S = 0.02
# What was left alone for so long is likely to be left alone.
_AT_WORK_S = 30.0
_LOOK_AT_IDLE_EVERY_S = 1.0
# Of very many, no more are looked at in a second.
_MOST_IDLE_LOOKS_PER_S = 50
# How long a file must be missing before that is believed.
_GONE_FOR_S = 0.5


class Watch:
    """Calls `on_change(link)` when a link's file is no longer of the version that it knows, and
    `on_gone(link)` when there is none any more; the first also where a conflict `is_settled` by
    another of ours, which need not touch the file.

    A change counts once it was seen unchanged twice in a row: half-written files are waited for.
    Editors that put another file in its place leave none for a moment.
    """

    def __init__(
        self,
        links: Callable[[], Iterable[NotebookLink]],
        on_change: Callable[[NotebookLink], None],
        on_gone: Callable[[NotebookLink], None],
        is_settled: Callable[[NotebookLink], bool],
    ) -> None:
        self._links = links
        self._on_change = on_change
        self._on_gone = on_gone
        self._is_settled = is_settled
        self._gone_since_s: dict[str, float] = {}
        self._seen: dict[str, notebook_file.Version | None] = {}
        # Those seen once, to be looked at again in a moment.
        self._unsure: set[str] = set()
        # Until when a notebook counts as worked at.
        self._at_work_until_s: dict[str, float] = {}
        self._has_news = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self, link: NotebookLink) -> None:
        """Begin to look, on the running event loop, and at this one often; again is no harm."""
        self.notice(link)
        if self._task is None:
            self._task = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    def notice(self, link: NotebookLink) -> None:
        """Something happens with the notebook: look at it often for a while."""
        is_idle = not self._is_at_work(link)
        self._at_work_until_s[link.path] = clock.monotonic_s() + _AT_WORK_S
        if is_idle:
            self._has_news.set()

    async def _watch(self) -> None:
        next_round = next_round_of_all = 0.0
        while True:
            self._has_news.clear()
            now_s = clock.monotonic_s()
            # Of files that no editor has, others tell.
            links = [it for it in self._links() if not it.follows_disk]
            at_work = [link for link in links if self._is_at_work(link)]
            due = [link for link in at_work if self._is_due(link)]
            idle_pause_s = max(_LOOK_AT_IDLE_EVERY_S, len(links) / _MOST_IDLE_LOOKS_PER_S)
            if now_s >= next_round_of_all:
                looked_at, next_round_of_all = links, now_s + idle_pause_s
            else:
                looked_at = at_work if now_s >= next_round else due
            if looked_at is not due:
                next_round = now_s + _LOOK_EVERY_S
            for link, version in zip(looked_at, await self._versions(looked_at), strict=True):
                self._look(link, version)
            is_due = due or self._unsure
            await self._pause(
                _LOOK_AT_DUE_EVERY_S if is_due else _LOOK_EVERY_S if at_work else idle_pause_s
            )

    async def _pause(self, seconds: float) -> None:
        """Sleep so long, but not while something begins to happen."""
        timer = clock.later(seconds, self._has_news.set)
        try:
            await self._has_news.wait()
        finally:
            timer.cancel()

    def _is_due(self, link: NotebookLink) -> bool:
        return link.path in self._unsure or overwritten_save.may_come_late(link)

    def _is_at_work(self, link: NotebookLink) -> bool:
        return clock.monotonic_s() < self._at_work_until_s.get(link.path, float("-inf"))

    async def _versions(self, links: list[NotebookLink]) -> list[notebook_file.Version | None]:
        """Their files' versions, not asked on the loop: a network file system may hang."""
        known = [(link.path, link.version) for link in links]
        if not known:
            return []
        return await asyncio.to_thread(lambda: list(starmap(notebook_file.version, known)))

    def _look(self, link: NotebookLink, now: notebook_file.Version | None) -> None:
        if now is None and link.version is not None:
            since_s = self._gone_since_s.setdefault(link.path, clock.monotonic_s())
            self.notice(link)
            if clock.monotonic_s() - since_s >= _GONE_FOR_S:
                self._on_gone(link)
            return
        self._gone_since_s.pop(link.path, None)
        self._unsure.discard(link.path)
        if now is None or now == link.version:
            self._seen.pop(link.path, None)
            if self._is_settled(link):
                self._on_change(link)
            return
        self.notice(link)
        if self._seen.get(link.path) == now:
            self._on_change(link)
        else:
            self._seen[link.path] = now
            self._unsure.add(link.path)
