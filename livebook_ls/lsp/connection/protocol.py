"""pygls' protocol with our own documents in place of its text store.

pygls cuts lines where Python does, also at U+2028 and form feeds, and rebuilds the whole text at
each change; with incremental changes such notebooks would be corrupted.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import Future
from contextvars import copy_context
from dataclasses import dataclass
from hmac import compare_digest
from types import MappingProxyType
from typing import Any

from lsprotocol import types
from pygls.exceptions import (
    JsonRpcException,
    JsonRpcInvalidRequest,
    JsonRpcServerNotInitialized,
)
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol
from pygls.protocol.json_rpc import RPCMessage
from pygls.protocol.language_server import lsp_method
from pygls.uris import from_fs_path
from pygls.workspace import Workspace

from livebook_ls.lsp.client import introduction
from livebook_ls.lsp.client.profile import Profile, read_profile
from livebook_ls.lsp.connection.capabilities import initialize_result
from livebook_ls.lsp.connection.trace import Tracing
from livebook_ls.lsp.documents.open_documents import Documents
from livebook_ls.lsp.ranges import to_unit
from livebook_ls.notebook.source import Unit

# What a client may say at any time, of something that it names or not at all.
_NAMED_BY = {
    types.CANCEL_REQUEST: "id",
    types.SET_TRACE: "value",
    types.WINDOW_WORK_DONE_PROGRESS_CANCEL: "token",
}
Handling = Generator[Any, Any, Any]
logger = logging.getLogger(__name__)


class DocumentServer(LanguageServer):
    """What the protocol keeps up to date before any handler sees a message."""

    profile: Profile
    documents: Documents
    trace: Tracing
    # What a client must know, where not only the one that started us can reach us.
    secret = ""

    @property
    def unit(self) -> Unit:
        """How the client counts columns."""
        return to_unit(self.protocol.workspace.position_encoding)


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A request that can't be read, by its id, or a notification, by None."""

    id: int | str | None
    error: JsonRpcException


