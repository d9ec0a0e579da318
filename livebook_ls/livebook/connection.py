"""The Livebook that we talk to: found at the first call, kept, and found again when it is gone."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import TypeVar

from livebook_ls.livebook.client import Livebook
from livebook_ls.livebook.discovery import BadAddress, Endpoint, discover
from livebook_ls.livebook.errors import AnotherProgram, LivebookError, NotRunning, NotUnderstood
from livebook_ls.settings import Settings

Result = TypeVar("Result")


class Connection:
    """One Livebook at a time. Methods block; they may be called from several threads."""

    def __init__(self, settings: Settings, environ: Mapping[str, str]) -> None:
        self._settings = settings
        self._environ = environ
        self._lock = threading.Lock()
        self._livebook: Livebook | None = None

    def call(self, request: Callable[[Livebook], Result]) -> Result:
        """What `request` makes of the Livebook; where that is gone, of the one found instead."""
        livebook = self._current()
        try:
            return request(livebook)
        except (NotRunning, AnotherProgram):
            self._forget(livebook)
            found = self._current()
            if found.endpoint == livebook.endpoint:
                raise
            return request(found)

    def configure(self, settings: Settings) -> None:
        """Use other settings from the next call on."""
        with self._lock:
            if (settings.url, settings.token) != (self._settings.url, self._settings.token):
                self._close()
            self._settings = settings

    @property
    def endpoint(self) -> Endpoint | None:
        """The Livebook found last, if any."""
        livebook = self._livebook
        return livebook.endpoint if livebook else None

    def warm_up(self) -> bool:
        """Find Livebook and connect, so that the first save needn't; whether one answers."""
        try:
            return self._current().is_livebook()
        except LivebookError:
            return False

    def settings_url(self) -> str | None:
        """The address of Livebook's settings page; None where no Livebook is known."""
        try:
            endpoint = self._current().endpoint
        except LivebookError:
            return None
        return f"{endpoint.url}/settings"

    def close(self) -> None:
        """Close the kept connections."""
        with self._lock:
            self._close()

    def _current(self) -> Livebook:
        with self._lock:
            if self._livebook is None:
                try:
                    endpoint = discover(self._settings, self._environ, _answers)
                except BadAddress as error:
                    raise NotUnderstood(str(error)) from None
                self._livebook = Livebook(endpoint)
            return self._livebook

    def _forget(self, livebook: Livebook) -> None:
        with self._lock:
            if self._livebook is livebook:
                self._close()

    def _close(self) -> None:
        if self._livebook is not None:
            self._livebook.close()
            self._livebook = None


def _answers(endpoint: Endpoint) -> bool:
    livebook = Livebook(endpoint)
    try:
        return livebook.is_livebook()
    finally:
        livebook.close()
