"""The language server's state: open documents, what is known of each, and the client that shows it.

Who answers which message is said in `create`. What talks to Livebook goes to `sync`, which answers
through `_changed`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Any

from lsprotocol import types

from livebook_ls import __version__
from livebook_ls.lsp.client.profile import Profile
from livebook_ls.lsp.client.progress import Progress
from livebook_ls.lsp.client.status import Status
from livebook_ls.lsp.connection.client_log import ClientLog
from livebook_ls.lsp.connection.protocol import DocumentServer, NotebookProtocol
from livebook_ls.lsp.connection.trace import Tracing
from livebook_ls.lsp.convert import (
    to_diagnostic,
    to_range,
    to_workspace_edit,
)
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document, Documents
from livebook_ls.lsp.runs.board import RunBoard
from livebook_ls.lsp.runs.joining import Joining
from livebook_ls.lsp.runs.output_files import OutputFiles
from livebook_ls.lsp.text_check import StructureWatch
from livebook_ls.notebook.edits import replacements
from livebook_ls.notebook.model import Span
from livebook_ls.running.runner import Runner
from livebook_ls.settings import BadSetting, Settings
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

logger = logging.getLogger(__name__)


class NotebookServer(DocumentServer):
    """A server and all its state; a process may have several."""

    protocol: NotebookProtocol

    def __init__(self, environ: Mapping[str, str]) -> None:
        super().__init__("livebook-ls", __version__, protocol_cls=NotebookProtocol)
        self.environ = environ
        self.profile = Profile()
        self.documents = Documents()
        # What the client said at the start, over which later settings are laid.
        self.initial_settings = Settings()
        self.told_settings: set[BadSetting] = set()
        # What a link can't do is told once: the user may be logged in long since.
        self.told_logins: set[str] = set()
        self.notebooks = Notebooks(self.initial_settings, environ, self._changed)
        self.diagnostics = Diagnostics(self.text_document_publish_diagnostics)
        self.structure = StructureWatch(self.diagnostics, lambda: self.unit)
        self.shown_progress = Progress(self, lambda: self.profile.has_progress)
        self.status = Status(self.protocol.notify, self.shown_progress)
        self.runner = Runner(self.notebooks)
        self.board = RunBoard(self, self.runner, self.diagnostics, self.in_background)
        self.joining = Joining(self.runner, lambda: self.notebooks.settings, self._warn)
        self.output_files = OutputFiles()
        # The user knows what stopping a cell costs, and wants not to be asked any more.
        self.agreed_to_stop = False
        self.trace = Tracing(self)
        # A process of this server's own ends with its client; else only the connection does.
        self.owns_process = True
        # Whether the program that starts Livebook is the client's to choose.
        self.starts_given_command = True
        self.log = ClientLog(self.trace)
        self._tasks: set[asyncio.Task[Any]] = set()

    def in_background(self, work: Any) -> None:  # noqa: ANN401 — any coroutine
        """Run a coroutine that nobody waits for, and log how it failed."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def use(self, settings: Settings) -> None:
        """Use other settings from now on."""
        self.notebooks.configure(settings)
        self.trace.set_by_setting(settings.trace)

    def show_session(self, document: Document, link: NotebookLink) -> None:
        """Show a link's state and findings at its document."""
        self.diagnostics.show(
            document,
            Origin.SESSION,
            [to_diagnostic(it, self._place(document, link, it.span)) for it in link.findings],
        )
        self.status.tell(document.uri, link)

    async def rewrite(self, document: Document, text: str) -> bool:
        """Let the client replace the buffer's text by `text`, with the fewest edits."""
        edits = replacements(document.text, text)
        answer = await self.workspace_apply_edit_async(
            types.ApplyWorkspaceEditParams(
                edit=to_workspace_edit(document.uri, document.source, edits, self.unit)
            )
        )
        return answer.applied

    def _changed(self, link: NotebookLink) -> None:
        document = self.documents.at_path(link.path)
        if document is not None:
            self.show_session(document, link)
            if self.joining.wants(document, link):
                self.in_background(self.joining.join(link.path))
            if link.rewritten is not None:
                self.in_background(self._refresh(document, link))

    def _warn(self, sentence: str) -> None:
        self.window_show_message(
            types.ShowMessageParams(type=types.MessageType.Warning, message=sentence)
        )

    async def _refresh(self, document: Document, link: NotebookLink) -> None:
        """Show the file as Livebook rewrote it, where the client won't by itself.

        Only an untouched buffer is refreshed: what was typed since the save is worth more.
        """
        rewritten, link.rewritten = link.rewritten, None
        text = rewritten.text if rewritten else None
        if rewritten is None or text is None or self.profile.reloads_files:
            return
        is_untouched = document.saved_text is None or document.text == document.saved_text
        if self.profile.applies_edits and is_untouched and await self.rewrite(document, text):
            document.saved_text = text
            self.notebooks.adopt(document.path, rewritten)

    def _place(self, document: Document, link: NotebookLink, span: Span | None) -> types.Range:
        if span is None:
            return to_range(document.source, document.title_span, self.unit)
        return to_range(link.source or document.source, span, self.unit)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("A background task failed", exc_info=error)
