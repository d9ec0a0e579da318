"""Sees when somebody else writes a notebook's file.

Open notebooks are few and known by path, so their file's status is looked at in turn: that works
on every file system, in containers and over the network, where events don't, and needs nothing
installed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

from livebook_ls import clock
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.exchange import overwritten_save
from livebook_ls.sync.link import NotebookLink

_LOOK_EVERY_S = 0.1
# A write-back that is due moves the file's time, over which the next save must not stumble.
_LOOK_AT_DUE_EVERY_S = 0.02
# How long a file must be missing before that is believed.
_GONE_FOR_S = 0.5


class Watch:
    """Calls `on_change(link)` when a link's file is no longer of the version that it knows, and
    `on_gone(link)` when there is none any more.

    A change counts once it was seen unchanged twice in a row: half-written files are waited for.
    Editors that put another file in its place leave none for a moment.
    """

    def __init__(
        self,
        links: Callable[[], Iterable[NotebookLink]],
        on_change: Callable[[NotebookLink], None],
        on_gone: Callable[[NotebookLink], None],
    ) -> None:
        self._links = links
        self._on_change = on_change
        self._on_gone = on_gone
        self._gone_since_s: dict[str, float] = {}
        self._seen: dict[str, notebook_file.Version | None] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to look, on the running event loop; again is no harm."""
        if self._task is None:
            self._task = asyncio.create_task(self._watch())

    def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _watch(self) -> None:
        next_round = 0.0
        while True:
            links = list(self._links())
            due = [link for link in links if overwritten_save.may_come_late(link)]
            is_round = clock.monotonic_s() >= next_round
            if is_round:
                next_round = clock.monotonic_s() + _LOOK_EVERY_S
            for link in links if is_round else due:
                self._look(link)
            await clock.sleep(_LOOK_AT_DUE_EVERY_S if due else _LOOK_EVERY_S)

    def _look(self, link: NotebookLink) -> None:
        now = notebook_file.version(link.path)
        if now is None and link.version is not None:
            since_s = self._gone_since_s.setdefault(link.path, clock.monotonic_s())
            if clock.monotonic_s() - since_s >= _GONE_FOR_S:
                self._on_gone(link)
            return
        self._gone_since_s.pop(link.path, None)
        if now is None or now == link.version:
            self._seen.pop(link.path, None)
        elif self._seen.get(link.path) == now:
            self._on_change(link)
        else:
            self._seen[link.path] = now
