"""What Livebook makes of texts, for commands that neither open nor sync anything."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from livebook_ls.livebook.connection import Connection
from livebook_ls.livebook.errors import FileRefused
from livebook_ls.settings import Settings
from livebook_ls.sync.canonical.before_save import Form, canonical_form, form_from, lossy_form_from
from livebook_ls.sync.canonical.stamp_verification import Verified, verify
from livebook_ls.sync.disk import notebook_file
from livebook_ls.sync.disk.notebook_file import Snapshot
from livebook_ls.sync.failures import of_error
from livebook_ls.sync.guarding.notebook_text import NotebookText
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.livebook_calls import Talk
from livebook_ls.sync.telling import findings

_TIMEOUT_S = 30.0


class Forms:
    """Texts in Livebook's form, by one Livebook. Methods raise its errors (`livebook.errors`)."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._connection = Connection(settings, environ)
        self._threads = ThreadPoolExecutor(1, "livebook-ls")
        self._talk = Talk(self._connection, self._threads)
        # Texts that come from git are those of no file.
        self._nowhere = NotebookLink("", lambda _: None)

    async def of_file(
        self, path: str, before: Callable[[str], Awaitable[str]] | None = None
    ) -> tuple[Snapshot, Form]:
        """The file at `path`, and its text in Livebook's form or why there is none.

        `before` is what else is to be made of the text, before Livebook sees it.
        Raises OSError, and Livebook's errors but those that are about this file.
        """
        link = NotebookLink(path, lambda _: None)
        link.known = notebook_file.read(path)
        text = link.known.text
        if text is None:
            return link.known, Form(None, findings.not_utf8())
        if before is not None:
            text = await before(text)
        try:
            return link.known, await canonical_form(self._talk, link, text, _TIMEOUT_S)
        except FileRefused as error:
            return link.known, Form(None, of_error(error))

    async def of_text(self, text: str) -> Form:
        """A text of no file in Livebook's form, or why there is none."""
        return await canonical_form(self._talk, self._nowhere, text, _TIMEOUT_S)

    async def restamped(self, text: str, old: str) -> Form:
        """`text` in Livebook's form with what the stamp of `old` holds, or why there is none."""
        return await form_from(self._talk, self._nowhere, text, old)

    async def restamped_anyway(self, text: str, old: str) -> Form:
        """The same, though something is lost by it."""
        return await lossy_form_from(self._talk, self._nowhere, text, old)

    async def verify(self, path: str, reading: NotebookText) -> Verified:
        """How the stamp of a file's text stands, and whether Livebook would write it so."""
        return await verify(self._talk, NotebookLink(path, lambda _: None), reading)

    def close(self) -> None:
        """Close the connection."""
        self._threads.shutdown(wait=False, cancel_futures=True)
        self._connection.close()
