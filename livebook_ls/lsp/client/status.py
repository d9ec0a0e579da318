"""A notebook's state told to the client: a notification at each change, progress when it lasts."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from livebook_ls import clock
from livebook_ls.lsp.client.progress import Progress
from livebook_ls.sync.link import NotebookLink, State

logger = logging.getLogger(__name__)

METHOD = "livebook/status"
# Shorter work needs no progress: it would only flicker.
_PROGRESS_AFTER_S = 0.5
_SLOW = frozenset({State.OPENING, State.SYNCING})


class Status:
    """Tells the client of every change, once."""

    def __init__(self, notify: Callable[[str, object], None], progress: Progress) -> None:
        self._notify = notify
        self._shown = progress
        self._told: dict[str, dict[str, str | None]] = {}
        self._progress: dict[str, asyncio.Task[None]] = {}

    def tell(self, uri: str, link: NotebookLink) -> None:
        """Tell the client how the notebook stands, if that is news."""
        report = describe(uri, link)
        if self._told.get(uri) == report:
            return
        self._told[uri] = report
        # Its sentence may name a section.
        logger.info("%s: %s", link.path, link.state.value)
        self._notify(METHOD, report)
        if link.state in _SLOW:
            if uri not in self._progress:
                self._progress[uri] = asyncio.create_task(self._show_progress(link))
        elif task := self._progress.pop(uri, None):
            task.cancel()

    def forget(self, uri: str) -> None:
        """The document was closed."""
        self._told.pop(uri, None)
        if task := self._progress.pop(uri, None):
            task.cancel()

    async def _show_progress(self, link: NotebookLink) -> None:
        await clock.sleep(_PROGRESS_AFTER_S)
        async with self._shown.during(link.sentence):
            await asyncio.Event().wait()


def describe(uri: str, link: NotebookLink) -> dict[str, str | None]:
    """The body of `livebook/status`: `uri`, `state`, `url` (None without a session), `sentence`."""
    return {
        "uri": uri,
        "state": link.state.value,
        "url": link.url,
        "sentence": link.sentence,
    }
