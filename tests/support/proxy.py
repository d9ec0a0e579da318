"""A small reverse proxy before a stand-in, for what stands between an editor and a Livebook."""

from __future__ import annotations

import http.client
import json
import ssl
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

HTTPS = Path(__file__).parent / "https"
CA_FILE = HTTPS / "certificate.pem"


def as_it_is(text: str) -> str | None:
    return text


def stripping(prefix: str) -> Callable[[str], str | None]:
    """Paths under `prefix` without it; all others have nothing behind them."""
    return lambda it: it.removeprefix(prefix) if it.startswith(f"{prefix}/") else None


class Proxy:
    """Passes requests on to `target`; a context manager.

    `route` says which path is asked for there (None: not found), and `there` what a file's path is
    on the other side, as in a container that sees other folders.
    With `moved_to` it only sends there.
    """

    def __init__(
        self,
        target: str,
        *,
        route: Callable[[str], str | None] = as_it_is,
        there: Callable[[str], str | None] = as_it_is,
        is_secure: bool = False,
        moved_to: str = "",
    ) -> None:
        self.target = urlsplit(target).netloc
        self.route = route
        self.there = there
        self.moved_to = moved_to
        handler = type("Handler", (_Handler,), {"proxy": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        scheme = "https" if is_secure else "http"
        self.url = f"{scheme}://localhost:{self._server.server_address[1]}"
        if is_secure:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(CA_FILE, HTTPS / "key.pem")
            # The handshake belongs to the connection's thread: a refusal must end no server.
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Proxy:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    proxy: Proxy

    def handle(self) -> None:
        try:
            super().handle()
        except OSError:
            # A refused certificate, or a client that goes away.
            self.close_connection = True

    def finish(self) -> None:
        try:
            super().finish()
        except OSError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 — as inherited
        """Say nothing."""

    def _pass_on(self) -> None:
        body = self.rfile.read(int(self.headers.get("content-length") or 0))
        if self.proxy.moved_to:
            self._send(301, "text/html", b"", self.proxy.moved_to + self.path)
            return
        path = self.proxy.route(self.path)
        if path is None:
            self._send(404, "text/html", b"<title>Nothing here</title>", "")
            return
        connection = http.client.HTTPConnection(self.proxy.target, timeout=120)
        try:
            kept = ("accept", "content-type", "cookie", "origin")
            headers = {name: self.headers[name] for name in kept if name in self.headers}
            connection.request(self.command, path, self._translated(body), headers)
            answer = connection.getresponse()
            self._send(
                answer.status,
                answer.headers.get("content-type", ""),
                answer.read(),
                answer.headers.get("location", ""),
            )
        except OSError:
            self._send(502, "text/html", b"<title>Bad gateway</title>", "")
        finally:
            connection.close()

    def _translated(self, body: bytes) -> bytes:
        asked = json.loads(body) if body else None
        if not isinstance(asked, dict) or "file" not in asked:
            return body
        file = self.proxy.there(asked["file"])
        return json.dumps({"file": "/nowhere/at/all" if file is None else file}).encode()

    def _send(self, status: int, kind: str, body: bytes, location: str) -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        if location:
            self.send_header("location", location)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = _pass_on  # noqa: N815 — inherited names
