"""Which session an open notebook may ask for help with its code: one that is joined, or soon is."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from livebook_ls.intelligence.live_session import JoinedCells
from livebook_ls.lsp.documents.open_documents import Documents
from livebook_ls.running.cells_to_ask import cells_to_ask
from livebook_ls.running.scope import runnable
from livebook_ls.sync.link import NotebookLink
from livebook_ls.sync.notebooks import Notebooks

# Joining costs Livebook and us some 30 kB a cell; larger notebooks are joined by their first run.
_MOST_CELLS = 100


class SessionFinder:
    """Finds joined sessions; a notebook's first question has its session joined for the next."""

    def __init__(
        self,
        documents: Documents,
        notebooks: Notebooks,
        in_background: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._documents = documents
        self._notebooks = notebooks
        self._in_background = in_background
        # Sessions that could not be joined are not tried at each key.
        self._failed: set[str] = set()

    def cells(self, path: str) -> JoinedCells | None:
        """The session of the notebook at `path` with its cells; None where none is joined yet."""
        link = self._notebooks.links.get(path)
        document = self._documents.at_path(path)
        if link is None or document is None or link.session_path is None:
            return None
        session = self._notebooks.live.of(link)
        if session is None:
            is_small = len(runnable(document.notebook)) <= _MOST_CELLS
            if is_small and link.session_path not in self._failed:
                self._in_background(self._join(link, link.session_path))
            return None
        ids = cells_to_ask(document.notebook, session.notebook)
        return JoinedCells(session, ids.known, ids.likely)

    async def _join(self, link: NotebookLink, session_path: str) -> None:
        if not await self._notebooks.live.is_joined(link):
            self._failed.add(session_path)
