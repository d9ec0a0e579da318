"""What a session holds, from the page on which people download a notebook.

`GET /sessions/ID/download/export/livemd` is for browsers: it wants a cookie, which the token in an
address buys once. So it is a help where we are let in, and never a requirement.
"""

from __future__ import annotations

import logging
import time
from urllib.parse import urlsplit

import httpx

logger = logging.getLogger(__name__)

_LARGEST_BYTES = 16_000_000
_REDIRECTS = frozenset({302, 303, 307})


class Exports:
    """The export pages of one Livebook; asked no more once it has turned us away."""

    def __init__(self, client: httpx.Client, token: str) -> None:
        self._client = client
        self._token = token
        self._is_closed = False

    def read(self, root: str, session_path: str, timeout_s: float) -> str | None:
        """The notebook in the session at `session_path` of the Livebook at `root`, without outputs.

        None where we aren't let in, where there is no such session, and where anything is odd:
        nothing is claimed then.
        """
        if self._is_closed:
            return None
        page = f"{root}{session_path[session_path.rfind('/sessions/') :]}/download/export/livemd"
        try:
            answer = self._get(page, timeout_s)
            if answer.status_code in _REDIRECTS and self._token:
                # It answers by a cookie, and leads back to the page.
                self._get(f"{page}?{httpx.QueryParams({'token': self._token})}", timeout_s)
                answer = self._get(page, timeout_s)
        except httpx.HTTPError:
            return None
        if answer.status_code in _REDIRECTS or answer.status_code in (401, 403):
            self._is_closed = True
        return _text(answer)

    def _get(self, page: str, timeout_s: float) -> httpx.Response:
        began = time.monotonic()
        answer = self._client.get(page, timeout=timeout_s)
        took_ms = (time.monotonic() - began) * 1000
        logger.info("GET %s: %s in %.1f ms", urlsplit(page).path, answer.status_code, took_ms)
        return answer


def _text(answer: httpx.Response) -> str | None:
    is_text = answer.headers.get("content-type", "").startswith("text/plain")
    if answer.status_code != httpx.codes.OK or not is_text or len(answer.content) > _LARGEST_BYTES:
        return None
    try:
        return answer.content.decode("utf-8")
    except UnicodeDecodeError:
        return None
