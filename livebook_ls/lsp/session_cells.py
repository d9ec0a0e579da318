"""Which session an open notebook may ask for help with its code: one that is joined, or soon is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from livebook_ls import clock
from livebook_ls.lsp.documents.open_documents import Documents
from livebook_ls.running.cells_to_ask import cells_to_ask
from livebook_ls.running.scope import runnable
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

if TYPE_CHECKING:
    from livebook_ls.intelligence.live_session import JoinedCells

# Joining costs Livebook and us some 30 kB a cell; larger notebooks are joined by their first run.
_MOST_CELLS = 100
# What stood in the way may be gone by then, as an outage of Livebook's.
_AGAIN_AFTER_S = 30.0


@dataclass(frozen=True, slots=True)
class Runtime:
    """Who knows what a notebook's code means: its session's path, and how its runtime is."""

    session_path: str | None
    status: str

    @property
    def is_missing(self) -> bool:
        """Whether the session is known to have none."""
        return self.status == "disconnected"


class SessionFinder:
    """Finds joined sessions; a notebook's first question has its session joined for the next."""

    def __init__(
        self,
        documents: Documents,
        notebooks: Notebooks,
        in_background: Callable[[Coroutine[Any, Any, None]], None],
        joined: Callable[[str], None],
    ) -> None:
        """`joined` is called with the path of a notebook whose session was joined for help."""
        self._documents = documents
        self._notebooks = notebooks
        self._in_background = in_background
        self._joined = joined
        # By session, when it could not be joined: it is not tried at each key.
        self._failed_s: dict[str, float] = {}

    def cells(self, path: str) -> JoinedCells | None:
        """The session of the notebook at `path` with its cells; None where none is joined yet."""
        link = self._notebooks.links.get(path)
        document = self._documents.at_path(path)
        if link is None or document is None or link.session_path is None:
            return None
        session = self._notebooks.live.of(link)
        if session is None:
            is_small = len(runnable(document.notebook)) <= _MOST_CELLS
            failed_s = self._failed_s.get(link.session_path, float("-inf"))
            if is_small and clock.monotonic_s() - failed_s > _AGAIN_AFTER_S:
                self._in_background(self._join(link, link.session_path))
            return None
        from livebook_ls.intelligence.live_session import JoinedCells

        ids = cells_to_ask(document.notebook, session.notebook)
        return JoinedCells(session, ids.known, ids.likely)

    def runtime(self, path: str) -> Runtime:
        """The notebook's session, and how it is with the runtime there, as far as is known."""
        link = self._notebooks.links.get(path)
        session = self._notebooks.live.of(link) if link else None
        status = session.notebook.runtime.value if session else ""
        return Runtime(link.session_path if link else None, status)

    async def _join(self, link: NotebookLink, session_path: str) -> None:
        if await self._notebooks.live.is_joined(link):
            self._failed_s.pop(session_path, None)
            self._joined(link.path)
        else:
            self._failed_s[session_path] = clock.monotonic_s()
