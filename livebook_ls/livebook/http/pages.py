"""Livebook's pages for people: where a session's page is, and whether a link can log in to it."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from livebook_ls.livebook.http.ascii_url import ascii_url

if TYPE_CHECKING:
    from livebook_ls.livebook.http.transport import Transport

_LOGIN = "/authenticate"
_ASKS_FOR = re.compile(rb'name="(password|token)"')
_TIMEOUT_S = 5.0


class Login(Enum):
    """What a browser that follows one of our links will meet."""

    OPEN = "no login"
    BY_LINK = "the link logs in"
    NO_TOKEN = "the token, which is not known"  # noqa: S105 — says that there is none
    WRONG_TOKEN = "another token than ours"  # noqa: S105 — says that it is wrong
    PASSWORD = "the password"  # noqa: S105 — names what is asked for
    UNKNOWN = "something that is not Livebook's own"


def session_url(transport: Transport, path: str) -> str:
    """The address of a session's page, with the token where it is known.

    `path` is what opening answered: Livebook's own base path is in it. A proxy may take that off,
    leave it, or put another in its place, and at Livebook's own port there is none.
    """
    endpoint = transport.endpoint
    at_port = path[path.rfind("/sessions/") :]
    return _address(transport, path, f"{endpoint.base_path}{at_port}", at_port)


def settings_url(transport: Transport) -> str:
    """The address of Livebook's settings page, with the token where it is known."""
    return _address(transport, f"{transport.endpoint.base_path}/settings", "/settings")


def login(transport: Transport) -> Login:
    """What Livebook asks a browser for, by its own login page; `transport` must have no cookie yet.

    Raises what a call raises (`errors`).
    """
    asked = transport.request("GET", _LOGIN, _TIMEOUT_S)
    # Livebook's login page sends everybody on who needs no login.
    if 300 <= asked.status < 400:
        return Login.OPEN
    kinds = set(_ASKS_FOR.findall(asked.content))
    if kinds == {b"password"}:
        return Login.PASSWORD
    if kinds != {b"token"}:
        return Login.UNKNOWN
    if not transport.endpoint.token:
        return Login.NO_TOKEN
    page = f"/settings?{urlencode({'token': transport.endpoint.token})}"
    answer = transport.request("GET", page, _TIMEOUT_S)
    is_let_in = 300 <= answer.status < 400 and not answer.location.endswith(_LOGIN)
    return Login.BY_LINK if is_let_in else Login.WRONG_TOKEN


def _address(transport: Transport, *paths: str) -> str:
    """The first of `paths` where there is a page; a browser will ask the origin, so do we."""
    endpoint = transport.endpoint
    urls = tuple(dict.fromkeys(endpoint.origin + path for path in paths))
    found = urls[0]
    if len(urls) > 1:
        found = next((url for url in urls if transport.is_page(url)), found)
    token = f"?{urlencode({'token': endpoint.token})}" if endpoint.token else ""
    return f"{ascii_url(found)}{token}"
