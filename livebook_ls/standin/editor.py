"""A stand-in editor: a small LSP client over stdio that opens, edits and saves real files.

It does what editors do and nothing more clever, with the standard library alone, so that the demo
can show the real server at work and tests can ask it anything.
"""

from __future__ import annotations

import contextlib
import itertools
import json
import os
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from livebook_ls.standin.buffers import Buffers

Json = Any
# Only who waits in vain waits so long; a busy machine takes its time for everything.
_ANSWER_S = 120.0
_END_S = 30.0
_INTERNAL_ERROR = -32603

# What VS Code declares, as far as the server asks for it.
CAPABILITIES: Json = {
    "general": {"positionEncodings": ["utf-16"]},
    "window": {"showDocument": {"support": True}, "workDoneProgress": True},
    "workspace": {
        "applyEdit": True,
        "configuration": True,
        "didChangeConfiguration": {"dynamicRegistration": True},
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "workspaceEdit": {"documentChanges": True},
        "fileOperations": {"didRename": True, "willRename": True},
    },
    "textDocument": {
        "synchronization": {"willSave": True, "willSaveWaitUntil": True, "didSave": True},
        "codeAction": {
            "codeActionLiteralSupport": {"codeActionKind": {"valueSet": ["", "quickfix"]}}
        },
        "documentSymbol": {"hierarchicalDocumentSymbolSupport": True},
        "publishDiagnostics": {"versionSupport": True},
    },
}


