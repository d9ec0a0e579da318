"""How the cells of the open notebooks stand, and the client told of it: only when words change.

All that lenses, hints, findings and `livebook/cells` say is made of `cells`, answered from memory.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from livebook_ls import clock
from livebook_ls.lsp.connection.protocol import DocumentServer
from livebook_ls.lsp.documents.diagnostics import Diagnostics, Origin
from livebook_ls.lsp.documents.open_documents import Document, notebook_path
from livebook_ls.lsp.documents.shown_cells import ShownCell
from livebook_ls.lsp.features.cell_results import (
    RESULT_COLUMNS,
    failure_diagnostics,
    foreseen_diagnostics,
    result_diagnostics,
)
from livebook_ls.lsp.runs.cells_report import METHOD, cells_report
from livebook_ls.lsp.runs.output_reading import OutputReading
from livebook_ls.notebook.source import Source
from livebook_ls.running.cell_handle import handles
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.failures import failures
from livebook_ls.running.runner import Runner
from livebook_ls.running.wording import result_line, state_in_words

if TYPE_CHECKING:
    from livebook_ls.clock import Timer

# Several changes in a row are told as one.
_PAUSE_S = 0.2
# While a cell runs, its words count the seconds.
_SECOND_S = 1.0


class RunBoard:
    """What is shown of cells, by document. Belongs to the server's event loop."""

    def __init__(
        self,
        server: DocumentServer,
        runner: Runner,
        diagnostics: Diagnostics,
        in_background: Callable[[Any], None],
    ) -> None:
        self._server = server
        self._outputs = OutputReading(runner, in_background)
        self._runner = runner
        self._diagnostics = diagnostics
        self._known: dict[str, tuple[Source, tuple[ShownCell, ...]]] = {}
        self._waiting: dict[str, Timer] = {}
        self._ticking: dict[str, Timer] = {}
        self._told: dict[str, _Told] = {}
        # When each cell was first seen running, by our clock: Livebook's may be another.
        self._began_s: dict[tuple[str, str, object], float] = {}
        runner.listen(self._state_changed)

    def cells(self, document: Document) -> tuple[ShownCell, ...]:
        """The cells with code of the text as it is now, and how they stand."""
        known = self._known.get(document.uri)
        if known is None or known[0] is not document.source:
            known = document.source, self._shown(document)
            self._known[document.uri] = known
        return known[1]

    def look_soon(self, document: Document) -> None:
        """Show what has become of it once nothing was typed for a moment: its text has changed."""
        if timer := self._waiting.pop(document.uri, None):
            timer.cancel()
        self._look_later(document.uri)

    def forget(self, uri: str) -> None:
        """The document was closed."""
        if path := notebook_path(uri):
            self._outputs.forget(path)
        for timers in (self._waiting, self._ticking):
            if timer := timers.pop(uri, None):
                timer.cancel()
        self._known.pop(uri, None)
        self._told.pop(uri, None)

    def close(self) -> None:
        """The server ends."""
        for uri in list(self._known):
            self.forget(uri)

    def _state_changed(self, path: str) -> None:
        document = self._server.documents.at_path(path)
        if document is not None:
            self._known.pop(document.uri, None)
            if document.uri not in self._waiting:
                self._look_later(document.uri)

    def _look_later(self, uri: str) -> None:
        self._waiting[uri] = clock.later(_PAUSE_S, partial(self._look, uri))

    def _look(self, uri: str) -> None:
        self._waiting.pop(uri, None)
        document = self._server.documents.get(uri)
        if document is None:
            return
        if not self._runner.knows_cells(document.asked_path):
            self._tell_nothing_known(document)
            return
        cells = self.cells(document)
        self._tell_changes(document, cells)
        self._outputs.read_if_old(document.asked_path, cells)
        if any(it.view.state is RunState.RUNNING for it in cells) and uri not in self._ticking:
            self._ticking[uri] = clock.later(_SECOND_S, partial(self._tick, uri))

    def _tick(self, uri: str) -> None:
        self._ticking.pop(uri, None)
        self._known.pop(uri, None)
        self._look(uri)

    def _tell_nothing_known(self, document: Document) -> None:
        """What is told while no session is joined: of all cells the same, so that those of a large
        notebook need not be looked at after each key.
        """
        self._diagnostics.show(document, Origin.RUNS, [])
        count = document.reading.draft.code_cell_count
        refusal = self._runner.refusal(document.asked_path)
        self._tell(document, ((refusal, count), (count,)))

    def _tell_changes(self, document: Document, cells: tuple[ShownCell, ...]) -> None:
        profile, unit = self._server.profile, self._server.unit
        found = list(failure_diagnostics(cells, document.source, unit))
        foreseen = self._runner.foreseen(document.asked_path, document.notebook)
        found += foreseen_diagnostics(foreseen, document.source, unit)
        if not profile.refreshes_hints:
            found += result_diagnostics(cells, document.source, unit)
        self._diagnostics.show(document, Origin.RUNS, found)
        self._tell(document, _told(cells, self._runner.refusal(document.asked_path)))

    def _tell(self, document: Document, now: _Told) -> None:
        """Tell the client what it is shown `now`, as far as that is news."""
        profile, told = self._server.profile, self._told.get(document.uri, _NOTHING)
        self._told[document.uri] = now
        if now[0] != told[0] and profile.refreshes_lenses:
            self._server.workspace_code_lens_refresh(None)
        if now[1] != told[1] and profile.refreshes_hints:
            self._server.workspace_inlay_hint_refresh(None)
        if now != told and profile.takes_cells:
            report = cells_report(document, self.cells(document), self._server.unit)
            self._server.protocol.notify(METHOD, report)

    def _shown(self, document: Document) -> tuple[ShownCell, ...]:
        views = self._runner.views_or_unknown(document.asked_path, document.notebook)
        named = handles([it.cell for it in views])
        return tuple(
            ShownCell(
                number=number,
                view=view,
                handle=handle,
                words=state_in_words(view, self._running_s(document.asked_path, view)),
                result=result_line(view, RESULT_COLUMNS),
                failures=failures(view, document.source),
            )
            for number, (view, handle) in enumerate(zip(views, named, strict=True), 1)
        )

    def _running_s(self, path: str, view: CellView) -> float:
        if view.live is None or view.state is not RunState.RUNNING:
            return 0.0
        now_s = clock.monotonic_s()
        key = path, view.live.id, view.since
        if key not in self._began_s:
            # The cell's former evaluations are over.
            for it in [it for it in self._began_s if it[:2] == key[:2]]:
                del self._began_s[it]
            self._began_s[key] = now_s
        return now_s - self._began_s[key]


_Told = tuple[tuple[Any, ...], tuple[Any, ...]]
_NOTHING: _Told = ((), ())


def _told(cells: tuple[ShownCell, ...], refusal: str | None) -> _Told:
    # Where nothing can be run there are no lenses at all.
    return (refusal, *(it.words for it in cells)), tuple(it.result for it in cells)
