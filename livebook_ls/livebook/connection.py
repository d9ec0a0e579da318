"""The Livebooks that we talk to: found at the first call, kept, and found again when one is gone.

Usually there is one. Where several run, the one that has a notebook's session is that notebook's
home; for the rest the first that takes syncs counts.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from livebook_ls import clock
from livebook_ls.livebook import paths
from livebook_ls.livebook.errors import (
    AnotherProgram,
    CertificateRefused,
    EndpointsOff,
    LivebookError,
    Misconfigured,
    NotRunning,
    TooOld,
)
from livebook_ls.livebook.finding import environment
from livebook_ls.livebook.finding.addresses import BadAddress, Endpoint, discover
from livebook_ls.livebook.http.dev_endpoints import Livebook, SyncAnswer
from livebook_ls.livebook.outage import Outage
from livebook_ls.settings import Settings

Result = TypeVar("Result")

# How long it is believed that no other Livebook has come, when a session is looked for.
_LOOK_AGAIN_AFTER_S = 10.0
_ASK_AGAIN_AFTER_S = 0.15
_BEGINNING_S = 0.1


@dataclass(frozen=True, slots=True)
class Place:
    """Where a session is: the Livebook, and the file's path as that one knows it."""

    home: Endpoint
    file: str


class Connection:
    """Every Livebook within reach. Methods block; they may be called from several threads."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._lock = threading.Lock()
        self._livebooks: dict[Endpoint, Livebook] = {}
        # Those that were found last, the one to prefer first.
        self._found: tuple[Endpoint, ...] = ()
        self._looked_s = float("-inf")
        self._outage = Outage()
        self._is_closed = False

    def call(self, request: Callable[[Livebook], Result], home: Endpoint | None = None) -> Result:
        """What `request` makes of the Livebook at `home`, else of the first.

        Where that is gone, of the one found instead; a short absence is waited out.
        """
        while True:
            asked_s = clock.monotonic_s()
            try:
                result = self._call(request, home)
            except NotRunning:
                if self._is_closed or not self._outage.may_be_short(asked_s):
                    raise
                clock.pause(_ASK_AGAIN_AFTER_S)
            else:
                self._outage.is_over()
                return result

    def find_session(self, path: str, file: str | None, home: Endpoint | None) -> Place | None:
        """Where there is a session of the notebook at `path`, which is synced by that.

        Asked first at `home` by `file`, where it was last; where it still is, nothing else is.
        """
        asked: set[Endpoint] = set()

        def ask(livebook: Livebook) -> Place | None:
            asked.add(livebook.endpoint)
            files = self._files(path, file)
            taken = (it for it in files if livebook.sync(it) is SyncAnswer.TAKEN)
            found = next(taken, None)
            return None if found is None else Place(livebook.endpoint, found)

        if place := self.call(ask, home):
            return place
        for endpoint in self.endpoints():
            # What is wrong with another Livebook is no reason not to use this one.
            with contextlib.suppress(LivebookError):
                if endpoint not in asked and (place := ask(self._livebook(endpoint))):
                    return place
        return None

    def find_other_session(
        self, path: str, file: str | None, home: Endpoint | None
    ) -> Place | None:
        """The same, but asked only where opening `path` might make a second session."""
        if len(self.names(path)) == len(self.endpoints()) == 1:
            return None
        return self.find_session(path, file, home)

    def find_open(self, path: str, file: str | None, home: Endpoint | None) -> Place | None:
        """The same, by what Livebook lists, so that nothing is synced; None also where that is not
        shown.
        """
        known = tuple(self._files(path, file))
        for endpoint in dict.fromkeys((*((home,) if home else ()), *self.endpoints())):
            with contextlib.suppress(LivebookError):
                files = self._livebook(endpoint).open_files() or frozenset()
                if found := next((it for it in known if it in files), None):
                    return Place(endpoint, found)
        return None

    def endpoints(self) -> tuple[Endpoint, ...]:
        """The Livebooks within reach, the one to prefer first; looked for again from time to time.

        Raises what `discover` raises.
        """
        with self._lock:
            if clock.monotonic_s() - self._looked_s > _LOOK_AGAIN_AFTER_S:
                self._found = ()
        return self._known()

    def open_files(self) -> frozenset[str] | None:
        """The files that have a session, by the paths of `names`; None where that isn't shown.

        Neither a file nor a session is touched by it. Raises what is wrong with a Livebook.
        """
        found: set[str] = set()
        for livebook in map(self._livebook, self.endpoints()):
            files = livebook.open_files()
            if files is None:
                if problem := livebook.problem():
                    raise problem
                return None
            found |= files
        return frozenset(found)

    def names(self, path: str) -> tuple[str, ...]:
        """The paths by which Livebook may know the file at `path`; may raise Misconfigured."""
        return paths.known_as(path, self._reach().path_mappings)

    def _files(self, path: str, file: str | None) -> Iterator[str]:
        """The same, first by which it was known last; the others are looked for when asked for."""
        if file is not None:
            yield file
        yield from (it for it in self.names(path) if it != file)

    def configure(self, settings: Settings) -> None:
        """Use other settings from the next call on."""
        with self._lock:
            self._settings = settings
            self._found = ()

    @property
    def endpoint(self) -> Endpoint | None:
        """The Livebook preferred among those found last, if any."""
        return self._found[0] if self._found else None

    @property
    def has_choice(self) -> bool:
        """Whether several Livebooks were found last."""
        return len(self._found) > 1

    @property
    def has_answered(self) -> bool:
        """Whether any Livebook has answered anything so far."""
        return any(it.has_answered for it in list(self._livebooks.values()))

    def warm_up(self) -> bool:
        """Find Livebook and connect, so that the first save needn't; whether one answers."""
        try:
            return self.call(lambda it: it.is_livebook())
        except LivebookError:
            return False

    def warm_up_soon(self) -> None:
        """The same for a program that has just begun, and has more pressing things to load."""
        clock.pause(_BEGINNING_S)
        self.warm_up()

    def settings_url(self, home: Endpoint | None = None) -> str | None:
        """The address of Livebook's settings page; None where no Livebook is known."""
        try:
            return self._at(home).settings_url()
        except LivebookError:
            return None

    def close(self) -> None:
        """Close the kept connections, for good: who asks after that finds no Livebook."""
        with self._lock:
            self._is_closed = True
            for livebook in self._livebooks.values():
                livebook.close()
            self._livebooks.clear()
            self._found = ()

    def _call(self, request: Callable[[Livebook], Result], home: Endpoint | None) -> Result:
        livebook = self._at(home)
        try:
            return request(livebook)
        except CertificateRefused:
            # The file of trusted certificates may be mended under the same name.
            self._livebooks.pop(livebook.endpoint, None)
            raise
        except (NotRunning, AnotherProgram, EndpointsOff, TooOld) as error:
            is_refused = isinstance(error, EndpointsOff | TooOld)
            if is_refused and livebook.endpoint == home:
                # Its session is there; one elsewhere would fight with it over the file.
                raise
            self._found = ()
            found = self._at(home)
            if found.endpoint == livebook.endpoint:
                raise
            return request(found)

    def _at(self, home: Endpoint | None) -> Livebook:
        known = self._known()
        return self._livebook(home if home is not None and home in known else known[0])

    def _known(self) -> tuple[Endpoint, ...]:
        with self._lock:
            if not self._found:
                try:
                    self._found = discover(self._reach(), self._environ, _problem)
                except BadAddress as error:
                    raise Misconfigured(
                        str(error), "Give it in the form http://localhost:8080."
                    ) from None
                self._looked_s = clock.monotonic_s()
            return self._found

    def _livebook(self, endpoint: Endpoint) -> Livebook:
        """The one Livebook of an endpoint; none is closed before the end, since threads use it."""
        with self._lock:
            livebook = self._livebooks.get(endpoint)
            if livebook is None:
                if self._is_closed:
                    # A thread that was about to ask makes no connection that nobody closes.
                    raise NotRunning(endpoint.url)
                livebook = self._livebooks[endpoint] = Livebook(endpoint)
            return livebook

    def _reach(self) -> Settings:
        return environment.filled(self._settings, self._environ)


def _problem(endpoint: Endpoint) -> LivebookError | None:
    livebook = Livebook(endpoint)
    try:
        return livebook.problem()
    finally:
        livebook.close()
