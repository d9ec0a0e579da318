"""The stand-in's own routes, for a test or demo in another process; nothing of Livebook's.

GET /stand-in/state
POST /stand-in/faults    a JSON object of faults; `{}` for none
POST /stand-in/restart   `{"base_path": …, "token": …, "password": …}`, any of them; `{}` as before
POST /stand-in/edit      `{"file": …, "text": …}`: what its session holds from now on, by a person
POST /stand-in/save      `{"file": …}`: answers when its session has saved
POST /stand-in/close     `{"file": …}`
POST /stand-in/settle    answers when nothing is left to read or to write
POST /stand-in/stamp     `{"text": …}`
"""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Protocol

from livebook_ls.standin.control import faults as fault_json
from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.control.journal import Exchange
from livebook_ls.standin.http.response import Response, error_response, json_response
from livebook_ls.standin.sessions.session import SessionView
from livebook_ls.standin.settings import StandInSettings, access_from_json

_OK = json_response(200, {"status": "ok"})


class Administered(Protocol):
    """What the routes can do to a stand-in."""

    faults: Faults
    settings: StandInSettings

    @property
    def requests(self) -> tuple[Exchange, ...]: ...  # noqa: D102

    @property
    def sessions(self) -> tuple[SessionView, ...]: ...  # noqa: D102

    def restart(self, settings: StandInSettings) -> None: ...  # noqa: D102

    def edit_session(self, path: str, text: str) -> None: ...  # noqa: D102

    def save_session(self, path: str) -> None: ...  # noqa: D102

    def close_session(self, path: str) -> None: ...  # noqa: D102

    def wait_settled(self) -> bool: ...  # noqa: D102

    def stamp(self, text: str) -> str: ...  # noqa: D102


class Admin:
    """Answers the stand-in's own routes."""

    def __init__(self, stand_in: Administered) -> None:
        self._stand_in = stand_in

    def answer(self, method: str, target: str, headers: Mapping[str, str], body: bytes) -> Response:
        """The answer to a request under `/stand-in/`; not for browsers, like Livebook's own."""
        if "origin" in headers:
            return error_response(403, "This endpoint is not available in the browser")
        try:
            value = json.loads(body) if body else {}
            return self._act(method, target, value)
        except (ValueError, TypeError) as error:
            return error_response(400, str(error))

    def _act(self, method: str, target: str, value: object) -> Response:
        match method, target:
            case "GET", "/stand-in/state":
                return json_response(200, self._state())
            case "POST", "/stand-in/faults":
                self._stand_in.faults = fault_json.from_json(value)
            case "POST", "/stand-in/restart":
                return self._restart(value)
            case "POST", "/stand-in/edit":
                self._stand_in.edit_session(_string(value, "file"), _string(value, "text"))
            case "POST", "/stand-in/save":
                self._stand_in.save_session(_string(value, "file"))
            case "POST", "/stand-in/close":
                self._stand_in.close_session(_string(value, "file"))
            case "POST", "/stand-in/settle":
                return json_response(200, {"is_settled": self._stand_in.wait_settled()})
            case "POST", "/stand-in/stamp":
                source = self._stand_in.stamp(_string(value, "text"))
                return json_response(200, {"source": source})
            case _:
                return error_response(404, "The stand-in has no such route")
        return _OK

    def _restart(self, value: object) -> Response:
        settings = self._stand_in.settings
        if value:
            settings = replace(settings, access=access_from_json(value))
        # From beside, since a server can't wait for the thread that is asking for its end, and
        # only once whoever asks has been answered.
        beside = threading.Thread(target=self._stand_in.restart, args=(settings,), daemon=True)
        return replace(_OK, then=beside.start)

    def _state(self) -> dict[str, object]:
        return {
            "faults": fault_json.to_json(self._stand_in.faults),
            "requests": [
                {"method": each.method, "target": each.target, "status": each.status}
                for each in self._stand_in.requests
            ],
            "sessions": [_session(view) for view in self._stand_in.sessions],
        }


def _session(view: SessionView) -> dict[str, object]:
    return {
        "id": view.id,
        "file": view.path,
        "text": view.text,
        "is_approximate": view.is_approximate,
        "is_dirty": view.is_dirty,
        "imports": view.imports,
        "saves": view.saves,
    }


def _string(value: object, key: str) -> str:
    found = value.get(key) if isinstance(value, dict) else None
    if not isinstance(found, str):
        raise TypeError(f'an object with the text "{key}" is expected')
    return found
