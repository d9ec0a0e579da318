"""A Livebook to replay against: the stand-in, or a real one."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back; all None where the connection was reset."""

    status: int | None
    content_type: str | None
    location: str | None
    cookie: str | None
    body: str


class Target:
    """A running Livebook, spoken to without any client library's own headers."""

    # How long to wait before claiming that nothing happens.
    idle_s = 6.0

    def __init__(self, url: str) -> None:
        self.url = url

    def send(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None
    ) -> Answer:
        """Send one request on a connection of its own."""
        parts = urlsplit(self.url)
        connection = HTTPConnection(parts.hostname or "", parts.port or 80, timeout=120)
        try:
            connection.putrequest(
                method, path, skip_host="Host" in headers, skip_accept_encoding=True
            )
            for name, value in headers.items():
                connection.putheader(name, value)
            connection.putheader("content-length", str(len(body or b"")))
            connection.endheaders(body)
            return _read(connection)
        except ConnectionError:
            return Answer(status=None, content_type=None, location=None, cookie=None, body="")
        finally:
            connection.close()

    def post(self, path: str, value: Mapping[str, Any]) -> Answer:
        """Send JSON."""
        headers = {"content-type": "application/json"}
        return self.send("POST", path, headers, json.dumps(value).encode())

    def settle(self) -> None:
        """Wait until a sync has been applied and written back."""
        time.sleep(1.0)

    def autosave(self, path: str) -> None:
        """Wait until the path's session has saved by itself, if it has anything to save."""
        del path
        time.sleep(self.idle_s)

    def leave(self, folder: Path) -> None:
        """Nothing more is asked of the folder's sessions; a real Livebook's are left open."""

    def missing(self, verb: str) -> str | None:
        """Why a step of a set-up can't be done on this Livebook; None where it can."""
        return {
            "close": "a real Livebook's session is closed by hand",
            "stamp": "a real Livebook stamps only a notebook that was given secrets by hand",
        }.get(verb)


class StandInTarget(Target):
    """The stand-in, settled and stamped through its own routes."""

    idle_s = 0.2

    def settle(self) -> None:
        """Wait until nothing is left to read or to write."""
        answer = self.post("/stand-in/settle", {})

        assert json.loads(answer.body) == {"is_settled": True}

    def autosave(self, path: str) -> None:
        """Have it save at once."""
        self.post("/stand-in/save", {"file": path})

    def leave(self, folder: Path) -> None:
        """Close them: else each would look for something to save for as long as tests run."""
        for path in folder.iterdir():
            self.close(str(path))

    def missing(self, verb: str) -> str | None:
        """Nothing is."""
        del verb
        return None

    def close(self, path: str) -> None:
        """Close the path's session as a person would."""
        self.post("/stand-in/close", {"file": path})

    def stamp(self, text: str) -> str:
        """The text with a stamp that is valid here."""
        return str(json.loads(self.post("/stand-in/stamp", {"text": text}).body)["source"])


def body_bytes(recorded: Any) -> bytes | None:
    """A recorded request body; bytes that are no text were recorded in base64."""
    if recorded is None:
        return None
    if isinstance(recorded, dict):
        return base64.b64decode(recorded["base64"])
    return str(recorded).encode()


def _read(connection: HTTPConnection) -> Answer:
    response = connection.getresponse()
    cookie = response.getheader("set-cookie")
    return Answer(
        status=response.status,
        content_type=response.getheader("content-type"),
        location=response.getheader("location"),
        cookie=cookie.partition(";")[0] if cookie else None,
        body=response.read().decode(),
    )
