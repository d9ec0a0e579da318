"""What a session holds, from the page on which people download a notebook.

`GET /sessions/ID/download/export/livemd` is for browsers: it wants a cookie, which the token in an
address buys once. So it is a help where we are let in, and never a requirement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from livebook_ls.livebook.http.transport import HttpAnswer, Transport

_LARGEST_BYTES = 16_000_000
_REDIRECTS = frozenset({302, 303, 307})


class Exports:
    """The export pages of one Livebook; asked no more once it has turned us away."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._is_closed = False

    def read(self, session_path: str, timeout_s: float) -> str | None:
        """The notebook in the session at `session_path`, without outputs.

        None where we aren't let in, where there is no such session, and where anything is odd:
        nothing is claimed then.
        """
        answer = self._page(session_path, timeout_s)
        return None if answer is None else _text(answer)

    def lacks(self, session_path: str, timeout_s: float) -> bool:
        """Whether Livebook says that there is no such session; False where nothing is known."""
        answer = self._page(session_path, timeout_s)
        return answer is not None and answer.status == 404

    def _page(self, session_path: str, timeout_s: float) -> HttpAnswer | None:
        if self._is_closed:
            return None
        page = f"{session_path[session_path.rfind('/sessions/') :]}/download/export/livemd"
        token = self._transport.endpoint.token
        answer = self._transport.look(page, timeout_s)
        if answer and answer.status in _REDIRECTS and token:
            # It answers by a cookie, and leads back to the page.
            self._transport.look(f"{page}?{urlencode({'token': token})}", timeout_s)
            answer = self._transport.look(page, timeout_s)
        if answer is None:
            return None
        if answer.status in _REDIRECTS or answer.status in (401, 403):
            self._is_closed = True
        return answer


def _text(answer: HttpAnswer) -> str | None:
    is_text = answer.kind.startswith("text/plain")
    if answer.status != 200 or not is_text or len(answer.content) > _LARGEST_BYTES:
        return None
    try:
        return answer.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
