"""The cookies that Livebook gave us, in memory: each goes back to who gave it, and nowhere else."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from urllib.parse import urlsplit

# RFC 6265, 6.1: what browsers keep at the least; whoever gives more is no Livebook.
_MOST = 50


class Cookies:
    """Cookies by scheme, host and port; used by several threads.

    Their paths, which are Livebook's root or a proxy's, are not kept apart, and none is kept longer
    than we run.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._given: dict[tuple[str, str], dict[str, str]] = {}

    def of(self, url: str) -> str:
        """What goes along with a request to `url`, as a header has it."""
        with self._lock:
            given = self._given.get(_place(url), {})
            return "; ".join(f"{name}={it}" for name, it in given.items())

    def take(self, url: str, headers: Iterable[str]) -> None:
        """Keep what came with the answer from `url`: its `Set-Cookie` headers (RFC 6265, 5.2)."""
        for header in headers:
            pair, *attributes = (it.strip() for it in header.split(";"))
            name, equals, value = (it.strip() for it in pair.partition("="))
            if not (name and equals and header.isascii() and header.isprintable()):
                continue
            with self._lock:
                given = self._given.setdefault(_place(url), {})
                given.pop(name, None)
                if not any(_is_over(it) for it in attributes):
                    given[name] = value
                if len(given) > _MOST:
                    given.pop(next(iter(given)))


def _is_over(attribute: str) -> bool:
    """Whether this attribute takes the cookie away: Plug's `delete_resp_cookie` says `max-age=0`,
    and for old browsers the same by a date.
    """
    name, _, value = (it.strip() for it in attribute.partition("="))
    return name.lower() == "max-age" and (value.startswith("-") or set(value) == {"0"})


def _place(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
