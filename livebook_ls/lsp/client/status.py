"""A notebook's state told to the client: a notification at each change, progress when it lasts.

A client that shows no such notifications is told of trouble in a message.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from livebook_ls import clock
from livebook_ls.lsp.client.progress import Progress
from livebook_ls.sync.link import NotebookLink, State

logger = logging.getLogger(__name__)

METHOD = "livebook/status"
# Shorter work needs no progress: it would only flicker.
_PROGRESS_AFTER_S = 0.5
_SLOW = frozenset({State.OPENING, State.SYNCING})
_TROUBLE = frozenset(
    {State.HELD, State.CHANGED, State.DIFFERS, State.DIED, State.REFUSED, State.FAILED}
)


class Status:
    """Tells the client of every change, once; `warn` shows a message, where one is needed."""

    def __init__(
        self,
        notify: Callable[[str, object], None],
        progress: Progress,
        warn: Callable[[str], None],
    ) -> None:
        self._notify = notify
        self._shown = progress
        self._warn = warn
        self._warned: dict[str, State] = {}
        self._answered: set[str] = set()
        self._told: dict[str, dict[str, str | None]] = {}
        self._progress: dict[str, asyncio.Task[None]] = {}

    def tell(self, uri: str, link: NotebookLink, line: int) -> None:
        """Tell the client how the notebook stands, if that is news; `line` has what it is about."""
        report = describe(uri, link)
        if self._told.get(uri) == report:
            return
        self._told[uri] = report
        # Its sentence may name a section.
        logger.info("%s: %s", link.path, link.state.value)
        self._notify(METHOD, report)
        self._warn_of(uri, link, line)
        if link.state in _SLOW:
            if uri not in self._progress:
                self._progress[uri] = asyncio.create_task(self._show_progress(link))
        elif task := self._progress.pop(uri, None):
            task.cancel()

    @contextmanager
    def answering(self, uri: str) -> Iterator[None]:
        """While the user waits for an answer about the notebook, which is told by itself."""
        self._answered.add(uri)
        try:
            yield
        finally:
            self._answered.discard(uri)

    def forget(self, uri: str) -> None:
        """The document was closed."""
        self._told.pop(uri, None)
        self._warned.pop(uri, None)
        if task := self._progress.pop(uri, None):
            task.cancel()

    def _warn_of(self, uri: str, link: NotebookLink, line: int) -> None:
        """Say once that something is wrong, as short as the narrowest editor's line for it is."""
        if link.state in _SLOW:
            return
        before = self._warned.get(uri)
        # What is wrong with Livebook itself need not be said of each notebook.
        is_known = link.state is State.REFUSED and link.state in self._warned.values()
        self._warned[uri] = link.state
        is_news = link.state is not before and not is_known
        if link.state in _TROUBLE and is_news and uri not in self._answered:
            self._warn(f"{link.headline} See line {line + 1}.")

    async def _show_progress(self, link: NotebookLink) -> None:
        await clock.sleep(_PROGRESS_AFTER_S)
        async with self._shown.during(link.headline):
            await asyncio.Event().wait()


def describe(uri: str, link: NotebookLink) -> dict[str, str | None]:
    """The body of `livebook/status`: `uri`, `state`, `url` (None without a session), `sentence`."""
    return {
        "uri": uri,
        "state": link.state.value,
        "url": link.url,
        "sentence": link.sentence,
    }
