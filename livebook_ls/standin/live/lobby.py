"""All sessions as their pages see them, and the keys with which pages join."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Callable, Mapping
from http.cookies import SimpleCookie

from livebook_ls.standin.control.faults import Faults
from livebook_ls.standin.live import cell_texts, session_markup
from livebook_ls.standin.live.session_markup import PageKeys
from livebook_ls.standin.live.shared_session import SharedSession
from livebook_ls.standin.sessions.session import StandInSession

USER_COOKIE = "lb_user_data"


class Lobby:
    """For one run of Livebook: its keys are worth nothing after a restart."""

    def __init__(self, is_let_in: Callable[[str], bool], faults: Callable[[], Faults]) -> None:
        self._is_let_in = is_let_in
        self._faults = faults
        self._lock = threading.Lock()
        self._sessions: dict[str, SharedSession] = {}
        self._csrf_token = secrets.token_urlsafe(24)
        self._token = secrets.token_urlsafe(24)
        self._topics: set[str] = set()
        self._users: set[str] = set()

    def opened(self, session: StandInSession) -> None:
        """A session has begun."""
        view = session.view

        def append_section() -> None:
            session.edit(f"{session.view.text}\n## Section\n".encode())

        def put_source(number: int, source: str) -> None:
            text = cell_texts.with_source(session.view.text, number, source)
            session.edit(text.encode(), is_typed=True)

        shared = SharedSession(
            view.id, view.path, view.text, session.export, append_section, session.save, put_source
        )
        session.on_sync, session.on_edit = shared.synced, shared.edited
        session.on_dirt = shared.dirt_turned
        session.with_kept_outputs = shared.with_kept_outputs
        with self._lock:
            self._sessions[view.id] = shared

    def ended(self, session: StandInSession) -> None:
        """A session is gone, whether or not its pages were told."""
        with self._lock:
            shared = self._sessions.pop(session.view.id, None)
        if shared is not None:
            shared.die()

    def find(self, session_id: str) -> SharedSession | None:
        """The session of that id."""
        with self._lock:
            return self._sessions.get(session_id)

    def page(self, session_id: str, cookies: str) -> tuple[str, str, dict[str, str]] | None:
        """What a session's page has in head and body, and the headers to send; None where there is
        no such session.
        """
        shared = self.find(session_id)
        if shared is None:
            return None
        user, headers = _cookie(cookies, USER_COOKIE), {}
        if user:
            shared.seen_with(user)
        else:
            user = secrets.token_urlsafe(12)
            headers = {"set-cookie": f"{USER_COOKIE}={user}; path=/; SameSite=Lax"}
        topic = f"phx-{secrets.token_urlsafe(9)}"
        with self._lock:
            self._topics.add(f"lv:{topic}")
            self._users.add(user)
        keys = PageKeys(topic=topic, csrf_token=self._csrf_token, session=self._token)
        head, body = session_markup.head(keys), shared.page(keys)
        renamed = self._faults().page_lacks
        if renamed:
            head, body = (it.replace(renamed, "data-renamed") for it in (head, body))
        return head, body, headers

    def joins(
        self, topic: str, payload: Mapping[str, object], csrf_token: str, cookies: str
    ) -> SharedSession | str:
        """The session that a join is for, or why it is refused."""
        url, params = payload.get("url"), payload.get("params")
        if not isinstance(url, str) or "://" not in url or not isinstance(params, Mapping):
            return "join crashed"
        if not isinstance(params.get("user_data", {}), Mapping):
            return "join crashed"
        with self._lock:
            is_known = topic in self._topics and _cookie(cookies, USER_COOKIE) in self._users
        keys_fit = csrf_token == self._csrf_token and payload.get("session") == self._token
        if self._faults().is_join_stale or not (is_known and keys_fit and self._is_let_in(cookies)):
            return "stale"
        return self.find(url.rpartition("/sessions/")[2]) or "redirect"

    def is_silent(self) -> bool:
        """Whether questions about code get no answer."""
        return self._faults().is_intellisense_silent


def user_of(cookies: str) -> str:
    """The user that a request's cookies name."""
    return _cookie(cookies, USER_COOKIE)


def _cookie(cookies: str, name: str) -> str:
    morsel = SimpleCookie(cookies).get(name)
    return "" if morsel is None else morsel.value
