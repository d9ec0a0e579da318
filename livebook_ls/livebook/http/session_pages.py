"""What a session holds, and whether it has saved that, from its pages for people.

`GET /`, `GET /sessions/ID` and `GET /sessions/ID/download/export/livemd` are for browsers: they
want a cookie, which the token in an address buys once. So they are a help where we are let in, and
never a requirement.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from itertools import islice, pairwise
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from livebook_ls.livebook.http.entities import unescaped

if TYPE_CHECKING:
    from livebook_ls.livebook.http.transport import HttpAnswer, Transport

_LARGEST_BYTES = 16_000_000
_EXPORT = "/download/export/livemd"
# Livebook's `session_live/render.ex`, `persistence_indicator`. Quotes in texts of cells are escaped
# on the page.
_INDICATOR = re.compile(rb'aria-label="(notebook saved|autosave pending|no autosave configured),')
# Livebook writes one always, and ends each line (`live_markdown/export.ex`).
_TITLE = re.compile(r"^#(?: |$)", re.MULTILINE)
_REDIRECTS = frozenset({302, 303, 307})
_LISTED = re.compile(rb'href="[^"]*/sessions/([A-Za-z0-9_-]+)"')
# In Livebook's list a session's name, then its file (`session_list_component.ex`).
_WORDS = re.compile(rb">([^<>]*)<")
_WORDS_OF_A_SESSION = 2


class SessionPages:
    """The sessions' pages of one Livebook; asked no more once it has turned us away."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._is_closed = False
        self._login_turn = threading.Lock()
        self._is_let_in = False

    @property
    def are_closed(self) -> bool:
        """Whether it has turned us away."""
        return self._is_closed

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
        return answer is not None and answer.status == 404

    def listed(self, timeout_s: float) -> frozenset[str] | None:
        """The ids of all sessions, from Livebook's home page; None where that isn't shown."""
        answer = self._let_in("/", timeout_s)
        if answer is None or answer.status != 200:
            return None
        return frozenset(it.decode() for it in _LISTED.findall(answer.content))

    def files(self, timeout_s: float) -> frozenset[str] | None:
        """The files that have a session, as Livebook names them; None where that isn't shown."""
        answer = self._let_in("/", timeout_s)
        if answer is None or answer.status != 200:
            return None
        return frozenset(files_of_sessions(answer.content))

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
        answer = self._let_in(page, timeout_s)
        is_away = answer is not None and answer.status in (*_REDIRECTS, 401, 403)
        # From the page of a session that is gone, Livebook leads home.
        self._is_closed |= is_away and which == _EXPORT
        return answer

    def _let_in(self, page: str, timeout_s: float) -> HttpAnswer | None:
        """A page, by the token where one is asked for.

        One at a time until we are in: whoever asks unknown gets a cookie, which would take the
        place of the one of who has just been let in.
        """
        if not self._transport.endpoint.token:
            return self._transport.look(page, timeout_s)
        with self._transport.within(timeout_s):
            if self._is_let_in:
                answer = self._transport.look(page, timeout_s)
                if answer is None or answer.status not in _REDIRECTS:
                    return answer
                # As after a restart of Livebook.
            if not self._login_turn.acquire(timeout=max(0.0, self._transport.left_s())):
                return None
            try:
                answer = self._by_token(page, timeout_s)
                self._is_let_in = answer is not None and answer.status not in _REDIRECTS
            finally:
                self._login_turn.release()
            return answer

    def _by_token(self, page: str, timeout_s: float) -> HttpAnswer | None:
        answer = self._transport.look(page, timeout_s)
        if answer and answer.status in _REDIRECTS:
            # It answers by a cookie, and leads back to the page.
            query = urlencode({"token": self._transport.endpoint.token})
            self._transport.look(f"{page}?{query}", timeout_s)
            answer = self._transport.look(page, timeout_s)
        return answer


def files_of_sessions(page: bytes) -> Iterator[str]:
    """The files that the list of sessions on a home page names, among the sessions' names."""
    starts = [it.start() for it in _LISTED.finditer(page)]
    for start, end in pairwise([*starts, len(page)]):
        texts = (it[1].strip() for it in _WORDS.finditer(page, start, end))
        for words in islice(filter(None, texts), _WORDS_OF_A_SESSION):
            yield unescaped(words.decode("utf-8", "replace"))


def has_saved_by(page: bytes) -> bool | None:
    """Whether the session of this page has written all that it holds; None where none is shown."""
    found = _INDICATOR.search(page)
    return None if found is None else found[1] == b"notebook saved"


def _text(answer: HttpAnswer) -> str | None:
    """The notebook in an answer: what somebody between has cut off is none."""
    is_text = answer.kind.startswith("text/plain") and answer.is_surely_whole
    if answer.status != 200 or not is_text or len(answer.content) > _LARGEST_BYTES:
        return None
    try:
        text = answer.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
    return text if text.endswith("\n") and _TITLE.search(text) else None
