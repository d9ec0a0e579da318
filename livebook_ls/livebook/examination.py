"""A look at every place where a Livebook may be, and at what is wrong with each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from livebook_ls.livebook.client import Livebook
from livebook_ls.livebook.discovery import Endpoint, configured, usual
from livebook_ls.livebook.errors import LivebookError, NotRunning
from livebook_ls.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What was found at one address; `problem` is None where it takes syncs."""

    endpoint: Endpoint
    problem: LivebookError | None

    @property
    def is_there(self) -> bool:
        """Whether anything answers at all."""
        return not isinstance(self.problem, NotRunning)


def examine(settings: Settings, environ: Mapping[str, str]) -> tuple[Examined, ...]:
    """Ask the configured Livebook, else every usual one, without touching a file.

    Raises discovery.BadAddress where the configured address makes no sense.
    """
    given = configured(settings, environ)
    return tuple(_examine(it) for it in ((given,) if given else usual(settings, environ)))


def _examine(endpoint: Endpoint) -> Examined:
    livebook = Livebook(endpoint)
    try:
        livebook.restamp(old_source="", new_source="", timeout_s=5.0)
    except LivebookError as error:
        return Examined(endpoint=endpoint, problem=error)
    finally:
        livebook.close()
    return Examined(endpoint=endpoint, problem=None)
