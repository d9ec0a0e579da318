"""What a session holds, and whether it has saved that, from its pages for people.

`GET /sessions/ID` and `GET /sessions/ID/download/export/livemd` are for browsers: they want a
cookie, which the token in an address buys once. So they are a help where we are let in, and never
a requirement.
"""

from __future__ import annotations

import re

import httpx

from livebook_ls.livebook.http.transport import HttpAnswer, Transport

_LARGEST_BYTES = 16_000_000
_EXPORT = "/download/export/livemd"
# Livebook's `session_live/render.ex`, `persistence_indicator`. Quotes in texts of cells are escaped
# on the page.
_INDICATOR = re.compile(rb'aria-label="(notebook saved|autosave pending|no autosave configured),')
_REDIRECTS = frozenset({302, 303, 307})


class SessionPages:
    """The sessions' pages of one Livebook; asked no more once it has turned us away."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._is_closed = False

    def read(self, session_path: str, timeout_s: float) -> str | None:
        """The notebook in the session at `session_path`, without outputs.

        None where we aren't let in, where there is no such session, and where anything is odd:
        nothing is claimed then.
        """
        answer = self._page(session_path, _EXPORT, timeout_s)
        return None if answer is None else _text(answer)

    def lacks(self, session_path: str, timeout_s: float) -> bool:
        """Whether Livebook says that there is no such session; False where nothing is known."""
        answer = self._page(session_path, _EXPORT, timeout_s)
        return answer is not None and answer.status == httpx.codes.NOT_FOUND

    def has_saved(self, session_path: str, timeout_s: float) -> bool | None:
        """Whether the session has written all that it holds, after whatever it was told before, so
        that no write of its file is under way or due; None where that is not shown.
        """
        answer = self._page(session_path, "", timeout_s)
        return has_saved_by(answer.content) if answer else None

    def _page(self, session_path: str, which: str, timeout_s: float) -> HttpAnswer | None:
        if self._is_closed:
            return None
        page = f"{session_path[session_path.rfind('/sessions/') :]}{which}"
        token = self._transport.endpoint.token
        answer = self._transport.look(page, timeout_s)
        if answer and answer.status in _REDIRECTS and token:
            # It answers by a cookie, and leads back to the page.
            self._transport.look(f"{page}?{httpx.QueryParams({'token': token})}", timeout_s)
            answer = self._transport.look(page, timeout_s)
        if answer is None:
            return None
        # From the page of a session that is gone, Livebook leads home.
        if which == _EXPORT and (answer.status in _REDIRECTS or answer.status in (401, 403)):
            self._is_closed = True
        return answer


def has_saved_by(page: bytes) -> bool | None:
    """Whether the session of this page has written all that it holds; None where none is shown."""
    found = _INDICATOR.search(page)
    return None if found is None else found[1] == b"notebook saved"


def _text(answer: HttpAnswer) -> str | None:
    is_text = answer.kind.startswith("text/plain")
    if answer.status != httpx.codes.OK or not is_text or len(answer.content) > _LARGEST_BYTES:
        return None
    try:
        return answer.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
