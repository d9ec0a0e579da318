"""The stand-in itself: starts, stops, and lets a test look in and interfere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import TracebackType

from livebook_ls.standin.control.admin import Admin
from livebook_ls.standin.control.faults import Faults, Reply
from livebook_ls.standin.control.journal import Exchange, Journal
from livebook_ls.standin.http.request import MalformedError, parse_request
from livebook_ls.standin.http.response import JSON_TYPE, Response, html_response, redirect
from livebook_ls.standin.http.wire import DroppedError, ResetError, Server
from livebook_ls.standin.live.shared_session import SharedSession
from livebook_ls.standin.pages import pages
from livebook_ls.standin.routes import Routes
from livebook_ls.standin.sessions.hold_points import HoldPoint, HoldPoints
from livebook_ls.standin.sessions.import_export import Format
from livebook_ls.standin.sessions.registry import Registry
from livebook_ls.standin.sessions.session import SessionView
from livebook_ls.standin.sessions.stamps import Stamps
from livebook_ls.standin.settings import StandInSettings

__all__ = ["StandIn", "StandInSettings"]

# Longer than anything takes, also on a busy machine: who waits in vain must not wait for ever.
_SETTLED_S = 60.0
_HUGE_BYTES = 16 * 1024 * 1024


class StandIn:
    """A stand-in for Livebook in this process, with threads of its own; a context manager."""

    def __init__(self, settings: StandInSettings | None = None) -> None:
        self.settings = settings or StandInSettings()
        # The key outlives a restart, as Livebook's does.
        self._format = Format(Stamps())
        self._faults = Faults()
        self._lock = threading.Lock()
        self._released = threading.Event()
        self._journal = Journal()
        self._hold_points = HoldPoints()
        self._admin = Admin(self)
        self._server: Server | None = None
        self._port = self.settings.port

    def __enter__(self) -> StandIn:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Listen, with no session: on the port that was asked for, later on the same one again."""
        access = self.settings.access
        self._registry = Registry(self._format, self.settings.timing, self._hold_points)
        self._routes = Routes(self._registry, self._format, access, lambda: self._faults)
        self._server = Server((self.settings.host, self._port), self._answer, self._routes.lobby)
        self._port = self._server.port

    def stop(self) -> None:
        """Stop as a Livebook does: connections end, sessions are gone and don't save."""
        if self._server is None:
            return
        self._release_hanging()
        self._server.close()
        self._server = None
        self._registry.kill_all()

    def restart(self, settings: StandInSettings | None = None) -> None:
        """Stop and start again, on the same port unless other settings name one."""
        self.stop()
        if settings is not None:
            self.settings = settings
            self._port = settings.port or self._port
        self.start()

    @property
    def port(self) -> int:
        """The port, which stays the same over restarts."""
        return self._port

    @property
    def url(self) -> str:
        """Where it listens, without a base path: Livebook serves at the root only."""
        return f"http://{self.settings.host}:{self._port}"

    @property
    def faults(self) -> Faults:
        """The faults in force."""
        return self._faults

    @faults.setter
    def faults(self, faults: Faults) -> None:
        with self._lock:
            self._faults = faults
        self._release_hanging()

    @property
    def requests(self) -> tuple[Exchange, ...]:
        """Every request so far, but those to the stand-in's own routes."""
        return self._journal.exchanges()

    def clear_requests(self) -> None:
        """Forget the requests so far."""
        self._journal.clear()

    @property
    def sessions(self) -> tuple[SessionView, ...]:
        """What every session holds."""
        return self._registry.views()

    def session(self, path: str | Path) -> SessionView | None:
        """What the session for this path holds."""
        found = self._registry.find(str(path))
        return None if found is None else found.view

    def edit_session(self, path: str | Path, text: str, *, is_typed: bool = False) -> None:
        """Have the path's session hold `text`, as when a person edits it in the browser; its pages
        are told that it `is_typed`, else nothing but what it is now.
        """
        found = self._registry.find(str(path))
        if found is not None:
            found.edit(text.encode(), is_typed=is_typed)
            found.wait_settled(_SETTLED_S)

    def save_session(self, path: str | Path) -> None:
        """Have the path's session save, as a person would in the browser, and wait until it has."""
        found = self._registry.find(str(path))
        if found is not None:
            found.save()
            found.wait_settled(_SETTLED_S)

    @contextmanager
    def holding(self, point: HoldPoint) -> Iterator[Callable[[int], None]]:
        """Hold sessions at a point inside the block; what it gets waits for a number of them.

        An open that is held must be let go of before the stand-in stops.
        """
        self._hold_points.hold(point)
        try:
            yield lambda count: self._hold_points.wait_for(point, count)
        finally:
            self._hold_points.release(point)

    def release(self, point: HoldPoint) -> None:
        """Let sessions go on that are held there, before the block of `holding` ends."""
        self._hold_points.release(point)

    def close_session(self, path: str | Path) -> None:
        """Close a session as a person would: it saves first, and its pages are told."""
        found = self._registry.find(str(path))
        if found is not None:
            if live := self.live(path):
                live.end()
            found.close()

    def kill_session(self, path: str | Path) -> None:
        """Have a session die as by a crash: it saves nothing, and its pages are not told."""
        found = self._registry.find(str(path))
        if found is not None:
            found.kill()

    def live(self, path: str | Path) -> SharedSession | None:
        """The path's session as its pages see it."""
        found = self._registry.find(str(path))
        return None if found is None else self._routes.lobby.find(found.view.id)

    def evaluated(self, path: str | Path) -> tuple[str, ...]:
        """The cells of a file's session that were ever begun, each as often as it was."""
        live = self.live(path)
        return () if live is None else live.evaluated

    def most_compared(self, path: str | Path) -> int:
        """The most characters by which a sync of the file had to find out that a cell differs,
        which takes Livebook time and memory by their square (`text/delta.ex`, `diff`).
        """
        live = self.live(path)
        return 0 if live is None else live.most_compared

    def drop_sockets(self) -> None:
        """End every connection without a word; the sessions go on."""
        if self._server is not None:
            self._server.drop_connections()

    def wait_settled(self, timeout_s: float = _SETTLED_S) -> bool:
        """Wait until every sync is applied and written back; whether that came about in time."""
        return self._registry.wait_settled(timeout_s)

    def stamp(self, text: str) -> str:
        """The canonical form of `text` with a stamp that this stand-in will find valid."""
        return self._format.write(self._format.read(text.encode()), is_stamped=True).decode()

    def _answer(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        if target.startswith("/stand-in/"):
            return self._admin.answer(method, target, headers, body or b"")
        number = self._journal.begin(method, target, headers, body or b"")
        response: Response | None = None
        try:
            response = self._spoiled(self._strike(target)) or self._right(
                method, target, headers, body
            )
        finally:
            self._journal.end(number, None if response is None else response.status)
        return response

    def _right(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> Response:
        if body is None:
            return html_response(413, pages.error_page(413))
        if self._faults.is_another_application:
            status = 404 if target.startswith("/dev/") else 200
            return html_response(status, pages.other_application_page())
        try:
            request = parse_request(method, target, headers, body)
        except MalformedError:
            return html_response(400, pages.error_page(400))
        return self._routes.answer(request, self._faults)

    def _strike(self, target: str) -> Faults | None:
        """The faults, when reply and delay strike this request; counts it."""
        with self._lock:
            faults = self._faults
            if not target.startswith(faults.under) or faults.times == 0:
                return None
            if faults.times is not None:
                self._faults = replace(faults, times=faults.times - 1)
            return faults

    def _spoiled(self, faults: Faults | None) -> Response | None:
        """The wrong answer that a fault wants; None for the right one."""
        if faults is None:
            return None
        if faults.delay_s:
            self._released.wait(faults.delay_s)
        match faults.reply:
            case Reply.HANG:
                self._released.wait()
                raise DroppedError
            case Reply.RESET:
                raise ResetError
        return _wrong_response(faults.reply)

    def _release_hanging(self) -> None:
        """Let go of every request that hangs or waits."""
        with self._lock:
            released, self._released = self._released, threading.Event()
        released.set()


def _wrong_response(reply: Reply) -> Response | None:
    match reply:
        case Reply.GARBAGE:
            return _json_response(b'{"status": "o\xff\x00')
        case Reply.WRONG_JSON:
            return _json_response(b'["neither", "one", "nor", "the", "other"]')
        case Reply.HUGE:
            return _json_response(b'{"path":"/' + b"x" * _HUGE_BYTES + b'"}')
        case Reply.EMPTY:
            return _json_response(b"")
        case Reply.REDIRECT:
            return redirect("/authenticate")
        case Reply.WRONG_TYPE:
            return Response(status=200, content_type="text/plain", body=b'{"status":"ok"}')
        case Reply.ERROR_500:
            return html_response(500, pages.error_page(500))
        case Reply.HTML:
            return html_response(200, pages.error_page(200))
    return None


def _json_response(body: bytes) -> Response:
    return Response(status=200, content_type=JSON_TYPE, body=body)