class NotebookProtocol(LanguageServerProtocol):
    """Keeps `server.documents` and `server.profile` before any handler sees the message."""

    _server: DocumentServer
    _is_initialized = _is_ending = False
    _has_reader = True
    # What the client said of itself in `initialize`, as it came.
    _introduction: Mapping[str, Any] = MappingProxyType({})
    # Methods by ids of what was answered before we came, so that no answer is sent again.
    answered: dict[int | str, str]

    def __init__(self, *given: Any) -> None:  # noqa: ANN401 — as pygls makes it
        super().__init__(*given)
        self.answered = {}

    @property
    def was_shut_down(self) -> bool:
        """Whether the client asked for `shutdown`, so that `exit` is in order."""
        return self._shutdown

    @lsp_method(types.INITIALIZE)
    def lsp_initialize(self, params: types.InitializeParams) -> Handling:
        """Read the client's profile, and choose the kind of changes that it can be trusted with.

        In place of pygls' own, which makes some hundred types to say what is the same each time.
        """
        self._is_initialized = True
        said = self._introduction
        self._server.profile = read_profile(said)
        self._server.process_id = params.process_id
        has_path_only = params.root_path is not None and params.root_uri is None
        self._workspace = Workspace(
            from_fs_path(params.root_path or "") if has_path_only else params.root_uri,
            workspace_folders=list(params.workspace_folders or ()),
            position_encoding=types.PositionEncodingKind(introduction.position_encoding(said)),
        )
        yield from self._pass_on(types.INITIALIZE, params)
        return initialize_result(said)

    @lsp_method(types.SHUTDOWN)
    def lsp_shutdown(self, *args: object) -> Handling:
        """Let the handler end what it began, then give up what is under way with the client.

        pygls goes through its open requests while those that are cancelled leave the table.
        """
        yield from self._pass_on(types.SHUTDOWN, *args)
        for number, future in list(self._request_futures.items()):
            if number != self.msg_id and not future.done():
                future.cancel()
        self._shutdown = True

    @lsp_method(types.EXIT)
    def lsp_exit(self, *_: object) -> Handling:
        """Stop reading, which ends this client's loop; what the process does then is its own."""
        if self._server._stop_event is not None:
            self._server._stop_event.set()
        yield from ()

    def structure_message(self, data: dict[str, Any]) -> Any:  # noqa: ANN401 — any message
        """The message of `data`; one that can't be read is to be answered, not dropped."""
        if _is_for_nobody(data):
            return Unreadable(None, JsonRpcInvalidRequest())
        try:
            return super().structure_message(self._without_abilities(data))
        except JsonRpcException as error:
            number = data.get("id") if "method" in data else None
            return Unreadable(number if isinstance(number, int | str) else None, error)

    def _without_abilities(self, data: dict[str, Any]) -> dict[str, Any]:
        """An `initialize` without the client's abilities, which are kept; all else as it is.

        LSP has some hundred types for them, most of which say nothing to us.
        """
        params = data.get("params")
        if data.get("method") != types.INITIALIZE or not isinstance(params, dict):
            return data
        if not isinstance(params.get("capabilities"), dict):
            return data
        if not self._is_initialized:
            self._introduction = params
        return data | {"params": params | {"capabilities": {}}}

    def handle_message(self, message: RPCMessage | Unreadable) -> None:
        """Note the message, then handle it, or answer why not."""
        if isinstance(message, Unreadable):
            if message.id is not None:
                self._send_response(message.id, error=message.error.to_response_error())
            return
        self._server.trace.received(message)
        method = getattr(message, "method", None)
        refusal = self._refusal(method) or self._stranger(message)
        # From the request on, not from its answer: nothing may begin while the server ends.
        self._is_ending |= refusal is None and method == types.SHUTDOWN
        number: int | str | None = getattr(message, "id", None)
        if refusal is not None:
            if number is not None:
                self._send_response(number, error=refusal.to_response_error())
        elif number is not None and self.answered.get(number) not in (None, types.INITIALIZE):
            # Another outline of the same text, for nobody, would hold up what comes behind it.
            self._send_response(number)
        elif method is not None and not self._shutdown and self._is_notification(message):
            # pygls would ask of four protocols whether the message has all that each has.
            copy_context().run(self._handle_notification, method, getattr(message, "params", None))
        else:
            super().handle_message(message)

    def _is_notification(self, message: RPCMessage) -> bool:
        """Whether it is one of JSON-RPC's own version; a request may have null for its id."""
        return message.jsonrpc == self.VERSION and not hasattr(message, "id")

    def _stranger(self, message: RPCMessage) -> JsonRpcException | None:
        """Why a client that begins is not obeyed, which also ends its connection; None if it is."""
        if not isinstance(message, types.InitializeRequest):
            return None
        given = introduction.secret(self._introduction)
        if compare_digest(given.encode("utf-8", "replace"), self._server.secret.encode()):
            return None
        if self._server._stop_event is not None:
            self._server._stop_event.set()
        return JsonRpcInvalidRequest(
            "The secret is missing or wrong: `livebook-ls serve --tcp` prints it beside the port, "
            'and "secret" in initializationOptions is its place.'
        )

    def _refusal(self, method: str | None) -> JsonRpcException | None:
        """Why a message is out of place now, by the LSP's rules of a server's life; None if not."""
        if method is None or method == types.EXIT:
            return None
        if self._is_ending:
            return JsonRpcInvalidRequest("The server was shut down.")
        if method == types.INITIALIZE:
            return JsonRpcInvalidRequest("Already initialized.") if self._is_initialized else None
        return None if self._is_initialized else JsonRpcServerNotInitialized("Not initialized yet.")

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> Handling:
        """Remember the document."""
        self._server.documents.open(params.text_document)
        yield from self._pass_on(types.TEXT_DOCUMENT_DID_OPEN, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> Handling:
        """Apply the changes."""
        self._server.documents.change(params, self._server.unit)
        yield from self._pass_on(types.TEXT_DOCUMENT_DID_CHANGE, params)

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> Handling:
        """Leave forgetting to the handler, which still needs the document."""
        yield from self._pass_on(types.TEXT_DOCUMENT_DID_CLOSE, params)

    def _execute_handler(
        self,
        msg_id: int | str,
        handler: Callable[..., Any],
        callback: Callable[[Future[Any]], None],
        args: tuple[Any, ...] | None = None,
        kwargs: dict[str, Any] | None = None,
    ) -> None:
        """Have a message handled, and keep nothing of it then: of a notification, and so for each
        key that is typed, pygls would keep the future for ever.
        """

        def forget(future: Future[Any]) -> None:
            self._request_futures.pop(msg_id, None)
            callback(future)

        super()._execute_handler(msg_id, handler, forget, args, kwargs)

    def _handle_response(
        self,
        msg_id: int | str,
        result: object = None,
        error: types.ResponseError | None = None,
    ) -> None:
        """Drop an answer that nobody waits for any more: pygls would tell the user of an error."""
        future = self._request_futures.get(msg_id)
        if future is not None and future.cancelled():
            del self._request_futures[msg_id]
            return
        super()._handle_response(msg_id, result, error)

    def _send_response(
        self,
        msg_id: int | str,
        result: object = None,
        error: types.ResponseError | None = None,
    ) -> None:
        """Answer; a result that is in JSON already goes out as it is.

        cattrs would walk through all of it in search of what is not.
        """
        answer: dict[str, Any] = {"id": msg_id, "jsonrpc": self.VERSION}
        answer |= {"result": result} if error is None else {"error": error}
        method = self.answered.pop(msg_id, None)
        if method is None:
            self._send_data(answer)
            return
        self._server.trace.sent(answer)
        if error is not None and method == types.INITIALIZE:
            # The client believes that it has a server.
            logger.error("What was promised at once can't be kept")
            if self._server._stop_event is not None:
                self._server._stop_event.set()

    def _send_data(self, data: Any) -> None:  # noqa: ANN401 — any message of the protocol
        """Send a message, as long as somebody can read it. A client that can't may still have told
        of a save, so that it is obeyed until it has said all.
        """
        self._server.trace.sent(data)
        if self._has_reader:
            try:
                super()._send_data(data)
            except BrokenPipeError:
                self._has_reader = False

    def _pass_on(self, method: str, *params: object) -> Handling:
        if (handler := self.fm.features.get(method)) is not None:
            yield handler, params, None


def _is_for_nobody(data: dict[str, Any]) -> bool:
    """Whether a message is about what can't be: pygls would look for it, and tell of an error."""
    if "jsonrpc" not in data:
        return False
    if isinstance(data.get("id"), dict | list):
        return True
    method, params = data.get("method"), data.get("params")
    key = _NAMED_BY.get(method) if isinstance(method, str) else None
    if key is None:
        return False
    return not (isinstance(params, dict) and isinstance(params.get(key), int | str))
