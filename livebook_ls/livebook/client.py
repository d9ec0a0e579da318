"""Livebook's dev endpoints and health page as calls.

What Livebook may well answer is a value; everything else is one named error (`errors`).
One HTTP client is kept for as long as the endpoint: making one costs more than a save.
"""

from __future__ import annotations

import json
import logging
import time
from dataclasses import dataclass
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

import httpx

from livebook_ls.livebook.discovery import Endpoint
from livebook_ls.livebook.errors import (
    AnotherProgram,
    BodyTooLarge,
    EndpointsOff,
    FileUnreadable,
    ImportFailed,
    LivebookError,
    NotRunning,
    NotUnderstood,
    RefusedAsBrowser,
    TimedOut,
    TooOld,
)
from livebook_ls.livebook.export import Exports

logger = logging.getLogger(__name__)

# Livebook's own limit (Plug.Parsers' default); past it, it answers 413 or resets the connection.
REQUEST_LIMIT_BYTES = 8_000_000
# Restamp returns a whole notebook, which JSON may write six times as long.
_ANSWER_LIMIT_BYTES = 64_000_000
_CONNECT_S = 2.0
_HEALTH_S = 2.0
_SYNC_S = 10.0
# A notebook of thousands of cells honestly takes Livebook 20 s to open.
_OPEN_S = 60.0
_RESTAMP_S = 30.0
# The loser of two first opens is answered 500 until the winner's session stands.
_OPEN_AGAIN_AFTER_S = (0.1, 0.3)

_DISABLED = "Dev endpoints are disabled"
_BROWSER = "not available in the browser"
_NO_SESSION = "No session found"
_UNREADABLE = "Failed to read file: "
_STALE = "old_source stamp is invalid"


class SyncAnswer(Enum):
    """What Livebook says to a sync: taken (not: done), or that it has no session for the file."""

    TAKEN = "taken"
    NO_SESSION = "no session"


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole HTTP answer: status, and the body as JSON where it is JSON, else None."""

    status: int
    body: Any

    @property
    def message(self) -> str:
        """The text of one of Livebook's JSON errors, else empty."""
        found = self.body.get("message") if isinstance(self.body, dict) else None
        return found if isinstance(found, str) else ""


