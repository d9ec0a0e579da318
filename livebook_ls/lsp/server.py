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
from livebook_ls.intelligence.asking import Intelligence
from livebook_ls.livebook import paths
from livebook_ls.lsp.client.asking import answered
from livebook_ls.lsp.client.comparisons import Comparisons
from livebook_ls.lsp.client.messages import Messages
from livebook_ls.lsp.client.profile import Profile
from livebook_ls.lsp.client.progress import Progress
from livebook_ls.lsp.client.status import Status
from livebook_ls.lsp.code_check import CodeWatch
from livebook_ls.lsp.connection.client_log import ClientLog
from livebook_ls.lsp.connection.protocol import DocumentServer, NotebookProtocol
from livebook_ls.lsp.connection.trace import Tracing
from livebook_ls.lsp.convert import (
    to_diagnostic,
    to_range,
    to_versioned_edit,
    to_workspace_edit,
)
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document, Documents
from livebook_ls.lsp.features.session_findings import placed_findings
from livebook_ls.lsp.file_changes import FileChanges
from livebook_ls.lsp.links.watching import LinkWatch
from livebook_ls.lsp.links.workspace_notebooks import WorkspaceNotebooks
from livebook_ls.lsp.runs.board import RunBoard
from livebook_ls.lsp.runs.joining import Joining
from livebook_ls.lsp.runs.output_files import OutputFiles
from livebook_ls.lsp.session_cells import SessionFinder
from livebook_ls.lsp.text_check import StructureWatch
from livebook_ls.notebook.edits import replacements
from livebook_ls.running.runner import Runner
from livebook_ls.settings import BadSetting, Settings
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks
from livebook_ls.sync.telling import merge_findings

logger = logging.getLogger(__name__)

