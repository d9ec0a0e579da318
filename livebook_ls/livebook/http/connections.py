"""Kept connections to one address, for httpx: none outlasts the deadline of a call.

The only module that knows `httpcore`, on which httpx itself stands, beside `deadlines`.
"""

from __future__ import annotations

import contextlib
import ssl
import urllib.request
from collections.abc import Iterator

import httpcore

from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http import certificates
from livebook_ls.livebook.http.client_library import httpx
from livebook_ls.livebook.http.deadlines import Deadline, TimedNetwork

_CONNECTIONS = 16
_KEPT = 8
_KEPT_S = 5.0


class Connections(httpx.BaseTransport):
    """Connections to `endpoint` that end with `deadline`.

    Raises Misconfigured where the endpoint's certificate authorities can't be read.
    """

    def __init__(self, endpoint: Endpoint, deadline: Deadline) -> None:
        # Without TLS nothing needs the certificates, whose loading costs more than a save.
        is_secure = endpoint.url.startswith("https:")
        context = certificates.context(endpoint.ca_file) if is_secure else None
        self._pool = _pool(_proxy(endpoint), context, TimedNetwork(deadline))

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request; raises httpx' own errors."""
        url = request.url
        assert isinstance(request.stream, httpx.SyncByteStream)  # noqa: S101 — as all of ours
        asked = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        with _errors_of_httpx():
            answer = self._pool.handle_request(asked)
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close all of them."""
        self._pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        with _errors_of_httpx():
            yield from self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


def _pool(
    proxy: httpx.Proxy | None, context: ssl.SSLContext | None, network: TimedNetwork
) -> httpcore.ConnectionPool:
    if proxy is None:
        return httpcore.ConnectionPool(
            context, None, _CONNECTIONS, _KEPT, _KEPT_S, network_backend=network
        )
    return httpcore.HTTPProxy(
        str(proxy.url),
        proxy.raw_auth,
        proxy.headers.raw,
        context,
        proxy.ssl_context,
        _CONNECTIONS,
        _KEPT,
        _KEPT_S,
        network_backend=network,
    )


def _proxy(endpoint: Endpoint) -> httpx.Proxy | None:
    """The proxy that the environment names, where it can't read what passes: never for http.

    A token or a notebook is for the host that was given, and for none on the way.
    """
    url = httpx.URL(endpoint.url)
    if endpoint.is_loopback or url.scheme != "https" or urllib.request.proxy_bypass(url.host):
        return None
    found = urllib.request.getproxies()
    named = found.get("https") or found.get("all") or ""
    named = named if "://" in named or not named else f"http://{named}"
    return httpx.Proxy(named) if named.startswith(("http://", "https://")) else None


@contextlib.contextmanager
def _errors_of_httpx() -> Iterator[None]:
    """Errors of httpcore as httpx's, which have the same names."""
    try:
        yield
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise getattr(httpx, type(error).__name__)(str(error)) from error
    except (httpcore.ProxyError, httpcore.UnsupportedProtocol) as error:
        raise httpx.ConnectError(str(error)) from error
    except httpcore.ConnectionNotAvailable as error:
        raise httpx.ReadError(str(error)) from error
