"""Start Livebook where the settings say that it is, and wait until it is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from livebook_ls import clock
from livebook_ls.livebook.errors import (
    PortTaken,
    StartElsewhere,
    StartFailed,
    StartTooSlow,
)
from livebook_ls.livebook.finding.addresses import BadAddress, configured, read_address
from livebook_ls.livebook.http.dev_endpoints import Livebook
from livebook_ls.livebook.starting.process import Launch, launch
from livebook_ls.settings import Settings

# The first start of an installed Livebook unpacks it, and machines are slow.
PATIENCE_S = 120.0
_LOOK_S = 0.1
# How long one that answers may keep its address to itself.
_SILENT_S = 5.0
_TAKEN = ("already running on port", "eaddrinuse", "address already in use")


@dataclass(frozen=True, slots=True)
class Running:
    """A Livebook that answers; `address` has its token, and is None where it told none."""

    address: str | None = field(repr=False)

    @property
    def url(self) -> str | None:
        """The address without the token."""
        return read_address(self.address, "Livebook").url if self.address else None


def begin(settings: Settings, environ: Mapping[str, str]) -> Launch:
    """Run the user's command for Livebook; raises errors.NotStarted."""
    return launch(settings.start_command, _environment(settings, environ))


def wait(launched: Launch, is_found: Callable[[], bool], patience_s: float = PATIENCE_S) -> Running:
    """Wait until the Livebook of `launched` answers; raises errors.NotStarted.

    `is_found` says whether there is one where we would look for it: a command may end once it has
    started a service or a container, and then says no address.
    """
    until_s = clock.monotonic_s() + patience_s
    silent_until_s: float | None = None
    while clock.monotonic_s() < until_s:
        code, address = launched.exit_code, launched.other or launched.address
        if address and _answers(address):
            return Running(address)
        if code:
            raise _failure(launched)
        if address is None and is_found():
            silent_until_s = silent_until_s or clock.monotonic_s() + _SILENT_S
            if code == 0 or clock.monotonic_s() > silent_until_s:
                return Running(None)
        clock.pause(_LOOK_S)
    if launched.exit_code == 0:
        raise _failure(launched)
    raise StartTooSlow(patience_s, launched.reason, launched.text)


def _environment(settings: Settings, environ: Mapping[str, str]) -> dict[str, str]:
    """The environment in which Livebook listens where we shall look for it."""
    try:
        endpoint = configured(settings, environ)
    except BadAddress as error:
        raise StartFailed(str(error)) from None
    if endpoint is None:
        return dict(environ)
    if not endpoint.is_loopback:
        raise StartElsewhere(endpoint.url)
    port = urlsplit(endpoint.url).port
    return dict(environ) | ({"LIVEBOOK_PORT": str(port)} if port else {})


def _failure(launched: Launch) -> StartFailed:
    said, reason = launched.text, launched.reason
    if any(words in said.lower() for words in _TAKEN):
        return PortTaken(reason, said)
    return StartFailed(reason or "it ended without a word", said)


def _answers(address: str) -> bool:
    try:
        livebook = Livebook(read_address(address, "Livebook"))
    except BadAddress:
        return False
    try:
        return livebook.is_livebook()
    finally:
        livebook.close()
