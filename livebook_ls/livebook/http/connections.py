"""Kept connections to one address: none outlasts the deadline of a call.

The only module that knows `httpcore`, beside `deadlines`. With httpx above it a request costs two
thirds more, and a start that makes one 20 ms.
"""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

import httpcore

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http import certificates
from livebook_ls.livebook.http.ascii_url import ascii_url
from livebook_ls.livebook.http.deadlines import Deadline, TimedNetwork

# What can become of a request that is not answered; some of these are kinds of others.
UNCONNECTED = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.ProxyError)
TIMED_OUT = (httpcore.TimeoutException,)
FAILED = (
    *UNCONNECTED,
    *TIMED_OUT,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    httpcore.ConnectionNotAvailable,
)

_CONNECT_S = 2.0
_CONNECTIONS = 16
_KEPT = 8
_KEPT_S = 5.0


class ResponseStream:
    """An answer whose body may still be on its way."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._answer.status

    def header(self, name: str) -> str:
        """The header with this name in small letters, empty where there is none."""
        return ", ".join(self.headers(name))

    def headers(self, name: str) -> list[str]:
        """The same, one by one."""
        wanted = name.encode("ascii")
        return [it.decode("latin-1") for key, it in self._answer.headers if key.lower() == wanted]

    def chunks(self) -> Iterator[bytes]:
        """The body as it comes; raises one of FAILED."""
        return iter(self._answer.iter_stream())


class Connections:
    """Connections to `endpoint` that end with `deadline`.

    Raises Misconfigured where the endpoint's certificate authorities can't be read.
    """

    def __init__(self, endpoint: Endpoint, deadline: Deadline) -> None:
        # Without TLS nothing needs the certificates, whose loading costs more than a save.
        is_secure = endpoint.url.startswith("https:")
        context = certificates.context(endpoint.ca_file) if is_secure else None
        self._network = TimedNetwork(deadline)
        self._pool = _pool(_proxy(endpoint), context, self._network)
        # A certificate is the name's, though what is asked are its addresses.
        self._name = urlsplit(endpoint.url).hostname or ""

    @contextmanager
    def stream(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        content: bytes | None,
        timeout_s: float,
    ) -> Iterator[ResponseStream]:
        """Send a request, without its empty headers; a redirect is an answer as any other, since it
        leads to whom nothing was given. Raises one of FAILED.
        """
        if self._network.is_closed:
            # By us, while somebody was about to ask: no other error than any end of a connection.
            raise httpcore.ReadError("closed")
        address = ascii_url(url)
        if not address.isascii():
            raise httpcore.ConnectError("the name can't be looked up")
        parts = urlsplit(address)
        query = f"?{parts.query}" if parts.query else ""
        timeouts = dict.fromkeys(("read", "write", "pool"), timeout_s)
        request = httpcore.Request(
            method,
            httpcore.URL(
                scheme=parts.scheme,
                host=parts.hostname or "",
                port=parts.port,
                target=f"{parts.path or '/'}{query}",
            ),
            headers=[("host", parts.netloc), *((key, it) for key, it in headers.items() if it)],
            content=content,
            extensions={
                "timeout": timeouts | {"connect": min(_CONNECT_S, timeout_s)},
                "sni_hostname": self._name,
            },
        )
        answer = self._pool.handle_request(request)
        try:
            yield ResponseStream(answer)
        finally:
            answer.close()

    def close(self) -> None:
        """Close all of them, for good."""
        self._network.close()
        self._pool.close()


def _pool(
    proxy: str, context: ssl.SSLContext | None, network: TimedNetwork
) -> httpcore.ConnectionPool:
    if not proxy:
        return httpcore.ConnectionPool(
            context, None, _CONNECTIONS, _KEPT, _KEPT_S, network_backend=network
        )
    parts = urlsplit(proxy)
    has_name = parts.username is not None or parts.password is not None
    return httpcore.HTTPProxy(
        proxy,
        (_secret(parts.username), _secret(parts.password)) if has_name else None,
        None,
        context,
        None,
        _CONNECTIONS,
        _KEPT,
        _KEPT_S,
        network_backend=network,
    )


def _proxy(endpoint: Endpoint) -> str:
    """The proxy that the environment names, where it can't read what passes: never for http. Empty
    where there is none.

    A token or a notebook is for the host that was given, and for none on the way.
    """
    parts = urlsplit(endpoint.url)
    if endpoint.is_loopback or parts.scheme != "https":
        return ""
    # Loaded with the first that is asked of another machine.
    import urllib.request

    if urllib.request.proxy_bypass(parts.hostname or ""):
        return ""
    found = urllib.request.getproxies()
    named = found.get("https") or found.get("all") or ""
    named = named if "://" in named or not named else f"http://{named}"
    return named if named.startswith(("http://", "https://")) else ""


def _secret(text: str | None) -> bytes:
    return unquote(text or "").encode("utf-8")
