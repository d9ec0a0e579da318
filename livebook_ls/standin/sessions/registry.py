"""All sessions of one Livebook, by the text of their path and by id."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable

from livebook_ls.standin.sessions.hold_points import HoldPoint, HoldPoints
from livebook_ls.standin.sessions.import_export import Format, ImportRaisesError, Opening
from livebook_ls.standin.sessions.paths import read_bytes
from livebook_ls.standin.sessions.session import SessionView, StandInSession, Timing

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
# An id begins with the mark of the Livebook that made it.
_MARK_LENGTH = 30
_REST_LENGTH = 18


class OpenRaisesError(Exception):
    """Opening raised in Livebook: an unreadable notebook, or a file that another open just took."""


class Registry:
    """The sessions of one Livebook from its start to its stop."""

    def __init__(self, notebook_format: Format, timing: Timing, hold_points: HoldPoints) -> None:
        self._format = notebook_format
        self._timing = timing
        self._hold_points = hold_points
        self.on_open: Callable[[StandInSession], None] = _ignore
        self.on_forget: Callable[[StandInSession], None] = _ignore
        self._mark = _random_base32(_MARK_LENGTH)
        self._lock = threading.Lock()
        self._sessions: dict[str, StandInSession] = {}

    def find(self, path: str) -> StandInSession | None:
        """The session for this very path, compared as text."""
        with self._lock:
            return self._sessions.get(path)

    def find_by_id(self, session_id: str) -> StandInSession | None:
        """The session with this id."""
        with self._lock:
            found = [each for each in self._sessions.values() if each.view.id == session_id]
        return found[0] if found else None

    def open(self, path: str) -> StandInSession:
        """The path's session, new if need be; raises `ReadFailedError` or `OpenRaisesError`."""
        found = self.find(path)
        if found is not None:
            return found
        try:
            opening = self._format.open(read_bytes(path))
        except ImportRaisesError as error:
            raise OpenRaisesError from error
        self._hold_points.come_to(HoldPoint.OPEN)
        session = self._new_session(path, opening)
        with self._lock:
            # Livebook locks the file for the session, and the loser of two first opens raises.
            if path in self._sessions:
                raise OpenRaisesError
            self._sessions[path] = session
            self.on_open(session)
        session.start()
        return session

    def views(self) -> tuple[SessionView, ...]:
        """What every session holds, in the order of their opening."""
        with self._lock:
            return tuple(session.view for session in self._sessions.values())

    def wait_settled(self, timeout_s: float) -> bool:
        """Wait until no session has anything left to read or to write."""
        deadline = time.monotonic() + timeout_s
        with self._lock:
            sessions = list(self._sessions.values())
        return all(each.wait_settled(max(0.0, deadline - time.monotonic())) for each in sessions)

    def kill_all(self) -> None:
        """End every session without a save."""
        with self._lock:
            sessions = list(self._sessions.values())
        for session in sessions:
            session.kill()

    def _new_session(self, path: str, opening: Opening) -> StandInSession:
        view = SessionView(
            id=self._mark + _random_base32(_REST_LENGTH),
            path=path,
            held=opening.held,
            is_stamped=opening.is_stamped,
        )
        return StandInSession(
            view=view,
            notebook_format=self._format,
            interval_s=None if opening.interval_s is None else self._timing.autosave_s,
            timing=self._timing,
            hold_points=self._hold_points,
            on_end=self._forget,
        )

    def _forget(self, session: StandInSession) -> None:
        with self._lock:
            if self._sessions.get(session.view.path) is session:
                del self._sessions[session.view.path]
        self.on_forget(session)


def _ignore(_session: StandInSession) -> None:
    """Nobody wants to know."""


def _random_base32(length: int) -> str:
    return "".join(secrets.choice(_BASE32) for _ in range(length))
