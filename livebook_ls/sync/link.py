"""One notebook and its session: what we know of both, and the state that people are shown."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import Enum

from livebook_ls.sync.disk import Snapshot
from livebook_ls.sync.findings import Finding


class State(Enum):
    """Where a notebook stands; the values are those of the `livebook/status` notification."""

    LOOKING = "looking"
    DETACHED = "detached"
    OPENING = "opening"
    SYNCING = "syncing"
    IN_SYNC = "inSync"
    NOT_RUNNING = "notRunning"
    REFUSED = "refused"
    FAILED = "failed"


_SENTENCES = {
    State.LOOKING: "Looking for Livebook …",
    State.DETACHED: "No session in Livebook.",
    State.OPENING: "Opening in Livebook …",
    State.SYNCING: "Syncing to Livebook …",
    State.IN_SYNC: "In sync with Livebook.",
    State.NOT_RUNNING: "Livebook is not running.",
    State.REFUSED: "Livebook does not take syncs.",
    State.FAILED: "Not in sync with Livebook.",
}


class NotebookLink:
    """A notebook's state. Lives on the event loop; `lock` keeps its operations in a row."""

    def __init__(self, path: str, on_change: Callable[[NotebookLink], None]) -> None:
        self.path = path
        # How Livebook knows the file: `path`, or where a link leads.
        self.file = path
        self.lock = asyncio.Lock()
        self.state = State.LOOKING
        self.findings: tuple[Finding, ...] = ()
        self.session_path: str | None = None
        self.url: str | None = None
        # A session of this notebook was seen while we run: it gets another one when that is gone.
        self.was_attached = False
        # The file as the editor last loaded or saved it.
        self.known: Snapshot | None = None
        self._on_change = on_change

    @property
    def sentence(self) -> str:
        """The state in one sentence: the first finding's, or the state's own."""
        return self.findings[0].sentence if self.findings else _SENTENCES[self.state]

    @property
    def is_away(self) -> bool:
        """Whether the other side is missing, so that looking again may help."""
        return self.state in (State.NOT_RUNNING, State.REFUSED)

    def enter(self, state: State, *findings: Finding) -> None:
        """Be in `state` from now on, with these findings in place of the former."""
        if (state, findings) != (self.state, self.findings):
            self.state, self.findings = state, findings
            self._on_change(self)

    def attach(self, session_path: str, url: str) -> None:
        """Remember the session; `enter` tells of it."""
        self.session_path, self.url = session_path, url
        self.was_attached = True

    def detach(self) -> None:
        """Forget the session, but not that there was one."""
        self.session_path = self.url = None
