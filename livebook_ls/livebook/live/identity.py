"""Somebody who looks at Livebook's pages: a cookie jar of their own, in memory, and logged in.

Whoever's cookies come with a request for a page is renamed in every session that they take part in
(`LivebookWeb.UserPlug` broadcasts the cookie's user), which tells every client. So the socket has
an identity, and what looks at pages and exports meanwhile has another.
"""

from __future__ import annotations

import contextlib
import threading
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from livebook_ls.livebook.errors import NotUnderstood
from livebook_ls.livebook.finding.addresses import Endpoint
from livebook_ls.livebook.live.errors import LoginRefused, PageNotUnderstood, SessionGone
from livebook_ls.livebook.live.page.elements import Attributes, ElementReader, Ended

if TYPE_CHECKING:
    from livebook_ls.livebook.http.transport import HttpAnswer

_LOGIN = "/authenticate"
_FORM = "application/x-www-form-urlencoded"
_LOGIN_S = 5.0
# A page of 500 evaluated cells takes Livebook 2 s on a quiet machine.
_PAGE_S = 30.0
_EXPORT_S = 10.0
_BROKEN = 500
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Identity:
    """Methods block, and log in where that is asked for; they raise what a call raises, too."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        from livebook_ls.livebook.http.transport import Transport

        self._transport = Transport(endpoint)
        self._login_turn = threading.Lock()
        # Without a secret there is nothing to enter with; the page says whether one is needed.
        self._has_entered = not (endpoint.token or endpoint.password)

    def close(self) -> None:
        """Close the kept connections and forget the cookies."""
        self._transport.close()

    @property
    def root(self) -> str:
        """The address below which Livebook's routes are."""
        return self._transport.root

    @property
    def cookies(self) -> str:
        """The cookies as a header has them."""
        return self._transport.cookies

    def page(self, session_path: str) -> str:
        """The page of the session; raises SessionGone or LoginRefused."""
        return self._get(_at_root(session_path), _PAGE_S)

    def export(self, session_path: str) -> str:
        """The notebook in the session with its outputs, as text; raises as `page`."""
        path = f"{_at_root(session_path)}/download/export/livemd?include_outputs=true"
        return self._get(path, _EXPORT_S)

    def _get(self, path: str, timeout_s: float) -> str:
        self._enter()
        answer = self._transport.request("GET", path, timeout_s)
        if self._leads_to_login(answer):
            with self._login_turn:
                self._log_in()
            answer = self._transport.request("GET", path, timeout_s)
        if answer.status >= _BROKEN:
            # The session died while its page was drawn; asked again, it is just not there.
            answer = self._transport.request("GET", path, timeout_s)
        if answer.status == 200:
            return answer.content.decode("utf-8", "replace")
        if self._leads_to_login(answer):
            raise LoginRefused("token", was_given=bool(self._endpoint.token))
        if answer.status in _REDIRECTS or answer.status == 404:
            if _is_elsewhere(answer, self.root):
                raise PageNotUnderstood("it asks for a login that is not Livebook's own")
            raise SessionGone
        raise NotUnderstood(f"HTTP status {answer.status}")

    def _enter(self) -> None:
        """Log in where that is asked for, before anything else is asked, and once for all threads.

        Whoever asks for a page unknown gets a cookie, which would take the place of the one of who
        has just logged in.
        """
        with self._login_turn:
            if not self._has_entered:
                with contextlib.suppress(PageNotUnderstood):
                    self._log_in()
                self._has_entered = True

    def _leads_to_login(self, answer: HttpAnswer) -> bool:
        path = urlsplit(answer.location).path
        is_here = not _is_elsewhere(answer, self.root)
        return answer.status in _REDIRECTS and is_here and path.endswith(_LOGIN)

    def _log_in(self) -> None:
        """Fill in Livebook's form, if it has one for us; no secret is ever put into an address."""
        form = _LoginForm()
        page = self._transport.request("GET", _LOGIN, _LOGIN_S)
        if page.status in _REDIRECTS and not _is_elsewhere(page, self.root):
            # Who is in already, or needs no secret, is led home.
            return
        form.read(page.content.decode("utf-8", "replace"))
        secrets = {"token": self._endpoint.token, "password": self._endpoint.password}
        asked = next((it for it in secrets if it in form.fields), None)
        if asked is None:
            # A page of somebody else's that we know nothing of, as of an identity provider.
            raise PageNotUnderstood("it asks for a login that is not Livebook's own")
        if not secrets[asked]:
            raise LoginRefused(asked, was_given=False)
        filled = {asked: secrets[asked], "_csrf_token": form.csrf_token}
        content = urlencode(filled).encode("ascii")
        answer = self._transport.request("POST", _LOGIN, _LOGIN_S, content, _FORM)
        if answer.status not in _REDIRECTS:
            raise LoginRefused(asked, was_given=True)


class _LoginForm(ElementReader):
    """What a login page asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.csrf_token = ""
        self.fields: set[str] = set()

    def begin(self, tag: str, attributes: Attributes) -> Ended | None:
        if tag == "meta" and attributes.get("name") == "csrf-token":
            self.csrf_token = attributes.get("content", "")
        elif tag == "input":
            self.fields.add(attributes.get("name", ""))
        return None


def _at_root(session_path: str) -> str:
    """The path below Livebook's root: its base path is not part of the routes of its own port."""
    return session_path[session_path.rfind("/sessions/") :]


def _is_elsewhere(answer: HttpAnswer, root: str) -> bool:
    """Whether a redirect leads to another host, which is never followed."""
    there = urlsplit(answer.location)
    return bool(there.netloc) and there.netloc != urlsplit(root).netloc
