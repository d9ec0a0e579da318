"""Runs the program in forks of a process that has loaded all of it: a start costs next to nothing.

`python -m tests.support.fork_server.server` prints where it listens, and serves until its stdin
ends. A fork is a process like
any other, with an environment, a folder, streams and signals of its own: it leaves nothing behind
for the next.
"""

from __future__ import annotations

import atexit
import contextlib
import gc
import io
import marshal
import os
import pkgutil
import selectors
import signal
import socket
import sys
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from typing import Any, NoReturn

import livebook_ls
from livebook_ls.cli import main as program
from livebook_ls.lsp.connection import types_on_demand
from livebook_ls.standin.editor import CAPABILITIES

# They bring more than all the rest, and only who speaks MCP needs them.
_LEFT_OUT = ("livebook_ls.mcp.", "livebook_ls.cli.mcp.", "livebook_ls.__main__.")
# What the program itself loads only where it needs it.
_LOADED_LATE = ("anyio._backends._asyncio", "encodings.idna", "http.client", "ssl")


_DOCUMENT = {"uri": "file:///note.livemd", "languageId": "livebook", "version": 1, "text": ""}
# What nearly every editor says, and what is said to it.
_HEARD: dict[str, Any] = {
    "initialize": {
        "processId": None,
        "clientInfo": {"name": "editor"},
        "rootUri": None,
        "workspaceFolders": [{"uri": "file:///notes", "name": "notes"}],
        "capabilities": CAPABILITIES,
        "initializationOptions": {},
    },
    "initialized": {},
    "textDocument/didOpen": {"textDocument": _DOCUMENT},
    "textDocument/didChange": {"textDocument": _DOCUMENT, "contentChanges": [{"text": ""}]},
    "textDocument/didSave": {"textDocument": _DOCUMENT, "text": ""},
    "textDocument/didClose": {"textDocument": _DOCUMENT},
    "workspace/executeCommand": {"command": "", "arguments": [""]},
    "shutdown": None,
    "exit": None,
}
_SAID = (
    "client/registerCapability",
    "textDocument/publishDiagnostics",
    "window/showMessage",
    "workspace/applyEdit",
    "workspace/configuration",
)


def load_all() -> None:
    """Load what the program may need, and leave it out of every later search for garbage."""
    types_on_demand.load()
    _prepare_messages()
    names = (it.name for it in pkgutil.walk_packages(livebook_ls.__path__, "livebook_ls."))
    for name in (*names, *_LOADED_LATE):
        if not f"{name}.".startswith(_LEFT_OUT):
            import_module(name)
    gc.freeze()


