"""HTTP on a socket: reads requests, has them answered, and drops connections when told to."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import TypeAlias

from livebook_ls.standin.http.request import limit_bytes
from livebook_ls.standin.http.response import Response
from livebook_ls.standin.live.lobby import Lobby
from livebook_ls.standin.live.page_socket import PATH, PageSocket, Upgrade

_ABORT = struct.pack("ii", 1, 0)

# Method, target, headers with lower-case names, and the body; None where it was too long to read.
Answerer: TypeAlias = Callable[[str, str, Mapping[str, str], bytes | None], Response]


class DroppedError(Exception):
    """The connection is to end without an answer."""


class ResetError(DroppedError):
    """The connection is to be reset."""


class Server(ThreadingHTTPServer):
    """Listens on one address, a thread for every connection, all of them ended by `close`."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], answer: Answerer, lobby: Lobby) -> None:
        self.answer = answer
        self.lobby = lobby
        self._connections: set[object] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Handler)
        self._thread = threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def server_bind(self) -> None:
        """Bind without asking a name server for our own name, which can take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.port

    @property
    def port(self) -> int:
        """The port that it listens on."""
        return int(self.server_address[1])

    def close(self) -> None:
        """Stop listening and end every connection."""
        self.shutdown()
        self._thread.join()
        self.drop_connections()
        self.server_close()

    def drop_connections(self) -> None:
        """End every connection as it is."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            if isinstance(connection, socket.socket):
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: object, client_address: object) -> None:
        """Remember the connection, so that `close` can end it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)  # type: ignore[arg-type]  # as handed over

    def shutdown_request(self, request: object) -> None:
        """Forget the connection when it ends."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)  # type: ignore[arg-type]  # as handed over


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "livebook-ls-stand-in"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def handle(self) -> None:
        # A client may go away at any moment; that is its right.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def finish(self) -> None:
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as inherited
        """Say nothing: the journal knows."""

    def _answer(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        if headers.get("upgrade", "").lower() == "websocket" and self.path.startswith(PATH):
            self._serve_socket(headers)
            return
        body = self._read_body(headers)
        try:
            response = self.server.answer(self.command, self.path, headers, body)
        except ResetError:
            self._reset()
        except DroppedError:
            self.close_connection = True
        else:
            self._send(response, is_last=body is None)

    def _serve_socket(self, headers: Mapping[str, str]) -> None:
        self.close_connection = True
        page_socket = PageSocket(self.connection, self.server.lobby)
        lines = (f"{name}: {value}\r\n" for name, value in self.headers.items())
        request = f"{self.requestline}\r\n{''.join(lines)}\r\n".encode("latin-1")
        page_socket.serve(Upgrade(self.path, headers.get("cookie", ""), request))

    def _read_body(self, headers: Mapping[str, str]) -> bytes | None:
        if "chunked" in headers.get("transfer-encoding", "").lower():
            return self._read_chunks(limit_bytes(headers))
        length = int(headers.get("content-length") or 0)
        return None if length > limit_bytes(headers) else self.rfile.read(length)

    def _read_chunks(self, limit: int) -> bytes | None:
        body = b""
        while size := int(self.rfile.readline().partition(b";")[0], 16):
            body += self.rfile.read(size)
            self.rfile.readline()
            if len(body) > limit:
                return None
        self.rfile.readline()
        return body

    def _send(self, response: Response, *, is_last: bool) -> None:
        self.send_response(response.status)
        self.send_header("content-type", response.content_type)
        self.send_header("content-length", str(len(response.body)))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if is_last:
            # What is left of the body stays unread, so nothing can follow on this connection.
            self.send_header("connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)
        if response.then is not None:
            self.wfile.flush()
            response.then()

    def _reset(self) -> None:
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _ABORT)
        # Closing the descriptor itself: the files made from the socket would keep it open.
        os.close(self.connection.detach())

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = do_OPTIONS = _answer  # noqa: N815 - inherited names
