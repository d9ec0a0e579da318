"""A look at every place where a Livebook may be, and at what is wrong with each."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import urlsplit

from livebook_ls.livebook.errors import AnotherProgram, LivebookError, NotRunning
from livebook_ls.livebook.finding.addresses import Endpoint, configured, is_loopback, usual
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.http.pages import Login
from livebook_ls.settings import Settings

_ANY_PORT = 9
# Addresses of documentation (RFC 5737, RFC 3849): a route to them is asked for, nothing is sent.
_ELSEWHERE = ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found at one address; `problem` is None where it takes syncs."""

    endpoint: Endpoint
    problem: LivebookError | None
    login: Login | None
    # Other addresses of this machine at which it answers too.
    exposed_at: tuple[str, ...]

    @property
    def is_there(self) -> bool:
        """Whether anything answers at all."""
        return not isinstance(self.problem, NotRunning)

    @property
    def is_livebook(self) -> bool:
        """Whether it is, as far as can be told, a Livebook."""
        return not isinstance(self.problem, NotRunning | AnotherProgram)


@dataclass(frozen=True, slots=True, kw_only=True)
class Examination:
    """Every place that was looked at, in the order in which they are preferred."""

    places: tuple[Examined, ...]
    # The first is the user's word: no other is talked to.
    is_pinned: bool

    @property
    def chosen(self) -> Examined:
        """The Livebook that is talked to, or would be."""
        return self.places[0]


def examine(settings: Settings, environ: Mapping[str, str]) -> Examination:
    """Ask the configured Livebook and every usual one, without touching a file.

    Raises discovery.BadAddress and Misconfigured where what is set makes no sense.
    """
    given = configured(settings, environ)
    ports = {urlsplit(given.url).port} if given and given.is_loopback else set()
    others = tuple(it for it in usual(settings, environ) if urlsplit(it.url).port not in ports)
    endpoints = (given, *others) if given else others
    with ThreadPoolExecutor(len(endpoints), "livebook-probe") as pool:
        places = tuple(pool.map(_examine, endpoints))
    first = places[:1] if given else ()
    rest = sorted(places[len(first) :], key=lambda it: (not it.is_livebook, it.problem is not None))
    return Examination(places=(*first, *rest), is_pinned=given is not None)


def with_livebook(endpoint: Endpoint, ask: Callable[[Livebook], bool | None]) -> bool | None:
    """What `ask` makes of the Livebook there; None also where that fails."""
    try:
        livebook = Livebook(endpoint)
    except LivebookError:
        return None
    try:
        return ask(livebook)
    except LivebookError:
        return None
    finally:
        livebook.close()


def _examine(endpoint: Endpoint) -> Examined:
    problem, login = _asked(endpoint)
    is_ours = problem is None and endpoint.is_loopback
    return Examined(
        endpoint=endpoint,
        problem=problem,
        login=login,
        exposed_at=tuple(_answering(endpoint)) if is_ours else (),
    )


def _asked(endpoint: Endpoint) -> tuple[LivebookError | None, Login | None]:
    try:
        livebook = Livebook(endpoint)
    except LivebookError as error:
        return error, None
    try:
        problem = livebook.problem()
        return problem, None if problem else livebook.login()
    except LivebookError as error:
        return error, None
    finally:
        livebook.close()


def _answering(endpoint: Endpoint) -> Iterator[str]:
    """The addresses of this machine, other than loopback, at which the same port is a Livebook."""
    port = urlsplit(endpoint.url).port or 80
    for address in sorted(_own_addresses()):
        host = f"[{address}]" if ":" in address else address
        there = Endpoint(f"http://{host}:{port}", "an address of this machine")
        if with_livebook(there, lambda it: it.is_livebook()):
            yield there.url


def _own_addresses() -> set[str]:
    """By the routes to elsewhere and by the machine's own name."""
    found: set[str] = set()
    for family, elsewhere in _ELSEWHERE:
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as asking:
                asking.connect((elsewhere, _ANY_PORT))
                found.add(asking.getsockname()[0])
        except OSError:
            continue
    try:
        named = socket.getaddrinfo(socket.gethostname(), None)
    except OSError:
        named = []
    found |= {str(address[0]) for *_, address in named}
    return {it for it in found if "%" not in it and not is_loopback(it)}
