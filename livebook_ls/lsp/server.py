"""The language server: lifecycle, and the table of its handlers.

Plain `def` handlers run in message order and are where state changes; what talks to Livebook goes
to `sync`, which answers through `_changed`.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from lsprotocol import types
from pygls.lsp.server import LanguageServer

from livebook_ls import __version__
from livebook_ls.lsp.client.profile import Profile
from livebook_ls.lsp.client.status import Status
from livebook_ls.lsp.connection.client_log import ClientLog
from livebook_ls.lsp.connection.protocol import NotebookProtocol
from livebook_ls.lsp.connection.trace import Tracing
from livebook_ls.lsp.convert import (
    to_diagnostic,
    to_range,
    to_unit,
    to_workspace_edit,
)
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document, Documents, notebook_path
from livebook_ls.lsp.documents.text_check import StructureWatch
from livebook_ls.lsp.features import actions, fixes
from livebook_ls.lsp.handlers import commands, configuration, reading, saving
from livebook_ls.notebook.edits import replacements
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.source import Unit
from livebook_ls.settings import BadSetting, Settings
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

logger = logging.getLogger(__name__)

_NOTEBOOKS = types.FileOperationFilter(
    scheme="file", pattern=types.FileOperationPattern(glob="**/*.livemd")
)
_CLIENT_CHECK_S = 2.0


class NotebookServer(LanguageServer):
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
        self.structure = StructureWatch(self)
        self.status = Status(self)
        self.trace = Tracing(self)
        # A process of this server's own ends with its client; else only the connection does.
        self.owns_process = True
        self.log = ClientLog(self)
        self._tasks: set[asyncio.Task[Any]] = set()

    @property
    def unit(self) -> Unit:
        """How the client counts columns."""
        return to_unit(self.protocol.workspace.position_encoding)

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
            if link.rewritten is not None:
                self.in_background(self._refresh(document, link))

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


def create_server(environ: Mapping[str, str]) -> NotebookServer:
    """A server with all its handlers; Livebook is looked for by `environ` where nothing is set."""
    server = NotebookServer(environ)
    for method, (handler, options) in (_HANDLERS | reading.HANDLERS | saving.HANDLERS).items():
        server.feature(method, options)(handler)
    for name, command in commands.COMMANDS.items():
        server.command(name)(_with_server(server, command))
    return server


def initialize(ls: NotebookServer, params: types.InitializeParams) -> None:
    ls.log.attach()
    ls.trace.set_by_client(params.trace.value if params.trace else None)
    configuration.start(ls, params.initialization_options)
    if ls.owns_process and params.process_id is not None and os.name == "posix":
        ls.in_background(_end_with_client(params.process_id))


def initialized(ls: NotebookServer, _: types.InitializedParams) -> None:
    ls.notebooks.warm_up()
    ls.in_background(configuration.pull(ls))


async def shutdown(ls: NotebookServer, _: object) -> None:
    ls.log.detach()
    await ls.notebooks.close()


def set_trace(ls: NotebookServer, params: types.SetTraceParams) -> None:
    ls.trace.set_by_client(params.value.value)


def did_open(ls: NotebookServer, params: types.DidOpenTextDocumentParams) -> None:
    document = ls.documents.get(params.text_document.uri)
    if document is not None:
        ls.structure.look_now(document)
        ls.show_session(document, ls.notebooks.did_open(document.path))
        ls.notebooks.notice_activity()


def did_save(ls: NotebookServer, params: types.DidSaveTextDocumentParams) -> None:
    document = ls.documents.save(params)
    if document is not None:
        ls.structure.look_now(document)
        ls.notebooks.did_save(document.path, document.saved_text)


def did_change(ls: NotebookServer, params: types.DidChangeTextDocumentParams) -> None:
    if document := ls.documents.get(params.text_document.uri):
        ls.structure.look_soon(document)
        ls.notebooks.notice_activity()


def did_change_watched_files(ls: NotebookServer, _: types.DidChangeWatchedFilesParams) -> None:
    ls.notebooks.notice_activity()


def did_close(ls: NotebookServer, params: types.DidCloseTextDocumentParams) -> None:
    document = ls.documents.close(params.text_document.uri)
    if document is None:
        return
    ls.structure.forget(document.uri)
    ls.diagnostics.clear(document.uri)
    ls.status.forget(document.uri)
    if ls.documents.at_path(document.path) is None:
        ls.notebooks.did_close(document.path)


def did_rename_files(ls: NotebookServer, params: types.RenameFilesParams) -> None:
    for file in params.files:
        old, new = notebook_path(file.old_uri), notebook_path(file.new_uri)
        if old and new:
            ls.notebooks.did_rename(old, new)


def did_change_configuration(
    ls: NotebookServer, params: types.DidChangeConfigurationParams
) -> None:
    ls.in_background(configuration.change(ls, params.settings))


def code_action(
    ls: NotebookServer, params: types.CodeActionParams
) -> list[types.CodeAction] | None:
    document = ls.documents.touch(params.text_document.uri)
    if document is None:
        return None
    link = ls.notebooks.links.get(document.path)
    return [
        *fixes.fixes(document, params.range, params.context, ls.unit),
        *actions.code_actions(document.uri, link.findings if link else (), params.context),
    ]


def code_lens(ls: NotebookServer, params: types.CodeLensParams) -> list[types.CodeLens] | None:
    document = ls.documents.get(params.text_document.uri)
    if document is None or not ls.notebooks.settings.code_lens:
        return None
    title = to_range(document.source, document.title_span, ls.unit)
    return actions.code_lenses(document.uri, title)


def _with_server(
    server: NotebookServer, command: commands.Command
) -> Callable[..., Awaitable[object]]:
    # pygls reads a command's annotations to convert its arguments; ours take what comes.
    async def run(*arguments: object) -> object:
        return await command(server, *arguments)

    return run


async def _end_with_client(process_id: int) -> None:
    """End this process when the client's is gone, also where it left our pipe open."""
    while True:
        await asyncio.sleep(_CLIENT_CHECK_S)
        try:
            os.kill(process_id, 0)
        except ProcessLookupError:
            logger.warning("The editor is gone; ending")
            os._exit(1)
        except PermissionError:
            continue


_HANDLERS: dict[str, tuple[Any, Any]] = {
    types.INITIALIZE: (initialize, None),
    types.INITIALIZED: (initialized, None),
    types.SHUTDOWN: (shutdown, None),
    types.SET_TRACE: (set_trace, None),
    types.TEXT_DOCUMENT_DID_OPEN: (did_open, None),
    types.TEXT_DOCUMENT_DID_CHANGE: (did_change, None),
    types.TEXT_DOCUMENT_DID_SAVE: (did_save, types.SaveOptions(include_text=True)),
    types.TEXT_DOCUMENT_DID_CLOSE: (did_close, None),
    types.WORKSPACE_DID_RENAME_FILES: (
        did_rename_files,
        types.FileOperationRegistrationOptions(filters=[_NOTEBOOKS]),
    ),
    types.WORKSPACE_DID_CHANGE_CONFIGURATION: (did_change_configuration, None),
    types.WORKSPACE_DID_CHANGE_WATCHED_FILES: (did_change_watched_files, None),
    types.TEXT_DOCUMENT_CODE_ACTION: (
        code_action,
        types.CodeActionOptions(code_action_kinds=[types.CodeActionKind.QuickFix]),
    ),
    types.TEXT_DOCUMENT_CODE_LENS: (code_lens, types.CodeLensOptions()),
}
