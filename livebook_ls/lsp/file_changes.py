"""What somebody else has written into a notebook's file, brought into the buffer that shows it.

Editors take over a changed file by themselves where nothing was typed since. Where something was,
they would ask before the next save: so both are merged into the buffer, and the file gets its time
back. The file itself keeps what it has.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

from livebook_ls import clock
from livebook_ls.lsp.client.profile import Profile
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.notebook.merging.merge import merge
from livebook_ls.settings import MergeMode
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

if TYPE_CHECKING:
    from livebook_ls.clock import Timer

# Long enough for the next key: an edit for a text that has changed since is not taken.
_PAUSE_S = 0.2
# A client that never takes an edit is left alone.
_MOST_REFUSALS = 5


class FileChanges:
    """Files of open documents that hold something else than their editors know."""

    def __init__(
        self,
        notebooks: Notebooks,
        profile: Callable[[], Profile],
        rewrite: Callable[[Document, str], Awaitable[bool]],
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._notebooks = notebooks
        self._profile = profile
        self._rewrite = rewrite
        self._in_background = in_background
        self._written: dict[str, Snapshot] = {}
        # What a buffer was told to become, and the file that is in it.
        self._awaited: dict[str, tuple[str, Snapshot]] = {}
        self._refusals: dict[str, int] = {}
        self._waiting: dict[str, Timer] = {}

    def notice(self, document: Document, link: NotebookLink) -> None:
        """See whether the link's file was written, after each change of it."""
        rewritten, link.rewritten = link.rewritten, None
        if rewritten is not None and rewritten.text is not None:
            self._written[document.uri] = rewritten
            self._in_background(self._bring(document, link))

    def buffer_changed(self, document: Document) -> None:
        """The buffer has another text: it may have taken over the file, or been typed in."""
        if document.path is None:
            return
        text, awaited = self._awaited.get(document.uri, (None, None))
        if awaited is not None and document.text == text:
            self._adopt(document, awaited)
            return
        self._notebooks.editor_has(document.path, document.text)
        written = self._written.get(document.uri)
        if written is None:
            return
        if document.text == written.text:
            self.forget(document.uri)
        else:
            self._bring_soon(document)

    def forget(self, uri: str) -> None:
        """The document has what the file has, or that has something else again, which an edit that
        is under way doesn't know.
        """
        self._written.pop(uri, None)
        self._refusals.pop(uri, None)
        if timer := self._waiting.pop(uri, None):
            timer.cancel()

    def close(self, uri: str) -> None:
        """The document was closed."""
        self.forget(uri)
        self._awaited.pop(uri, None)

    def _bring_soon(self, document: Document) -> None:
        if timer := self._waiting.pop(document.uri, None):
            timer.cancel()
        link = self._notebooks.links.get(document.path or "")
        if link is not None:
            bring = partial(self._bring_in_background, document, link)
            self._waiting[document.uri] = clock.later(_PAUSE_S, bring)

    def _bring_in_background(self, document: Document, link: NotebookLink) -> None:
        self._in_background(self._bring(document, link))

    async def _bring(self, document: Document, link: NotebookLink) -> None:
        written, known = self._written.get(document.uri), link.known
        if written is None or written.text is None or known is None or known.text is None:
            return
        if written.version != link.version:
            # The file has something else again, or what the editor knows.
            self.forget(document.uri)
            return
        if document.text == written.text:
            self._notebooks.editor_has(link.path, document.text)
            self.forget(document.uri)
            return
        profile = self._profile()
        if not profile.applies_edits:
            return
        if link.is_being_saved:
            # The editor may just be making the edits that come before a save.
            self._bring_soon(document)
            return
        if document.text == known.text:
            if not profile.reloads_files:
                await self._become(document, written, written.text)
            return
        if self._notebooks.settings.merge is not MergeMode.AUTO:
            return
        both = merge(known.text, document.text, written.text)
        if not both.is_clean:
            # Nobody is asked while typing: the next save tells.
            return
        await self._become(document, written, both.text)

    async def _become(self, document: Document, written: Snapshot, text: str) -> None:
        """Have the buffer hold a text that has all of the file; not every client tells of that
        before it answers.
        """
        self._awaited[document.uri] = text, written
        if not await self._rewrite(document, text):
            # Somebody has typed meanwhile, of which we are told in a moment.
            self._refusals[document.uri] = self._refusals.get(document.uri, 0) + 1
            if self._refusals[document.uri] <= _MOST_REFUSALS:
                self._bring_soon(document)
        elif document.text == text and document.uri in self._awaited:
            self._adopt(document, written)

    def _adopt(self, document: Document, written: Snapshot) -> None:
        """The buffer has all of the file, which the editor need not ask about any more, though
        somebody may have written it again.
        """
        del self._awaited[document.uri]
        if self._written.get(document.uri) is written:
            self.forget(document.uri)
        if document.path is not None:
            self._notebooks.adopt(document.path, written)
