"""Kept connections to one address: none outlasts the deadline of a call."""

from __future__ import annotations

import base64
import contextlib
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import SplitResult, unquote, urlsplit

from livebook_ls import clock
from livebook_ls.livebook.errors import Misconfigured
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.http import certificates
from livebook_ls.livebook.http.ascii_url import ascii_url
from livebook_ls.livebook.http.deadlines import Deadline
from livebook_ls.livebook.http.http1 import BROKEN, ResponseStream, ask, connect_through
from livebook_ls.livebook.http.streams import Network, Stream, TlsStream, Unconnected

# What can become of a request that is not answered; some of these are kinds of others.
UNCONNECTED = (Unconnected,)
TIMED_OUT = (TimeoutError,)
FAILED = (OSError, *BROKEN)

_CONNECT_S = 2.0
_KEPT = 8
_KEPT_S = 5.0
_PORTS = {"http": 80, "https": 443}


@dataclass(slots=True)
class _Kept:
    """A connection between two requests."""

    stream: Stream
    until_s: float


class Connections:
    """Connections to `endpoint` that end with `deadline`.

    Raises Misconfigured where the endpoint's certificate authorities can't be read, or the proxy
    that the environment names is no address.
    """

    def __init__(self, endpoint: Endpoint, deadline: Deadline) -> None:
        # Without TLS nothing needs the certificates, whose loading costs more than a save.
        is_secure = endpoint.url.startswith("https:")
        self._context = certificates.context(endpoint.ca_file) if is_secure else None
        self._proxy = _proxy(endpoint)
        self._deadline = deadline
        self._network = Network(deadline)
        # A certificate is the name's, though what is asked are its addresses.
        self._name = urlsplit(endpoint.url).hostname or ""
        self._lock = threading.Lock()
        self._kept: dict[str, list[_Kept]] = {}

    @contextmanager
    def stream(
        self, method: str, url: str, headers: Mapping[str, str], content: bytes | None
    ) -> Iterator[ResponseStream]:
        """Send a request, without its empty headers; a redirect is an answer as any other, since it
        leads to whom nothing was given. Raises one of FAILED.
        """
        if self._network.is_closed:
            # By us, while somebody was about to ask: no other error than any end of a connection.
            raise ConnectionError("closed")
        address = ascii_url(url)
        if not address.isascii():
            raise Unconnected("the name can't be looked up")
        parts = urlsplit(address)
        stream = self._take(parts.netloc) or self._connect(parts)
        is_whole = False
        try:
            answer = ask(stream, method, parts, headers, content)
            try:
                yield answer
            finally:
                is_whole = answer.end()
        finally:
            if is_whole:
                self._keep(parts.netloc, stream)
            else:
                stream.end()

    def drop_kept(self) -> None:
        """Use none again that is kept: what has ended one of them has mostly ended all."""
        with self._lock:
            kept = [it for them in self._kept.values() for it in them]
            self._kept.clear()
        for it in kept:
            it.stream.end()

    def close(self) -> None:
        """Close all of them, for good."""
        self._network.close()

    def _take(self, place: str) -> Stream | None:
        """A kept connection to `place` that still stands."""
        now_s = clock.monotonic_s()
        while True:
            with self._lock:
                kept = self._kept.get(place)
                if not kept:
                    return None
                last = kept.pop()
            if now_s < last.until_s and last.stream.is_idle():
                return last.stream
            last.stream.end()

    def _keep(self, place: str, stream: Stream) -> None:
        with self._lock:
            kept = self._kept.setdefault(place, [])
            kept.append(_Kept(stream, clock.monotonic_s() + _KEPT_S))
            given_up = kept[:-_KEPT]
            del kept[:-_KEPT]
        for old in given_up:
            old.stream.end()

    def _connect(self, there: SplitResult) -> Stream:
        if not self._proxy:
            plain = self._network.connect(*_place(there), _CONNECT_S)
            return self._secured(plain, self._context, self._name)
        proxy = urlsplit(self._proxy)
        to_proxy = self._network.connect(*_place(proxy), _CONNECT_S)
        its = ssl.create_default_context() if proxy.scheme == "https" else None
        stream = self._secured(to_proxy, its, proxy.hostname or "")
        try:
            _lead_through(stream, there, proxy)
        except FAILED:
            stream.end()
            raise
        return self._secured(stream, self._context, self._name)

    def _secured(self, stream: Stream, context: ssl.SSLContext | None, name: str) -> Stream:
        if context is None:
            return stream
        try:
            with self._deadline.within(_CONNECT_S):
                return TlsStream(stream, context, name)
        except (OSError, UnicodeError) as error:
            # Of the second kind is a name that no host can have.
            stream.end()
            raise Unconnected("no TLS") from error


def _lead_through(stream: Stream, there: SplitResult, proxy: SplitResult) -> None:
    host, port = _place(there)
    place = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if not 200 <= connect_through(stream, place, _authorization(proxy)) < 300:
        raise Unconnected("the proxy doesn't lead there")


def _authorization(proxy: SplitResult) -> str:
    """What the proxy's address says of us, for its header (RFC 7617); empty where nothing."""
    if proxy.username is None and proxy.password is None:
        return ""
    named = f"{unquote(proxy.username or '')}:{unquote(proxy.password or '')}"
    return f"Basic {base64.b64encode(named.encode()).decode()}"


def _place(url: SplitResult) -> tuple[str, int]:
    return url.hostname or "", url.port or _PORTS[url.scheme]


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
    if not named.startswith(("http://", "https://")):
        return ""
    with contextlib.suppress(ValueError):
        its = urlsplit(named)
        if its.hostname and its.port != 0:
            return named
    raise Misconfigured(
        "The proxy that HTTPS_PROXY or ALL_PROXY names has no address",
        "Set it in the form http://host:port, or to nothing.",
    )