class Livebook:
    """A running Livebook at `endpoint`. Methods block; they may be called from several threads."""

    def __init__(self, endpoint: Endpoint) -> None:
        self.endpoint = endpoint
        self._client = httpx.Client(
            # The health page goes through Livebook's pipeline for HTML, the calls through JSON's.
            headers={"accept": "*/*"},
            # Without TLS nothing needs the certificates, whose loading costs more than a save.
            verify=endpoint.url.startswith("https:"),
            # Proxy variables are honoured by httpx even for localhost.
            trust_env=not endpoint.is_loopback,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=16, max_keepalive_connections=8),
        )
        self._roots = _roots(endpoint)
        self._exports = Exports(self._client, endpoint.token)

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()

    def is_livebook(self) -> bool:
        """Whether a Livebook, of any version, answers here (`GET /public/health`)."""
        return any(self._is_healthy(root) for root in self._roots)

    def open(self, file: str) -> str:
        """The path of the session of `file` (with base path), which is made if there is none.

        Raises FileUnreadable, ImportFailed, and what every call raises.
        """
        for pause_s in _OPEN_AGAIN_AFTER_S:
            try:
                return self._open_once(file)
            except ImportFailed:
                time.sleep(pause_s)
        return self._open_once(file)

    def sync(self, file: str) -> SyncAnswer:
        """Tell Livebook to read `file` again. It works afterwards; the answer only says whether
        there is a session.
        """
        answer = self._post("/dev/sync", {"file": file}, _SYNC_S)
        if answer.status == 200 and answer.body == {"status": "ok"}:
            return SyncAnswer.TAKEN
        if answer.status == 404 and answer.message.startswith(_NO_SESSION):
            return SyncAnswer.NO_SESSION
        raise self._error(answer)

    def restamp(
        self, *, old_source: str, new_source: str, timeout_s: float = _RESTAMP_S
    ) -> str | None:
        """`new_source` in Livebook's canonical form with a fresh stamp if `old_source` had one.

        A `new_source` with a valid stamp comes back as it is. None: the stamp of `old_source` is
        not valid.
        """
        sources = {"old_source": old_source, "new_source": new_source}
        answer = self._post("/dev/restamp", sources, timeout_s)
        if answer.status == 200 and isinstance(answer.body, dict):
            source = answer.body.get("source")
            if isinstance(source, str):
                return source
        if answer.status == 422 and _STALE in answer.message:
            return None
        raise self._error(answer)

    def session_url(self, path: str) -> str:
        """The address of a session's page for a browser, with the token where it is known.

        `path` is what `open` returned: it has the base path already. Where Livebook has one that
        our address lacks, we talk to its port directly, which serves at the root.
        """
        base = self.endpoint.base_path
        at_port = path[path.rfind("/sessions/") :]
        if path != at_port and not base and self._is_page(at_port) and not self._is_page(path):
            path = at_port
        url = httpx.URL(self.endpoint.origin + path)
        token = self.endpoint.token
        return str(url.copy_add_param("token", token) if token else url)

    def export(self, session_path: str, timeout_s: float) -> str | None:
        """The notebook in the session at `session_path`, without outputs; None where it is not
        shown to us.
        """
        return self._exports.read(self._roots[0], session_path, timeout_s)

    def _open_once(self, file: str) -> str:
        answer = self._post("/dev/open", {"file": file}, _OPEN_S)
        if answer.status == 200 and isinstance(answer.body, dict):
            return _session_path(answer.body.get("path"))
        if answer.status == 422 and answer.message.startswith(_UNREADABLE):
            raise FileUnreadable(answer.message.removeprefix(_UNREADABLE))
        raise self._error(answer)

    def _post(self, call: str, body: dict[str, str], timeout_s: float) -> Answer:
        content = json.dumps(body).encode("ascii")
        if len(content) > REQUEST_LIMIT_BYTES:
            # Escapes may double the size of a text that is not English.
            content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
        if len(content) > REQUEST_LIMIT_BYTES:
            raise BodyTooLarge
        answer = self._request("POST", call, timeout_s, content)
        if answer.status == 404 and not answer.message and self._use_other_root():
            return self._request("POST", call, timeout_s, content)
        return answer

    def _request(
        self, method: str, path: str, timeout_s: float, content: bytes | None = None
    ) -> Answer:
        """Send once, and once more where that can help; raises only errors of our own tree."""
        try:
            return self._send(method, self._roots[0] + path, timeout_s, content)
        except (httpx.ConnectError, httpx.ConnectTimeout):
            if not self._use_other_root():
                raise NotRunning(self.endpoint.url) from None
        except (httpx.TransportError, httpx.DecodingError) as error:
            if isinstance(error, httpx.TimeoutException):
                raise TimedOut(timeout_s) from None
            # A kept connection that Livebook has closed meanwhile: all calls may be made twice.
        try:
            return self._send(method, self._roots[0] + path, timeout_s, content)
        except httpx.ConnectError:
            raise NotRunning(self.endpoint.url) from None
        except httpx.TimeoutException:
            raise TimedOut(timeout_s) from None
        except httpx.HTTPError:
            if self.is_livebook():
                raise NotUnderstood("it broke off the connection") from None
            raise NotRunning(self.endpoint.url) from None

    def _send(self, method: str, url: str, timeout_s: float, content: bytes | None) -> Answer:
        began = time.monotonic()
        timeout = httpx.Timeout(timeout_s, connect=min(_CONNECT_S, timeout_s))
        headers = {"content-type": "application/json"} if content is not None else {}
        with self._client.stream(
            method, url, content=content, headers=headers, timeout=timeout
        ) as response:
            received = bytearray()
            for chunk in response.iter_bytes():
                received += chunk
                if len(received) > _ANSWER_LIMIT_BYTES:
                    raise NotUnderstood(f"more than {_ANSWER_LIMIT_BYTES // 1_000_000} MB long")
                if time.monotonic() - began > timeout_s:
                    raise httpx.ReadTimeout("the whole answer took too long")
        took_ms = (time.monotonic() - began) * 1000
        path = urlsplit(url).path
        logger.info("%s %s: %s in %.1f ms", method, path, response.status_code, took_ms)
        is_json = response.headers.get("content-type", "").startswith("application/json")
        return Answer(response.status_code, _decode(bytes(received)) if is_json else None)

    def _is_healthy(self, root: str) -> bool:
        try:
            answer = self._send("GET", f"{root}/public/health", _HEALTH_S, None)
        except (httpx.HTTPError, NotUnderstood):
            return False
        return answer.status == 200 and answer.body == {"application": "livebook"}

    def _is_page(self, path: str) -> bool:
        # The origin is asked, not the root: a browser will ask there too.
        try:
            return self._send("HEAD", self.endpoint.origin + path, _HEALTH_S, None).status < 400
        except httpx.HTTPError:
            return False

    def _use_other_root(self) -> bool:
        """Turn to the first root with a healthy Livebook; whether that is another one."""
        healthy = next((root for root in self._roots if self._is_healthy(root)), self._roots[0])
        changed = healthy != self._roots[0]
        self._roots = (healthy, *(root for root in self._roots if root != healthy))
        return changed

    def _error(self, answer: Answer) -> LivebookError:
        """The error that an answer outside the contract means."""
        if answer.status == 403 and answer.message.startswith(_DISABLED):
            return EndpointsOff()
        if answer.status == 403 and _BROWSER in answer.message:
            return RefusedAsBrowser()
        if answer.status == 413:
            return BodyTooLarge()
        if not self.is_livebook():
            return AnotherProgram(self.endpoint.url)
        if answer.status == 404:
            return TooOld()
        if answer.status == 500:
            return ImportFailed()
        return NotUnderstood(answer.message or f"HTTP status {answer.status}")


def _roots(endpoint: Endpoint) -> tuple[str, ...]:
    """The addresses under which Livebook's own routes may stand, likeliest first.

    Livebook binds 127.0.0.1 by default, while `localhost` may mean ::1 first; and a Livebook with
    a base path serves at the root of its own port, under the base only behind a proxy.
    """
    parts = urlsplit(endpoint.url)
    netlocs = [parts.netloc]
    if parts.scheme == "http" and parts.hostname == "localhost":
        port = f":{parts.port}" if parts.port else ""
        netlocs = [f"127.0.0.1{port}", f"[::1]{port}"]
    paths = dict.fromkeys((parts.path, ""))
    return tuple(f"{parts.scheme}://{netloc}{path}" for path in paths for netloc in netlocs)


def _session_path(path: object) -> str:
    """`path` if it is a plain absolute path on the same host; a browser is going to follow it."""
    if (
        isinstance(path, str)
        and path.startswith("/")
        and not path.startswith("//")
        and "\\" not in path
        and "/sessions/" in path
        and path.isascii()
        and path.isprintable()
        and not set(path) & set(' ?#"<>')
    ):
        return path
    raise NotUnderstood("it names no session")


def _decode(body: bytes) -> object:
    try:
        return json.loads(body)
    except ValueError:
        return None