class Editor:
    """A client of one server process. Methods block; what the server sends is kept to be read."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        name: str = "stand-in editor",
        settings: Json = None,
        capabilities: Json = None,
        process_id: int | None = None,
        folder: Path | None = None,
        refuses: frozenset[str] = frozenset(),
    ) -> None:
        self.refuses = refuses  # The methods to which it answers with an error.
        self.diagnostics: dict[str, list[Json]] = {}
        self.statuses: dict[str, list[Json]] = {}
        self.messages: list[Json] = []
        self.shown: list[str] = []
        self.received: list[Json] = []
        self.buffers = Buffers(self.notify)
        self.texts = self.buffers.texts
        self.settings = settings or {}
        self.shows_documents = True
        self.applies_edits = True
        # The title of the button that is pressed wherever a message has it.
        self.presses = ""
        self._answers: dict[int, Json] = {}
        self._numbers = itertools.count(1)
        self._news = threading.Condition()
        self._sending = threading.Lock()
        self.process = subprocess.Popen(  # noqa: S603 — our own server, started by its full path
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=dict(environ),
            # What is typed in a terminal is the editor's, not its server's.
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()
        self.server = self.request(
            "initialize",
            {
                "processId": process_id,
                "clientInfo": {"name": name},
                "rootUri": folder.as_uri() if folder else None,
                "workspaceFolders": [{"uri": folder.as_uri(), "name": folder.name}]
                if folder
                else None,
                "capabilities": capabilities or CAPABILITIES,
                "initializationOptions": self.settings,
            },
        )
        self.notify("initialized", {})

    def __enter__(self) -> Editor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(self, path: Path, language: str = "livebook") -> str:
        """Open a file; returns its URI."""
        uri = path.as_uri()
        self.open_text(uri, _read_text(path), language)
        return uri

    def open_text(self, uri: str, text: str, language: str = "livebook") -> None:
        """Open a document that has no file yet."""
        self.buffers.open(uri, text, language)

    def change(self, uri: str, text: str) -> None:
        """Replace the buffer's text."""
        self.buffers.edit(uri, lambda _: text)

    def save(self, uri: str, path: Path, text: str | None = None) -> int:
        """Write the buffer, changed to `text` before if given, and tell; the file's time in ns."""
        with self.buffers.editing:
            if text is not None:
                self.change(uri, text)
            saved_ns = _write(path, self.texts[uri].encode("utf-8"))
            saved = {"textDocument": {"uri": uri}, "text": self.texts[uri]}
            self.notify("textDocument/didSave", saved)
        return saved_ns

    def close_document(self, uri: str) -> None:
        """Close a file's buffer."""
        self.notify("textDocument/didClose", {"textDocument": {"uri": uri}})

    def command(self, name: str, *arguments: Json) -> Json:
        """Run one of the server's commands; returns what it answered."""
        params = {"command": name, "arguments": list(arguments)}
        return self.request("workspace/executeCommand", params)

    def notify_command(self, name: str, *arguments: Json) -> None:
        """Run one of the server's commands without waiting for its answer."""
        params = {"command": name, "arguments": list(arguments)}
        self._send(
            {"id": next(self._numbers), "method": "workspace/executeCommand", "params": params}
        )

    def actions(self, uri: str, line: int = 0, only: list[str] | None = None) -> list[Json]:
        """The code actions at the start of a line, as a cursor there would be offered them."""
        place = {"line": line, "character": 0}
        here = [
            item
            for item in self.diagnostics.get(uri, [])
            if item["range"]["start"]["line"] <= line <= item["range"]["end"]["line"]
        ]
        context: Json = {"diagnostics": here} | ({"only": only} if only is not None else {})
        params = {
            "textDocument": {"uri": uri},
            "range": {"start": place, "end": place},
            "context": context,
        }
        return self.request("textDocument/codeAction", params) or []

    def status(self, uri: str) -> Json:
        """The last `livebook/status` of a document, or None."""
        told = self.statuses.get(uri)
        return told[-1] if told else None

    def wait_for(self, claim: Callable[[], Json], what: str, timeout_s: float = _ANSWER_S) -> Json:
        """Wait until `claim()` holds and return it; the TimeoutError says `what` did not."""
        deadline = time.monotonic() + timeout_s
        with self._news:
            while not (held := claim()):
                # What is waited for may also be outside, in a file or in the stand-in Livebook.
                self._news.wait(0.02)
                if time.monotonic() > deadline:
                    raise TimeoutError(f"not within {timeout_s:g} s: {what}")
            return held

    def wait_for_state(self, uri: str, *states: str, timeout_s: float = _ANSWER_S) -> Json:
        """Wait until a document's last status is one of `states`, and return it."""

        def claim() -> Json:
            status = self.status(uri)
            return status if status and status["state"] in states else None

        return self.wait_for(claim, f"state {' or '.join(states)}", timeout_s)

    def request(self, method: str, params: Json, timeout_s: float = _ANSWER_S) -> Json:
        """Ask the server and wait for its result; raises RuntimeError where it answers an error."""
        number = next(self._numbers)
        self._send({"id": number, "method": method, "params": params})
        answer = self.wait_for(lambda: self._answers.get(number), f"answer to {method}", timeout_s)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error']['message']}")
        return answer.get("result")

    def notify(self, method: str, params: Json) -> None:
        """Tell the server."""
        self._send({"method": method, "params": params})

    def close(self) -> int:
        """End the server as editors do; returns its exit code."""
        if self.process.poll() is None:
            try:
                self.request("shutdown", None, _END_S)
                self.notify("exit", None)
            except (OSError, TimeoutError):
                self.process.kill()
        try:
            code = self.process.wait(_END_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            code = self.process.wait()
        self._reader.join(_END_S)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None and not stream.closed:
                try:
                    stream.close()
                except BrokenPipeError:
                    continue
        return code

    def _send(self, message: Json) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode("utf-8")
        assert self.process.stdin is not None  # noqa: S101 — opened as a pipe
        with self._sending:
            self.process.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
            self.process.stdin.flush()

    def _read(self) -> None:
        stream = self.process.stdout
        assert stream is not None  # noqa: S101 — opened as a pipe
        while header := stream.readline():
            length = 0
            while header.strip():
                if header.lower().startswith(b"content-length:"):
                    length = int(header.split(b":")[1])
                header = stream.readline()
            message = json.loads(stream.read(length))
            with self._news:
                self._take(message)
                self._news.notify_all()

    def _take(self, message: Json) -> None:
        method = message.get("method")
        if method is None:
            self._answers[message["id"]] = message
            return
        self.received.append(message)
        params = message.get("params")
        if method == "textDocument/publishDiagnostics":
            self.diagnostics[params["uri"]] = params["diagnostics"]
        elif method == "livebook/status":
            self.statuses.setdefault(params["uri"], []).append(params)
        elif method in ("window/showMessage", "window/showMessageRequest"):
            self.messages.append(params)
        if "id" in message:
            answer = {"id": message["id"], **self._said_to(method, params)}
            # A server may end without waiting for its answers.
            with contextlib.suppress(BrokenPipeError, ValueError):
                self._send(answer)

    def _said_to(self, method: str, params: Json) -> Json:
        if method in self.refuses:
            return {"error": {"code": _INTERNAL_ERROR, "message": "Not here."}}
        return {"result": self._answer(method, params)}

    def _answer(self, method: str, params: Json) -> Json:
        """What a friendly editor answers to a request of the server."""
        if method == "workspace/configuration":
            return [self.settings for _ in params["items"]]
        if method == "window/showDocument":
            self.shown.append(params["uri"])
            return {"success": self.shows_documents}
        if method == "window/showMessageRequest":
            return next((it for it in params["actions"] if it["title"] == self.presses), None)
        if method == "workspace/applyEdit":
            return {"applied": self.applies_edits and self.buffers.apply(params["edit"])}
        return None


def _read_text(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def _write(path: Path, data: bytes) -> int:
    """Write in place, with no moment in which the file is empty; the file's time then.

    Editors take microseconds from emptying a file to filling it. Beside a server in the same
    process that would be milliseconds, in which anybody may read.
    """
    with path.open("r+b" if path.exists() else "wb", buffering=0) as file:
        file.write(data)
        file.truncate()
        return os.fstat(file.fileno()).st_mtime_ns
