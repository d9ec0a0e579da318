"""Where is Livebook: the user's setting, then the environment, then the ports it usually has."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qs, urlsplit

from livebook_ls.livebook.errors import AnotherProgram, LivebookError, Misconfigured, NotRunning
from livebook_ls.livebook.finding.environment import PORTS, ports
from livebook_ls.settings import Settings

DESKTOP_PORT = 32123
SERVER_PORT = 8080
# Letters and digits of any script, since names may be international.
_NAME = re.compile(r"[\w-]+(?:\.[\w-]+)*\.?")
# Around brackets stands nothing, where other programs might see the host.
_BRACKETS = re.compile(r"(?:[^\[\]]*@)?\[[^\[\]]*\](?::\d*)?")


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An address of a Livebook: scheme, host, port and base path, without a trailing slash."""

    url: str
    found_by: str
    token: str = field(default="", repr=False)
    # Whose certificates are believed beside the system's: a PEM file.
    ca_file: str = ""
    # What the login page of a Livebook with a password asks for; no address can hold it.
    password: str = field(default="", repr=False)

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        parts = urlsplit(self.url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def base_path(self) -> str:
        """The path before Livebook's own routes, without a trailing slash."""
        return urlsplit(self.url).path

    @property
    def is_loopback(self) -> bool:
        """Whether requests to it stay on this machine."""
        return is_loopback(urlsplit(self.url).hostname or "")

    def is_same_place(self, other: Endpoint) -> bool:
        """Whether it is the same program's socket, by whatever name of this machine."""
        here, there = urlsplit(self.url), urlsplit(other.url)
        is_same_host = here.hostname == there.hostname or (self.is_loopback and other.is_loopback)
        return is_same_host and (here.scheme, here.port) == (there.scheme, there.port)


class BadAddress(ValueError):
    """A URL in which no Livebook can be; the text says what is wrong with it."""


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine: an address of its loopback, or the one name that is never
    looked up (`transport` asks the loopback addresses in its place).

    Any other name is elsewhere, also one that begins or resolves like such an address.
    """
    if host.lower() == "localhost":
        return True
    address = _ip_address(host)
    return address is not None and address.is_loopback


def read_address(text: str, found_by: str, token: str = "", ca_file: str = "") -> Endpoint:
    """The endpoint that `text` means, also in the form `http://host:port/?token=…` that
    `livebook server` prints; a token in the address wins over `token`.

    Raises BadAddress where it is no http or https URL.
    """
    address = text.strip()
    if "://" not in address:
        address = f"http://{address}"
    try:
        parts = urlsplit(address)
    except ValueError:
        raise BadAddress(f"{found_by} is not an http address") from None
    try:
        port = parts.port
    except ValueError:
        raise BadAddress(f"{found_by} has no valid port") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress(f"{found_by} is not an http address")
    if "[" in parts.netloc and not _BRACKETS.fullmatch(parts.netloc):
        raise BadAddress(f"{found_by} has no valid host")
    host = _reached(parts.hostname, found_by)
    netloc = host if port is None else f"{host}:{port}"
    given = parse_qs(parts.query).get("token", [token])[0]
    url = f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"
    return Endpoint(url, found_by, given, ca_file if parts.scheme == "https" else "")


def configured(settings: Settings, environ: Mapping[str, str]) -> Endpoint | None:
    """The address that the user gave, by setting or environment; None if there is none.

    Raises BadAddress where it is given and makes no sense.
    """
    found = _given(settings, environ)
    return None if found is None else replace(found, password=settings.password)


def _given(settings: Settings, environ: Mapping[str, str]) -> Endpoint | None:
    known = settings.token, settings.ca_file
    if settings.url:
        return read_address(settings.url, "livebook.url", *known)
    if environ.get("LIVEBOOK_URL"):
        return read_address(environ["LIVEBOOK_URL"], "LIVEBOOK_URL", *known)
    port, ip = environ.get("LIVEBOOK_PORT", ""), environ.get("LIVEBOOK_IP", "")
    # Port 0 asks Livebook for a random one, which says nothing about where it is.
    if (port and port != "0") or ip:
        host = f"[{ip}]" if ":" in ip else ip or "localhost"
        chosen = port if port and port != "0" else str(SERVER_PORT)
        return read_address(f"http://{host}:{chosen}", "LIVEBOOK_PORT/LIVEBOOK_IP", *known)
    return None


def usual(settings: Settings, environ: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """Where Livebook listens when nobody said otherwise: the desktop app, then the server.

    `LIVEBOOK_LS_PORTS` names other ports to look at; raises Misconfigured where it names none.
    """
    found_by = {port: f"port {port} of {PORTS}" for port in ports(environ)} or {
        DESKTOP_PORT: f"desktop app's default port {DESKTOP_PORT}",
        SERVER_PORT: f"server's default port {SERVER_PORT}",
    }
    return tuple(
        Endpoint(f"http://localhost:{port}", name, settings.token, password=settings.password)
        for port, name in found_by.items()
    )


def token_meant_for(
    given: Settings, used: Settings, environ: Mapping[str, str]
) -> tuple[str, ...] | None:
    """The addresses that the token of `given` is for, where `used` would take it to another place;
    None where it stays.

    A token is for the address that was given with it, and without one for where Livebook is looked
    for anyway.
    """
    if not given.token or used.token != given.token:
        return None
    places = _places(given, environ)
    for used_at in _places(used, environ):
        if not any(used_at.is_same_place(place) for place in places):
            return tuple(place.url for place in places)
    return None


def _places(settings: Settings, environ: Mapping[str, str]) -> tuple[Endpoint, ...]:
    """Where these settings lead: nowhere, if they make no sense."""
    try:
        given = configured(settings, environ)
        return usual(settings, environ) if given is None else (given,)
    except (BadAddress, Misconfigured):
        return ()


def discover(
    settings: Settings,
    environ: Mapping[str, str],
    problem: Callable[[Endpoint], LivebookError | None],
) -> tuple[Endpoint, ...]:
    """The Livebooks to talk to, the one to prefer first: the configured one alone and unasked, else
    the usual ones that are there, those that take syncs before those that have a `problem`.

    Raises NotRunning where there is none, BadAddress where the configured one makes no sense.
    """
    given = configured(settings, environ)
    if given is not None:
        return (given,)
    candidates = usual(settings, environ)
    with ThreadPoolExecutor(len(candidates), "livebook-probe") as pool:
        problems = list(pool.map(problem, candidates))
    asked = tuple(zip(candidates, problems, strict=True))
    there = [it for it in asked if not isinstance(it[1], NotRunning | AnotherProgram)]
    if not there:
        raise NotRunning(" or ".join(candidate.url for candidate in candidates))
    return tuple(endpoint for endpoint, _ in sorted(there, key=lambda it: it[1] is not None))


def _reached(host: str, found_by: str) -> str:
    """The host as it stands in a URL. Raises BadAddress where another program could take it for
    another host than we do.
    """
    address = _ip_address(host)
    if address is None:
        if not _NAME.fullmatch(host):
            raise BadAddress(f"{found_by} has no valid host")
        return host
    if address.is_unspecified:
        # "Every interface" is where Livebook listens, not where it is reached.
        return "localhost"
    return f"[{address}]" if address.version == 6 else str(address)


def _ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        # A zone, as in `::1%eth0`, leads to another machine's address of the same digits.
        address = ipaddress.ip_address("" if "%" in host else host)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address