def _prepare_messages() -> None:
    """Have ready what reads and writes messages, which each server makes for itself as it goes."""
    # Loaded by now, in the program's own way.
    from lsprotocol.types import METHOD_TO_TYPES
    from pygls.lsp._base_server import BaseLanguageServer
    from pygls.protocol import default_converter

    converter = default_converter()  # type: ignore[no-untyped-call]
    for method, params in _HEARD.items():
        message = {"id": 1, "jsonrpc": "2.0", "method": method, "params": params}
        converter.structure(message, METHOD_TO_TYPES[method][0])
    for method in _SAID:
        converter.get_unstructure_hook(METHOD_TO_TYPES[method][0])
    # A fork has one server.
    start = BaseLanguageServer.__init__
    defaults = start.__defaults__ or ()
    start.__defaults__ = tuple(
        (lambda: converter) if it is default_converter else it for it in defaults
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for: arguments of the program, and where it is to run."""

    streams: list[int]
    arguments: list[str]
    folder: str
    environ: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Fork:
    process_id: int
    # Readable once it has ended.
    ended: int
    client: socket.socket


class ForkServer:
    """Forks for each client that connects, and tells it how that ended."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self._events = selectors.DefaultSelector()
        self._forks: set[_Fork] = set()

    def serve(self) -> Asked | None:
        """Returns in a fork what is asked of it, and in the server None, once stdin has ended."""
        self._events.register(sys.stdin, selectors.EVENT_READ)
        self._events.register(self._listener, selectors.EVENT_READ)
        while True:
            for key, _ in self._events.select():
                if key.fileobj is sys.stdin:
                    for fork in self._forks:
                        os.kill(fork.process_id, signal.SIGKILL)
                    return None
                if key.fileobj is self._listener:
                    if asked := self._fork():
                        return asked
                elif key.data in self._forks:
                    self._look_after(key.data, is_ended=key.fileobj is not key.data.client)

    def _fork(self) -> Asked | None:
        client, _ = self._listener.accept()
        _, streams, _, _ = socket.recv_fds(client, 1, 3)
        with client.makefile("rb") as stream:
            asked = Asked(streams, *marshal.load(stream))  # noqa: S302 — the tests' own
        if not (process_id := os.fork()):
            client.close()
            self._leave()
            return asked
        for descriptor in streams:
            os.close(descriptor)
        fork = _Fork(process_id, os.pidfd_open(process_id), client)
        self._forks.add(fork)
        self._events.register(fork.ended, selectors.EVENT_READ, fork)
        self._events.register(fork.client, selectors.EVENT_READ, fork)
        return None

    def _leave(self) -> None:
        """Let go of all that is the server's alone."""
        self._listener.close()
        self._events.close()
        for fork in self._forks:
            os.close(fork.ended)
            fork.client.close()

    def _look_after(self, fork: _Fork, *, is_ended: bool) -> None:
        """Pass on a signal to its client; without one, either has ended, and so the other does."""
        if not is_ended and (number := fork.client.recv(1)):
            os.kill(fork.process_id, number[0])
            return
        os.kill(fork.process_id, signal.SIGKILL)
        _, status = os.waitpid(fork.process_id, 0)
        self._forks.remove(fork)
        self._events.unregister(fork.client)
        self._events.unregister(fork.ended)
        os.close(fork.ended)
        with fork.client, contextlib.suppress(BrokenPipeError):
            fork.client.sendall(b"%d" % status)


def begin(asked: Asked) -> None:
    """Make a process that was forked what it would be, had it been started."""
    os.setsid()
    for number, stream in enumerate(asked.streams):
        os.dup2(stream, number)
        os.close(stream)
    os.chdir(asked.folder)
    os.environ.clear()
    os.environ.update(asked.environ)
    time.tzset()
    sys.argv[1:] = asked.arguments
    sys.stdin, sys.stdout = _text(0, "strict"), _text(1, "strict")
    sys.stderr = _text(2, "backslashreplace")


def _text(number: int, errors: str) -> io.TextIOWrapper:
    stream = open(number, "rb" if number == 0 else "wb", closefd=False)  # noqa: SIM115
    return io.TextIOWrapper(stream, "utf-8", errors, line_buffering=number == 2 or stream.isatty())


def be_the_program() -> NoReturn:
    """Run it and end as Python does, but that nothing is torn down: that takes most of the time."""
    try:
        code = program.main()
    except SystemExit as end:
        if not isinstance(end.code, int):
            raise
        code = end.code
    # As multiprocessing ends its forks.
    threading._shutdown()  # type: ignore[attr-defined]
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main() -> None:
    """Tell the address, then serve; in a fork be the program."""
    # Where a system keeps this from us, there is no fork server.
    os.close(os.pidfd_open(os.getpid()))
    load_all()
    with socket.socket(socket.AF_UNIX) as listener:
        # Linux chooses a name that no file has; nothing is left of it.
        listener.bind("")
        listener.listen()
        print(listener.getsockname()[1:].decode(), flush=True)
        asked = ForkServer(listener).serve()
    if asked is not None:
        begin(asked)
        be_the_program()


if __name__ == "__main__":
    main()
