"""What is known of a joined session: the page, brought up to date by every diff and event since."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from livebook_ls import clock
from livebook_ls.livebook.live.cells import (
    CellStatus,
    LiveCell,
    LiveNotebook,
    LiveSection,
)
from livebook_ls.livebook.live.diffs import CellChange, DiffReader, Flash
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.events import ReplacedText, UnseenChanges
from livebook_ls.livebook.live.outputs import TextKind
from livebook_ls.livebook.live.page.output_elements import plain_output
from livebook_ls.livebook.live.page.session_page import SessionPage
from livebook_ls.livebook.live.sources import Delta, Sources, replacing_delta

# Finds the texts of outputs in an export, by the ids of the notebook's cells.
ExportReader = Callable[[str, LiveNotebook], Mapping[str, Sequence[str]]]

# What was evaluated is told by an event of that name, which changes nothing else.
_FINISHED = "evaluation_finished:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """What a diff brought. `needs_page` says that only the page tells the rest; `replaced` are
    texts of cells as they were before a sync; `is_typed` that somebody typed.
    """

    cell_ids: frozenset[str] = frozenset()
    flashes: tuple[Flash, ...] = ()
    is_runtime_changed: bool = False
    needs_page: bool = False
    replaced: tuple[ReplacedText, ...] = ()
    is_typed: bool = False


class SessionState:
    """Made of the page and of the reply to the join (`rendered`), which belong together.

    Raises PageNotUnderstood where they don't fit each other.
    """

    def __init__(self, page: SessionPage, rendered: Mapping[str, Any]) -> None:
        self._reader = DiffReader()
        self._sources = Sources()
        self._sections: tuple[LiveSection, ...] = page.sections
        self._cells = {it.id: it for it in page.cells}
        self._runtime = page.runtime
        self._is_complete = True
        # How many diffs have come, and with which a cell, the cells' number, the runtime changed.
        self.sequence = 0
        self._changed_at: dict[str, int] = {}
        self._outputs_at: dict[str, int] = {}
        self._begun_at: dict[str, int] = {}
        self._structure_at = 0
        self._runtime_at = 0
        # Whether it was told to have something unsaved, and last of all to have saved that.
        self._was_unsaved = self._is_saved = False
        # When it was told so last, by the clock's seconds.
        self.saved_s = float("-inf")
        self._check(rendered)
        self.take(rendered)

    @property
    def notebook(self) -> LiveNotebook:
        """All of it now."""
        return LiveNotebook(
            cells=tuple(self._cells.values()),
            sections=self._sections,
            runtime=self._runtime,
            is_complete=self._is_complete,
        )

    def changed_at(self, cell_id: str) -> int:
        """The `sequence` at which something of the cell's evaluation was told last."""
        return self._changed_at.get(cell_id, 0)

    def is_busy(self, cell_id: str) -> bool:
        """Whether the cell is queued or runs."""
        cell = self._cells.get(cell_id)
        return cell is not None and cell.is_busy

    def begun_at(self, cell_id: str) -> int:
        """The `sequence` at which the cell was queued, or began to run, last."""
        return self._begun_at.get(cell_id, 0)

    @property
    def runtime_changed_at(self) -> int:
        """The `sequence` at which something of the runtime was told last."""
        return self._runtime_at

    def take(self, diff: Mapping[str, Any]) -> Happened:
        """Bring it up to date by a diff, with the events in it."""
        self.sequence += 1
        news = self._reader.read(diff)
        changed = {it for it, change in news.cells.items() if self._apply(it, change)}
        for cell_id in news.outputs & self._cells.keys():
            self._cells[cell_id] = replace(self._cells[cell_id], are_outputs_current=False)
            self._outputs_at[cell_id] = self.sequence
            changed.add(cell_id)
        needs_page, typed_s = news.is_unclear, self.typed_s
        for event in _events(diff):
            needs_page = self._take_event(*event, changed) or needs_page
        is_runtime_changed = news.runtime is not None and news.runtime is not self._runtime
        if news.has_saved is not None:
            if news.has_saved and not self._is_saved:
                self.saved_s = clock.monotonic_s()
            self._is_saved = news.has_saved
            self._was_unsaved = self._was_unsaved or not news.has_saved
        if news.runtime is not None:
            self._runtime, self._runtime_at = news.runtime, self.sequence
        return Happened(
            cell_ids=frozenset(changed),
            flashes=news.flashes,
            is_runtime_changed=is_runtime_changed,
            needs_page=needs_page,
            replaced=self._sources.replaced(),
            is_typed=self.typed_s != typed_s,
        )

    def take_page(self, page: SessionPage, since: int) -> frozenset[str]:
        """Bring it up to date by a page that was asked for at `sequence` `since`; what changed.

        A cell of which a diff came meanwhile keeps what that said.
        """
        before = self._cells
        is_newest = self._structure_at <= since
        self._sections = page.sections
        self._cells = {
            it.id: self._renewed(before.get(it.id), it, since)
            for it in page.cells
            if it.id in self._sources or is_newest
        }
        self._is_complete = is_newest and all(it in self._sources for it in self._cells)
        if self._runtime_at <= since:
            self._runtime = page.runtime
        if is_newest:
            self._sources.keep_only(self._cells)
        gone = before.keys() - self._cells.keys()
        return frozenset(it for it in self._cells if before.get(it) != self._cells[it]) | gone

    @property
    def tells_all(self) -> bool:
        """Whether nothing of the notebook can change without a diff from now on.

        Of some changes, as of its settings, the page shows only that the session has something to
        save, which it tells where nothing else was to be saved before (`session/data.ex`,
        `set_dirty`); believed of a page that was seen to tell both.
        """
        return self._was_unsaved and self._is_saved

    @property
    def typed_s(self) -> float:
        """When somebody was last seen to type in a cell, by the clock's seconds."""
        return self._sources.typed_s

    @property
    def typed(self) -> tuple[str, ...]:
        """Texts that cells had lately as somebody typed in them."""
        return self._sources.typed

    @property
    def ever_typed(self) -> tuple[str, ...]:
        """The same, with what a sync has replaced since."""
        return self._sources.ever_typed

    def unseen_since(self, before: SessionState) -> tuple[UnseenChanges, ...]:
        """The changes that cells' texts have had since they were as `before`, and nothing was
        told.
        """
        return self._sources.unseen_since(before._sources)

    def revision(self, cell_id: str) -> int:
        """How many changes of the cell's text are known."""
        return self._sources[cell_id].revision

    def begin_replacing(self, cell_id: str, text: str) -> tuple[Delta, int]:
        """We are about to give a cell another text; the delta to send, and to which revision."""
        source = self._sources[cell_id]
        delta = replacing_delta(source.text, text)
        self._sources.begin_own(cell_id, delta)
        return delta, source.revision

    @property
    def is_unclear(self) -> bool:
        """Whether a text is not known any more, since others changed it together with us."""
        return self._sources.is_unclear

    def take_texts(self, texts: Mapping[str, Sequence[str]], since: int) -> frozenset[str]:
        """Give cells the texts of their outputs, by the cells' ids, which were asked for at
        `sequence` `since`; which cells show others now.

        Only where the page's outputs are old: texts are less than the page has. A cell of which
        the export has none may have an image, so nothing is said of it.
        """
        taken = {
            it: self._cells[it]
            for it, found in texts.items()
            if found and it in self._cells and self._outputs_at.get(it, 0) <= since
            if not (self._cells[it].are_outputs_current or self._cells[it].is_busy)
        }
        for cell_id, cell in taken.items():
            outputs = tuple(plain_output(it) for it in texts[cell_id])
            if cell.state.is_errored:
                # An evaluation ends with what it raised; the export doesn't mark it.
                outputs = (*outputs[:-1], replace(outputs[-1], kind=TextKind.ERROR))
            self._cells[cell_id] = replace(
                cell, outputs=outputs, are_outputs_current=True, are_outputs_whole=False
            )
        return frozenset(taken)

    def unreported(self) -> tuple[tuple[str, int], ...]:
        """Cells with revisions that Livebook is to be told that we have seen; tells once."""
        return self._sources.unreported()

    def _check(self, rendered: Mapping[str, Any]) -> None:
        """What must hold before anything of the page is used."""
        events = dict(_events(rendered))
        if not events.get("session_init", {}).get("client_id"):
            raise PageNotUnderstood("joining it told no client_id")
        told = [it.split(":")[1] for it in events if it.startswith("cell_editor_init:")]
        told = list(dict.fromkeys(told))
        if told != list(self._cells):
            raise PageNotUnderstood("joining it told of other cells than it shows")

    def _apply(self, cell_id: str, change: CellChange) -> bool:
        """Apply a change of a cell's state; whether it is another one now."""
        cell = self._cells.get(cell_id)
        if cell is None:
            return False
        state = change.applied_to(cell.state)
        if state == cell.state:
            return False
        self._changed_at[cell_id] = self._outputs_at[cell_id] = self.sequence
        if change.status not in (None, CellStatus.READY):
            self._begun_at[cell_id] = self.sequence
        begins = state.status is CellStatus.EVALUATING and (
            cell.state.evaluating_since != state.evaluating_since
        )
        if begins:
            self._sources.begin_evaluation(cell_id)
        self._cells[cell_id] = self._with_source(
            replace(cell, state=state, are_outputs_current=False)
        )
        return True

    def _take_event(self, name: str, payload: Mapping[str, Any], changed: set[str]) -> bool:
        """Take in an event; whether it changes what only the page tells."""
        was_known = set(self._sources.ids)
        cell_id = self._sources.take(name, payload)
        if name.startswith(_FINISHED) and cell_id is not None:
            self._changed_at[cell_id] = self.sequence
        if cell_id is not None:
            changed.add(cell_id)
            if cell_id in self._cells:
                self._cells[cell_id] = self._with_source(self._cells[cell_id])
        is_structural = name in ("cell_deleted", "section_deleted") or (
            cell_id is not None and cell_id not in was_known and cell_id not in self._cells
        )
        if is_structural:
            self._structure_at, self._is_complete = self.sequence, False
            if cell_id is not None and name == "cell_deleted":
                self._cells.pop(cell_id, None)
        return is_structural

    def _renewed(self, known: LiveCell | None, found: LiveCell, since: int) -> LiveCell:
        if known is not None and self._changed_at.get(found.id, 0) > since:
            found = replace(found, state=known.state, are_outputs_current=False)
        elif known is not None and known.state.evaluating_since and found.state.evaluating_since:
            # Every page of Livebook's has its own clock for it, which differ a little.
            since_then = known.state.evaluating_since
            found = replace(found, state=replace(found.state, evaluating_since=since_then))
        return self._with_source(found)

    def _with_source(self, cell: LiveCell) -> LiveCell:
        source = self._sources[cell.id]
        return replace(
            cell,
            source=source.text,
            markers=source.markers,
            doctests=tuple(source.doctests[line] for line in sorted(source.doctests)),
        )


def _events(diff: Mapping[str, Any]) -> list[tuple[str, Mapping[str, Any]]]:
    events = diff.get("e")
    return [
        (it[0], it[1])
        for it in (events if isinstance(events, list) else ())
        if isinstance(it, list) and len(it) == 2 and isinstance(it[0], str)
        if isinstance(it[1], dict)
    ]
