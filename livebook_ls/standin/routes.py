"""Livebook's own routes: for every request the recorded answer, in the recorded order of checks."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import replace
from http.cookies import SimpleCookie
from urllib.parse import urlencode

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.http.accept import accepts
from livebook_ls.standin.http.request import Request
from livebook_ls.standin.http.response import (
    Response,
    error_response,
    html_response,
    json_response,
    redirect,
)
from livebook_ls.standin.live.lobby import Lobby
from livebook_ls.standin.pages import pages
from livebook_ls.standin.sessions.held_notebook import without_outputs
from livebook_ls.standin.sessions.import_export import ExportRaisesError, Format, ImportRaisesError
from livebook_ls.standin.sessions.paths import ReadFailedError, is_expanded
from livebook_ls.standin.sessions.registry import OpenRaisesError, Registry
from livebook_ls.standin.sessions.session import SessionView
from livebook_ls.standin.settings import Access

_DEV_ACTIONS = ("open", "sync", "restamp")
_COOKIE = "lb_session"


class Routes:
    """Answers requests for one run of Livebook."""

    def __init__(
        self,
        registry: Registry,
        notebook_format: Format,
        access: Access,
        faults: Callable[[], Faults],
    ) -> None:
        self._registry = registry
        self._format = notebook_format
        self._access = access
        self._cookie = secrets.token_urlsafe(24)
        self.lobby = Lobby(self._is_let_in, faults)
        registry.on_open, registry.on_forget = self.lobby.opened, self.lobby.ended

    def answer(self, request: Request, faults: Faults) -> Response:
        """The answer to a well-formed request."""
        segments = [segment for segment in request.path.split("/") if segment]
        match request.method, segments:
            case "POST", ["dev", action] if action in _DEV_ACTIONS and not faults.is_too_old:
                return self._dev(action, request, faults)
            case "GET", ["public", "health"]:
                return _health(request)
            case "GET" | "POST", ["authenticate"]:
                return self._authenticate(request)
            case "GET", []:
                return self._guarded(request) or self._home()
            case "GET", ["settings"]:
                return self._guarded(request) or html_response(200, pages.settings_page())
            case "GET", ["sessions", session_id]:
                return self._guarded(request) or self._session(request, session_id)
            case "GET", ["sessions", session_id, "download", "export", "livemd"]:
                return self._guarded(request) or self._export(request, session_id)
        return _error(404)

    def _dev(self, action: str, request: Request, faults: Faults) -> Response:
        if not accepts(request, "application/json"):
            return _error(406)
        if "origin" in request.headers:
            return error_response(403, "This endpoint is not available in the browser")
        if faults.is_off:
            return error_response(
                403, "Dev endpoints are disabled, you can enable them in the settings"
            )
        if action == "restamp":
            return self._restamp(request.parameters)
        path = request.parameters.get("file")
        if not isinstance(path, str):
            return _error(400)
        if not is_expanded(path):
            return _error(500)
        return self._sync(path) if action == "sync" else self._open(path, faults)

    def _sync(self, path: str) -> Response:
        session = self._registry.find(path)
        if session is None:
            return error_response(404, "No session found for the given file")
        session.sync()
        return json_response(200, {"status": "ok"})

    def _open(self, path: str, faults: Faults) -> Response:
        try:
            session = self._registry.open(path)
        except ReadFailedError as error:
            return error_response(422, f"Failed to read file: {error}")
        except OpenRaisesError:
            return _error(500)
        right = f"{self._access.base_path}/sessions/{session.view.id}"
        return json_response(
            200, {"path": right if faults.open_answers is None else faults.open_answers}
        )

    def _restamp(self, parameters: Mapping[str, object]) -> Response:
        old, new = parameters.get("old_source"), parameters.get("new_source")
        if not isinstance(old, str) or not isinstance(new, str):
            return _error(400)
        try:
            return self._restamped(old, new)
        except (ImportRaisesError, ExportRaisesError):
            return _error(500)

    def _restamped(self, old: str, new: str) -> Response:
        self._format.read(old.encode())
        before = self._format.stamps.take_apart(old)
        if before.has_stamp and not before.is_valid:
            return error_response(422, "The old_source stamp is invalid")
        held = self._format.read(new.encode())
        if self._format.stamps.take_apart(new).is_valid:
            return json_response(200, {"source": new})
        is_stamped = before.is_valid or self._format.needs_stamp(new.encode())
        source = self._format.write(held, is_stamped=is_stamped)
        return json_response(200, {"source": source.decode()})

    def _home(self) -> Response:
        return html_response(200, pages.home_page(self._registry.views(), self._access.base_path))

    def _session(self, request: Request, session_id: str) -> Response:
        session = self._registry.find_by_id(session_id)
        live = self.lobby.page(session_id, request.headers.get("cookie", ""))
        if session is None or live is None:
            return redirect(f"{self._access.base_path}/")
        head, body, headers = live
        page = pages.session_page(self._with_outputs(session.export()), head, body)
        return replace(html_response(200, page), headers=headers)

    def _with_outputs(self, view: SessionView) -> SessionView:
        shared = self.lobby.find(view.id)
        if shared is None or not view.held.is_writable:
            return view
        return replace(view, held=replace(view.held, text=shared.with_outputs(view.text)))

    def _export(self, request: Request, session_id: str) -> Response:
        session = self._registry.find_by_id(session_id)
        if session is None:
            return _error(404)
        view = self._with_outputs(session.export())
        held = view.held
        if held.is_writable and request.query.get("include_outputs") != "true":
            held = replace(held, text=without_outputs(held.text))
        try:
            body = self._format.write(held, is_stamped=view.is_stamped)
        except ExportRaisesError:
            return _error(500)
        return Response(status=200, content_type="text/plain; charset=utf-8", body=body)

    def _guarded(self, request: Request) -> Response | None:
        """What a browser without the secret gets instead; None lets it in."""
        if not accepts(request, "text/html"):
            return _error(406)
        if self._access.secret is None or self._has_cookie(request):
            return None
        token = request.query.get("token")
        if self._access.password is None and token == self._access.token:
            rest = urlencode(
                {key: str(value) for key, value in request.query.items() if key != "token"}
            )
            return redirect(request.path + (f"?{rest}" if rest else ""), self._set_cookie())
        return redirect(f"{self._access.base_path}/authenticate")

    def _authenticate(self, request: Request) -> Response:
        home = f"{self._access.base_path}/"
        if self._access.secret is None or self._has_cookie(request):
            return redirect(home)
        name = "token" if self._access.password is None else "password"
        if request.method == "POST" and request.body.get(name) == self._access.secret:
            return redirect(home, self._set_cookie())
        return html_response(200, pages.authenticate_page(self._access.base_path, name))

    def _has_cookie(self, request: Request) -> bool:
        return self._is_cookie(request.headers.get("cookie", ""))

    def _is_let_in(self, cookies: str) -> bool:
        return self._access.secret is None or self._is_cookie(cookies)

    def _is_cookie(self, cookies: str) -> bool:
        morsel = SimpleCookie(cookies).get(_COOKIE)
        return morsel is not None and morsel.value == self._cookie

    def _set_cookie(self) -> dict[str, str]:
        return {"set-cookie": f"{_COOKIE}={self._cookie}; path=/; HttpOnly; SameSite=Lax"}


def _health(request: Request) -> Response:
    # Livebook sends the health check through its pipeline for pages, which wants HTML accepted.
    if not accepts(request, "text/html"):
        return _error(406)
    right = json_response(200, {"application": "livebook"})
    return Response(
        status=right.status,
        content_type=right.content_type,
        body=right.body,
        headers={"access-control-allow-origin": "*"},
    )


def _error(status: int) -> Response:
    return html_response(status, pages.error_page(status))