# Two steps of a sync that are under way are made by then, and texts that were saved are kept.
_CLOSED_WITHIN_S = 10.0
# What a client saved before it was gone without a word, for whose end nobody waits.
_LEFT_SAVES_S = 5.0


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
        # Notebooks of which was told how their sessions get to know attachments.
        self.told_attachments: set[str] = set()
        self.notebooks = Notebooks(self.initial_settings, environ, self._changed)
        self.diagnostics = Diagnostics(self.text_document_publish_diagnostics)
        self.is_workspace_trusted = True
        self.session_finder = SessionFinder(
            self.documents, self.notebooks, self.in_background, self._runtime_may_have_changed
        )
        self._asking: Intelligence | None = None
        self._closing: asyncio.Task[None] | None = None
        self.code = CodeWatch(
            lambda: self.intelligence,
            self.diagnostics,
            lambda: self.unit,
            self.in_background,
            lambda it: self.documents.get(it.uri) is it,
        )
        self.workspace_notebooks = WorkspaceNotebooks(
            self.documents, lambda: self.profile.watches_files
        )
        self.links = LinkWatch(
            self.documents,
            self.workspace_notebooks,
            self.diagnostics,
            lambda: self.unit,
            self.in_background,
            lambda: self.notebooks.settings.check_links,
        )
        self.structure = StructureWatch(
            self.diagnostics, lambda: self.unit, self._session_diagnostics
        )
        self.shown_progress = Progress(self, lambda: self.profile.has_progress)
        self.messages = Messages(self, lambda: self.profile.has_message_buttons, self.in_background)
        self.status = Status(self.protocol.notify, self.shown_progress, self._warn)
        self.runner = Runner(self.notebooks)
        self.runner.listen(self._runtime_may_have_changed)
        self.board = RunBoard(self, self.runner, self.diagnostics, self.in_background)
        self.joining = Joining(self.runner, lambda: self.notebooks.settings, self._tell)
        self.output_files = OutputFiles()
        self.comparisons = Comparisons(self.protocol.notify, lambda: self.profile.takes_comparisons)
        self.file_changes = FileChanges(
            self.notebooks, lambda: self.profile, self.rewrite, self.in_background
        )
        self._told: set[str] = set()
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

    def use_folders(self) -> None:
        """Be about the folders that the client has open."""
        uris = list(self.workspace.folders.values())
        found = [paths.from_uri(it.uri) for it in uris]
        root = self.workspace.root_path
        named = [it for it in found if it] or ([root] if root else [])
        self.workspace_notebooks.index.use(paths.expanded(it) for it in named)

    def use(self, settings: Settings) -> None:
        """Use other settings from now on."""
        self.notebooks.configure(settings)
        self.trace.set_by_setting(settings.trace)

    def show_session(self, document: Document, link: NotebookLink) -> None:
        """Show a link's state and findings at its document."""
        found = self._session_diagnostics(document)
        if self.structure.is_due(document):
            if document.text == document.saved_text:
                # What became of a save comes with what is said of its text.
                self.structure.look_now(document)
        else:
            self.diagnostics.show(document, Origin.SESSION, found)
        title = to_range(document.source, document.title_span, self.unit)
        self.status.tell(document.uri, link, (found[0].range if found else title).start.line)

    async def rewrite(self, document: Document, text: str) -> bool:
        """Let the client replace the buffer's text by `text`, with the fewest edits."""
        edits = replacements(document.text, text)
        if not edits:
            return True
        uri, source = document.uri, document.source
        if self.profile.checks_versions:
            edit = to_versioned_edit(uri, document.version, source, edits, self.unit)
        else:
            edit = to_workspace_edit(uri, source, edits, self.unit)
        document.note_edit(is_sent=True)
        params = types.ApplyWorkspaceEditParams(edit=edit)
        answer = await answered(self.workspace_apply_edit_async(params))
        is_applied = answer is not None and answer.applied
        if not is_applied:
            document.note_edit(is_sent=False)
        return is_applied

    @property
    def intelligence(self) -> Intelligence:
        """Who helps with code; loaded when somebody asks."""
        if self._asking is None:
            from livebook_ls.intelligence.elixir_process.own_elixir import OwnElixir
            from livebook_ls.intelligence.elixir_process.supervision import ElixirSupervisor
            from livebook_ls.intelligence.live_session import SessionHelp
            from livebook_ls.intelligence.ruff import Ruff

            elixir = ElixirSupervisor(
                self.environ, self._may_start_helpers, lambda: self.notebooks.settings.elixir_path
            )
            # A session that runs the notebook stands before them: it knows values.
            self._asking = Intelligence(
                [
                    SessionHelp(self.session_finder.cells),
                    OwnElixir(elixir),
                    Ruff(self.environ, self._may_start_helpers),
                ]
            )
        return self._asking

    async def close(self, *, is_asked_for: bool = False) -> None:
        """End all that works for this server, which the client may have asked for, and then waits;
        nobody waits long for what doesn't end.
        """
        if self._closing is None:
            self._closing = asyncio.ensure_future(self._close(is_asked_for=is_asked_for))
        await asyncio.wait([self._closing], timeout=_CLOSED_WITHIN_S)
        if not self._closing.done():
            logger.warning("Ended without what does not come to an end")

    async def _close(self, *, is_asked_for: bool) -> None:
        helpers = [self._asking.close()] if self._asking is not None else []
        close = self.notebooks.close
        closing = close() if is_asked_for else close(_LEFT_SAVES_S)
        ended = await asyncio.gather(closing, *helpers, return_exceptions=True)
        for it in ended:
            if isinstance(it, Exception):
                logger.error("An end did not go well", exc_info=it)

    def _may_start_helpers(self) -> bool:
        """Whether programs may be started to help with code: not for a workspace of strangers, nor
        any more at the end.
        """
        is_trusted = self.is_workspace_trusted and self._closing is None
        return is_trusted and self.notebooks.settings.language_help

    def _tell(self, message: str) -> None:
        self.messages.tell(types.MessageType.Warning, message)

    def _warn(self, message: str) -> None:
        """Tell of a trouble that nobody asked about, where the client doesn't show it by itself."""
        if not self.profile.shows_status:
            self.messages.tell(types.MessageType.Warning, message)

    def _runtime_may_have_changed(self, path: str) -> None:
        if document := self.documents.at_path(path):
            self.code.judged_by(document, self.session_finder.runtime(path))

    def _changed(self, link: NotebookLink) -> None:
        document = self.documents.at_path(link.path)
        if document is not None:
            for each in self.documents.all_at_path(link.path):
                self.show_session(each, link)
            self._runtime_may_have_changed(link.path)
            if self.joining.wants(document, link):
                self.in_background(self.joining.join(link.path))
            self.in_background(self.joining.follow(link))
            self.comparisons.notice(document.uri, link.merge)
            self.file_changes.notice(document, link)
            # About saves, so it is told at the first; what a link can't do is told at an open.
            if link.hides_session and link.saves:
                self.tell_once(merge_findings.NOT_SHOWN)

    def tell_once(self, message: str) -> None:
        """Tell what is not of one notebook, the first time that it is seen."""
        if message not in self._told:
            self._told.add(message)
            self.messages.tell(types.MessageType.Info, message)

    def _session_diagnostics(self, document: Document) -> list[types.Diagnostic]:
        link = self.notebooks.links.get(document.path) if document.path else None
        placed = placed_findings(document, link) if link else ()
        return [
            to_diagnostic(it, to_range(document.source, place, self.unit)) for it, place in placed
        ]

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            logger.error("A background task failed", exc_info=error)
