"""Requests to one address, over kept connections; the only module that sends them.

What comes back is an answer, or one of our own errors (`errors`).
"""

from __future__ import annotations

import logging
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from livebook_ls import bounded_json, clock
from livebook_ls.livebook.errors import (
    AnotherProgram,
    CertificateRefused,
    LivebookError,
    NotRunning,
    NotUnderstood,
    TimedOut,
)
from livebook_ls.livebook.finding.addresses import BadAddress, Endpoint, read_address
from livebook_ls.livebook.http import certificates
from livebook_ls.livebook.http.connections import (
    FAILED,
    TIMED_OUT,
    UNCONNECTED,
    Connections,
)
from livebook_ls.livebook.http.cookies import Cookies
from livebook_ls.livebook.http.deadlines import Deadline

logger = logging.getLogger(__name__)

# Restamp returns a whole notebook, which JSON may write six times as long.
_ANSWER_LIMIT_BYTES = 64_000_000
# The health page goes through Livebook's pipeline for HTML, the calls through JSON's.
_HEADERS = {"accept": "*/*", "accept-encoding": "identity", "user-agent": "livebook-ls"}
_GATEWAY_STATUSES = frozenset({502, 503, 504})
_HEALTH_S = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpAnswer:
    """A whole HTTP answer; `kind` is its content type, `body` what it says in JSON, else None.

    Of one that has not said how long it is, nobody knows that it `is_surely_whole`.
    """

    status: int
    kind: str
    content: bytes
    body: Any
    location: str
    is_surely_whole: bool

    @property
    def message(self) -> str:
        """The text of one of Livebook's JSON errors, else empty."""
        found = self.body.get("message") if isinstance(self.body, dict) else None
        return found if isinstance(found, str) else ""


