"""Sessions under a renamed notebook's former name: told with their address until they are closed.

Livebook's session knows nothing of the rename. What is typed in its tab is saved under the former
name, and the file is there again. A session is a person's to close.
"""

from __future__ import annotations

import asyncio
import os
from dataclasses import dataclass
from pathlib import Path

from livebook_ls import clock
from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http.dev_endpoints import SyncAnswer
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import session_findings
from livebook_ls.sync.telling.findings import Finding

_LOOK_EVERY_S = 2.0
_MATTER = "left behind"


@dataclass(frozen=True, slots=True, kw_only=True)
class FormerName:
    """Where a notebook was, how Livebook knows that, and its session there, by address and id."""

    path: str
    file: str
    home: Endpoint | None
    url: str | None
    session_id: str


class LeftBehind:
    """Looks after the former names of renamed notebooks."""

    def __init__(self, talk: Talk) -> None:
        self._talk = talk
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def notice(self, old: NotebookLink, new: NotebookLink) -> None:
        """The notebook of `old` is now at `new`; tells of the session there while it lives."""
        if old.session_path is None:
            return
        former = FormerName(
            path=old.path,
            file=old.file or old.path,
            home=old.home,
            url=old.url,
            session_id=old.session_path.rpartition("/")[2],
        )
        if (task := self._tasks.pop(new.path, None)) is not None:
            task.cancel()
        self._tasks[new.path] = asyncio.create_task(self._watch(former, new))

    def stop(self) -> None:
        """Look no more."""
        for task in self._tasks.values():
            task.cancel()

    async def _watch(self, former: FormerName, link: NotebookLink) -> None:
        while await self._lives(former):
            link.stand(_MATTER, (_finding(former),))
            await clock.sleep(_LOOK_EVERY_S)
        link.stand(_MATTER, ())

    async def _lives(self, former: FormerName) -> bool:
        """Whether its session is there, by Livebook's list.

        Where that isn't shown, a session that is told to read a file that is gone does nothing. One
        that is there again may be anybody's, and nobody has judged it for that session, which then
        counts as there.
        """
        try:
            listed = await self._talk.ask(lambda it: it.listed_sessions(), former.home)
            if listed is not None:
                return former.session_id in listed
            if notebook_file.version(former.path) is not None:
                return True
            answer = await self._talk.ask(lambda it: it.sync(former.file), former.home)
        except LivebookError:
            return False
        return answer is SyncAnswer.TAKEN


def _finding(former: FormerName) -> Finding:
    name = os.path.basename(former.path)  # noqa: PTH119 — as it is spelled
    if Path(former.path).exists():
        return session_findings.came_back(name, former.url)
    return session_findings.left_behind(name, former.url)
