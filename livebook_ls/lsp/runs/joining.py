"""When sessions are joined and looked at so that editors show how cells stand: never to run any.

By itself only where it costs little and is expected: a notebook of moderate size whose session was
opened here, and not for very many. Otherwise a person's first run joins, in `running`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from livebook_ls.livebook.errors import LivebookError
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.lsp.documents.open_documents import Document
from livebook_ls.running.runner import Runner
from livebook_ls.running.scope import runnable
from livebook_ls.settings import Settings
from livebook_ls.sync.link import ARRIVED, NotebookLink

logger = logging.getLogger(__name__)

# The page of 500 cells is 15 MB, which Livebook takes seconds to draw.
_MOST_CELLS = 100
# Each beats twice a minute, and is a process of Livebook's: 200 idle ones took 0.15 % of a core.
_MOST_JOINED = 30


class Joining:
    """Joins the sessions of open notebooks, each once."""

    def __init__(
        self, runner: Runner, settings: Callable[[], Settings], tell: Callable[[str], None]
    ) -> None:
        self._runner = runner
        self._settings = settings
        self._tell = tell
        self._tried: dict[str, str] = {}
        self._told: set[str] = set()
        self._followed: dict[str, str] = {}

    def wants(self, document: Document, link: NotebookLink) -> bool:
        """Whether the session is one to join now; answers yes once for each session."""
        settings, session = self._settings(), link.session_path
        if not (settings.run_cells and settings.join_on_open):
            return False
        if session is None or link.state not in ARRIVED or not link.was_opened_here:
            return False
        tried = self._tried.get(document.asked_path)
        if tried == session or (tried is None and len(self._tried) >= _MOST_JOINED):
            return False
        if len(runnable(document.notebook)) > _MOST_CELLS:
            return False
        self._tried[document.asked_path] = session
        return True

    async def join(self, path: str) -> None:
        """Join the session of the notebook at `path`; what is wrong is told at its first run."""
        try:
            await self._runner.watch(path)
        except PageNotUnderstood as error:
            self.tell_once(error.sentence)
        except LivebookError as error:
            logger.info("%s was not joined: %s", path, error.code)

    async def follow(self, link: NotebookLink) -> None:
        """Look at a joined session once for each text that it got, where its cells were moved."""
        held = link.held
        if held is None or link.state not in ARRIVED or self._followed.get(link.path) == held.text:
            return
        self._followed[link.path] = held.text
        try:
            await self._runner.look_where_moved(link.path, held.notebook)
        except LivebookError as error:
            logger.info("%s was not looked at: %s", link.path, error.code)

    def tell_once(self, sentence: str) -> None:
        """Tell the user that running is not offered, and why: once."""
        if sentence not in self._told:
            self._told.add(sentence)
            self._tell(sentence)

    def forget(self, path: str) -> None:
        """The notebook was closed."""
        self._tried.pop(path, None)
        self._followed.pop(path, None)
