"""Where is Livebook: the user's setting, then the environment, then the ports it usually has."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from livebook_ls.livebook.errors import AnotherProgram, LivebookError, NotRunning
from livebook_ls.livebook.finding.environment import PORTS, ports
from livebook_ls.settings import Settings

DESKTOP_PORT = 32123
SERVER_PORT = 8080
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
# An address that says "every interface" is where Livebook listens, not where it is reached.
_UNSPECIFIED = frozenset({"0.0.0.0", "::"})  # noqa: S104 — compared, never bound


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
        host = urlsplit(self.url).hostname or ""
        return host in _LOOPBACK or host.startswith("127.")


class BadAddress(ValueError):
    """A URL in which no Livebook can be; the text says what is wrong with it."""


def read_address(text: str, found_by: str, token: str = "", ca_file: str = "") -> Endpoint:
    """The endpoint that `text` means, also in the form `http://host:port/?token=…` that
    `livebook server` prints; a token in the address wins over `token`.

    Raises BadAddress where it is no http or https URL.
    """
    address = text.strip()
    if "://" not in address:
        address = f"http://{address}"
    parts = urlsplit(address)
    try:
        port = parts.port
    except ValueError:
        raise BadAddress(f"{found_by} has no valid port") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadAddress(f"{found_by} is not an http address")
    host = "localhost" if parts.hostname in _UNSPECIFIED else parts.hostname
    host = f"[{host}]" if ":" in host else host
    netloc = host if port is None else f"{host}:{port}"
    given = parse_qs(parts.query).get("token", [token])[0]
    url = f"{parts.scheme}://{netloc}{parts.path.rstrip('/')}"
    return Endpoint(url, found_by, given, ca_file if parts.scheme == "https" else "")


def configured(settings: Settings, environ: Mapping[str, str]) -> Endpoint | None:
    """The address that the user gave, by setting or environment; None if there is none.

    Raises BadAddress where it is given and makes no sense.
    """
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
        Endpoint(f"http://localhost:{port}", name, settings.token)
        for port, name in found_by.items()
    )


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