class Transport:
    """Kept connections, and the cookies given over them. Methods block; they may be called from
    several threads.

    Each ends in the time that it is given, with all that it takes to find the right root.
    Raises Misconfigured where the endpoint's certificate authorities can't be read.
    """

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._deadline = Deadline()
        self._connections = Connections(endpoint, self._deadline)
        self._cookies = Cookies()
        self._roots = _roots(endpoint)
        # Whether anything was answered here so far, whatever it was.
        self.has_answered = False

    def close(self) -> None:
        """Close the kept connections."""
        self._connections.close()

    @property
    def root(self) -> str:
        """The address below which Livebook's routes are, as far as requests have shown."""
        return self._roots[0]

    @property
    def cookies(self) -> str:
        """The cookies that were given to us so far, as a header has them."""
        return self._cookies.of(self._roots[0])

    def request(
        self,
        method: str,
        path: str,
        timeout_s: float,
        content: bytes | None = None,
        kind: str = "application/json",
        again_after_s: float = 0.0,
    ) -> HttpAnswer:
        """The answer to a request below the root where Livebook's routes are.

        `kind` is the content type of `content`. One that was broken off without an answer is sent
        once more, `again_after_s` later: it may have arrived.
        """
        with self._deadline.within(timeout_s):
            answer = self._request(method, path, timeout_s, content, kind, again_after_s)
            if answer.status == 404 and not answer.message and self._use_other_root():
                return self._request(method, path, timeout_s, content, kind, again_after_s)
            return answer

    def within(self, timeout_s: float) -> AbstractContextManager[None]:
        """All requests of this thread together take no longer."""
        return self._deadline.within(timeout_s)

    def left_s(self) -> float:
        """The seconds that are left to this thread; none where that is negative."""
        return self._deadline.left_s()

    def look(self, path: str, timeout_s: float) -> HttpAnswer | None:
        """The page at `path` below the root; None where nothing comes, which is no matter."""
        try:
            return self._send("GET", self._roots[0] + path, timeout_s, None)
        except (*FAILED, NotUnderstood, TimedOut):
            return None

    def is_page(self, url: str) -> bool:
        """Whether there is a page at `url`."""
        try:
            return self._send("HEAD", url, _HEALTH_S, None).status < 400
        except (*FAILED, NotUnderstood, TimedOut):
            return False

    def problem(self) -> LivebookError | None:
        """What is there in place of a Livebook of any version; None where there is one."""
        found = [self._problem_at(root) for root in self._roots]
        if None in found:
            return None
        # Where one of the roots is answered at all, that tells more than silence at the others.
        return min((it for it in found if it is not None), key=_how_vague)

    def _request(
        self,
        method: str,
        path: str,
        timeout_s: float,
        content: bytes | None,
        kind: str,
        again_after_s: float,
    ) -> HttpAnswer:
        """Send once, and once more where that can help."""
        try:
            return self._send(method, self._roots[0] + path, timeout_s, content, kind)
        except FAILED as error:
            # A kept connection may have been closed meanwhile: all calls may be made twice, but for
            # what Livebook does of the first until `again_after_s`.
            is_worth_another = (
                self._use_other_root()
                if isinstance(error, UNCONNECTED)
                else not isinstance(error, TIMED_OUT)
            )
            if not is_worth_another:
                raise self._told(error, timeout_s) from None
            self._connections.drop_kept()
            if again_after_s and not isinstance(error, UNCONNECTED):
                clock.pause(again_after_s)
        try:
            return self._send(method, self._roots[0] + path, timeout_s, content, kind)
        except FAILED as error:
            told = self._told(error, timeout_s)
            if isinstance(told, AnotherProgram):
                told = self.problem() or NotUnderstood("it broke off the connection")
            raise told from None

    def _send(
        self,
        method: str,
        url: str,
        timeout_s: float,
        content: bytes | None,
        kind: str = "application/json",
    ) -> HttpAnswer:
        if self._deadline.left_s() <= 0:
            # Whoever can't be asked in no time is not away for that.
            raise TimedOut(self._deadline.given_s)
        began = clock.monotonic_s()
        outcome = "no answer"
        try:
            answer = self._receive(method, url, timeout_s, content, kind)
            outcome = str(answer.status)
            self.has_answered = True
            return answer
        finally:
            took_ms = (clock.monotonic_s() - began) * 1000
            logger.info("%s %s: %s in %.1f ms", method, urlsplit(url).path, outcome, took_ms)

    def _receive(
        self, method: str, url: str, timeout_s: float, content: bytes | None, sent_kind: str
    ) -> HttpAnswer:
        headers = {**_HEADERS, "cookie": self._cookies.of(url)}
        if content is not None:
            headers |= {"content-type": sent_kind, "content-length": str(len(content))}
        received = bytearray()
        with (
            self._deadline.within(timeout_s),
            self._connections.stream(method, url, headers, content) as response,
        ):
            if response.header("content-encoding") not in ("", "identity"):
                # A few bytes of it may mean gigabytes, and nobody asked for it.
                raise NotUnderstood("it is compressed")
            self._cookies.take(url, response.headers("set-cookie"))
            is_surely_whole = response.ends_by_itself
            for chunk in response.chunks():
                received += chunk
                if len(received) > _ANSWER_LIMIT_BYTES:
                    raise NotUnderstood(f"more than {_ANSWER_LIMIT_BYTES // 1_000_000} MB long")
        kind = response.header("content-type")
        return HttpAnswer(
            status=response.status,
            kind=kind,
            content=bytes(received),
            body=_decode(bytes(received)) if kind.startswith("application/json") else None,
            location=response.header("location"),
            is_surely_whole=is_surely_whole,
        )

    def _problem_at(self, root: str) -> LivebookError | None:
        try:
            answer = self._send("GET", f"{root}/public/health", _HEALTH_S, None)
        except FAILED as error:
            return self._told(error, _HEALTH_S)
        except NotUnderstood:
            return AnotherProgram(self.endpoint.url)
        except TimedOut as error:
            return error
        # A proxy before a Livebook that is gone says one of these.
        if answer.status in _GATEWAY_STATUSES:
            return NotRunning(self.endpoint.url)
        is_livebook = answer.status == 200 and answer.body == {"application": "livebook"}
        if is_livebook:
            return None
        return AnotherProgram(self.endpoint.url, _leads_to(self.endpoint, answer.location))

    def _use_other_root(self) -> bool:
        """Turn to the first root with a healthy Livebook; whether that is another one."""
        healthy = next((it for it in self._roots if self._problem_at(it) is None), self._roots[0])
        changed = healthy != self._roots[0]
        self._roots = (healthy, *(root for root in self._roots if root != healthy))
        return changed

    def _told(self, error: Exception, timeout_s: float) -> LivebookError:
        """The error that a failed request means."""
        url = self.endpoint.url
        if reason := certificates.refusal(error):
            return CertificateRefused(url, reason)
        if certificates.is_about_tls(error):
            return AnotherProgram(url)
        if isinstance(error, UNCONNECTED):
            return NotRunning(url)
        if self._deadline.left_s() <= 0:
            # Whatever it failed by, it was for want of time.
            return TimedOut(self._deadline.given_s)
        if isinstance(error, TIMED_OUT):
            return TimedOut(timeout_s)
        return AnotherProgram(url)


def _roots(endpoint: Endpoint) -> tuple[str, ...]:
    """The addresses under which Livebook's own routes may stand, likeliest first.

    Livebook binds 127.0.0.1 by default, while `localhost` may mean ::1 first, or where somebody
    says so another machine; and a Livebook with a base path serves at the root of its own port,
    under the base only behind a proxy.
    """
    parts = urlsplit(endpoint.url)
    netlocs = [parts.netloc]
    if parts.hostname == "localhost":
        port = f":{parts.port}" if parts.port else ""
        netlocs = [f"127.0.0.1{port}", f"[::1]{port}"]
    paths = dict.fromkeys((parts.path, ""))
    return tuple(f"{parts.scheme}://{netloc}{path}" for path in paths for netloc in netlocs)


def _host(endpoint: Endpoint) -> str:
    return urlsplit(endpoint.url).hostname or ""


def _leads_to(endpoint: Endpoint, location: str) -> str:
    """The address on the same host to which a redirect leads, as from http to https; else empty."""
    try:
        there = read_address(location, "a redirect") if "://" in location else endpoint
    except BadAddress:
        return ""
    if _host(there) != _host(endpoint) or there.origin == endpoint.origin:
        return ""
    return f"{there.origin}{endpoint.base_path}"


def _how_vague(error: LivebookError) -> int:
    order = (CertificateRefused, AnotherProgram, TimedOut)
    return next((rank for rank, kind in enumerate(order) if isinstance(error, kind)), len(order))


def _decode(body: bytes) -> object:
    """What is no JSON, or deeper or more than anybody means, is nothing."""
    try:
        return bounded_json.decoded(body)
    except ValueError:
        return None
