"""Runs a session's cells as Livebook queues them: what goes before, what waits, what is lost."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from livebook_ls.standin.live import evaluation
from livebook_ls.standin.live.expressions import (
    Bindings,
    ChildDiedError,
    HaltedError,
    PutOutput,
    Value,
)
from livebook_ls.standin.live.session_cells import (
    MAIN_FLOW,
    CellEvent,
    SessionCells,
    StandInCell,
    digest_of,
    markers_of,
    now,
)

_STEP_S = 0.002


class _StoppedError(Exception):
    """The evaluation is not wanted any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What pages are told at once: cells as they are now, events, and around them."""

    cells: tuple[StandInCell, ...] = ()
    events: tuple[CellEvent, ...] = ()
    runtime: str | None = None
    flash: str | None = None
    has_saved: bool | None = None


class Evaluator:
    """The evaluations of one session. `tell` is called with every change, under `lock`."""

    def __init__(self, cells: SessionCells, file: str, tell: Callable[[Change], None]) -> None:
        self.lock = threading.RLock()
        self.runtime = "disconnected"
        self.begun: list[str] = []
        self._cells = cells
        self._file = file
        self._tell = tell
        self._output_numbers = itertools.count()
        # The evaluation under way in each flow; another object there means that it was stopped.
        self._running: dict[str, object] = {}
        self._is_over = False

    def close(self) -> None:
        """Let go of everything that runs."""
        with self.lock:
            self._is_over = True
            self._running.clear()

    def queue(self, wanted: Iterable[StandInCell]) -> None:
        """Queue cells, and before each the outdated ones that it stands on."""
        with self.lock:
            chosen: list[StandInCell] = []
            for cell in wanted:
                parents = [it for it in self._cells.before(cell) if it.is_outdated]
                chosen.extend(it for it in (*parents, cell) if it not in chosen)
            chosen = [it for it in chosen if it.status == "ready" and it.is_evaluable]
            if not chosen:
                return
            if any(it.is_setup and it.validity != "fresh" for it in chosen):
                self._abort(it for it in self._cells.cells if it not in chosen)
            for cell in chosen:
                cell.status = "queued"
            is_new = self.runtime == "disconnected"
            self.runtime = "connected"
            self._tell(Change(cells=tuple(chosen), runtime="connecting" if is_new else None))
            if is_new:
                self._tell(Change(runtime="connected"))
            self._advance()

    def cancel(self, cell: StandInCell) -> None:
        """Unqueue a cell with those behind it, or stop it with all values of its flow."""
        with self.lock:
            if cell.status == "queued":
                behind = [it for it in self._cells.after(cell) if it.status == "queued"]
                self._unqueue([cell, *behind])
            elif cell.status == "evaluating":
                flows = {cell.flow} if cell.flow != MAIN_FLOW else set(self._flows())
                self._lose(flows, cells=(cell,))

    def lose_runtime(self, status: str, flash: str | None = None) -> None:
        """The runtime is gone, or another one; every value is lost."""
        with self.lock:
            self._lose(set(self._flows()), flash=flash, runtime=status)
            self.runtime = status

    def connect(self) -> None:
        """There is a runtime from now on."""
        with self.lock:
            if self.runtime == "disconnected":
                self._tell(Change(runtime="connecting"))
            self.runtime = "connected"
            self._tell(Change(runtime="connected"))

    def synced(self, events: tuple[CellEvent, ...], before: Mapping[str, str]) -> None:
        """The cells are others now; `before` are the statuses of all that there were."""
        with self.lock:
            ids = {it.id for it in self._cells.cells}
            gone = [it for it in before if it not in ids]
            if any(before[it] == "evaluating" for it in gone):
                self._lose(set(self._flows()))
            elif any(before[it] == "queued" for it in gone):
                self._unqueue([it for it in self._cells.cells if it.status == "queued"])
            self._tell(Change(cells=tuple(self._cells.cells), events=events))
            queued = [it for it in self._cells.cells if it.status == "queued"]
            self.queue(queued_parents(self._cells, queued))

    def _flows(self) -> Iterable[str]:
        return dict.fromkeys(it.flow for it in self._cells.cells)

    def _unqueue(self, cells: list[StandInCell]) -> None:
        for cell in cells:
            cell.status = "ready"
        self._tell(Change(cells=tuple(cells)))

    def _lose(
        self,
        flows: set[str],
        cells: Iterable[StandInCell] = (),
        flash: str | None = None,
        runtime: str | None = None,
    ) -> None:
        """All values of these flows are lost, and nothing of them is queued any more."""
        for flow in flows:
            self._running.pop(flow, None)
        lost = [it for it in self._cells.cells if it.flow in flows or it in cells]
        self._abort(lost)
        for cell in lost:
            cell.status = "ready"
        self._tell(Change(cells=tuple(lost), runtime=runtime))
        if flash is not None:
            self._tell(Change(flash=flash))

    def _abort(self, cells: Iterable[StandInCell]) -> None:
        for cell in cells:
            if cell.validity in ("evaluated", "stale") or cell.status == "evaluating":
                cell.validity, cell.digest, cell.is_errored = "aborted", None, False
                cell.bindings = {}

    def _advance(self) -> None:
        """Begin what can begin: in each flow the first, once all that it stands on is done."""
        for flow in self._flows():
            queued = [it for it in self._cells.cells if it.flow == flow and it.status == "queued"]
            if not queued or flow in self._running:
                continue
            if all(it.status == "ready" for it in self._cells.before(queued[0])):
                self._begin(queued[0])

    def _begin(self, cell: StandInCell) -> None:
        cell.status, cell.since, cell.took = "evaluating", now(), ""
        cell.digest = digest_of(cell.source)
        cell.evaluation += 1
        self.begun.append(cell.id)
        cell.outputs, cell.markers, cell.doctests = [], (), ()
        mark = self._running[cell.flow] = object()
        self._tell(Change(cells=(cell,)))
        source, before = cell.source, self._values_before(cell)
        thread = threading.Thread(target=self._run, args=(cell, mark, source, before), daemon=True)
        thread.start()

    def _values_before(self, cell: StandInCell) -> Bindings:
        values: dict[str, Value] = {}
        for it in self._cells.before(cell):
            values.update(it.bindings)
        return values

    def _run(self, cell: StandInCell, mark: object, source: str, before: Bindings) -> None:
        began_s = time.monotonic()
        try:
            evaluated = evaluation.run(
                source,
                cell.id,
                self._file,
                before,
                lambda output: self._put(cell, mark, output),
                lambda seconds: self._sleep(cell, mark, seconds),
            )
        except _StoppedError:
            return
        except ChildDiedError as error:
            reason = f"{{%RuntimeError{{message: &quot;{error}&quot;}}, []}}"
            with self.lock:
                self._lose({cell.flow}, flash=f"Evaluation process terminated - {reason}")
            return
        except HaltedError:
            self.lose_runtime("disconnected", "Runtime terminated unexpectedly - no connection")
            return
        with self.lock:
            if self._running.get(cell.flow) is mark:
                self._finish(cell, evaluated, time.monotonic() - began_s)

    def _finish(self, cell: StandInCell, evaluated: evaluation.Evaluated, took_s: float) -> None:
        del self._running[cell.flow]
        is_other = {
            name
            for name in cell.bindings.keys() | evaluated.bindings.keys()
            if cell.bindings.get(name) != evaluated.bindings.get(name)
        }
        cell.status, cell.validity = "ready", "evaluated"
        cell.is_errored, cell.markers = evaluated.is_errored, evaluated.markers
        cell.bindings, cell.used = evaluated.bindings, evaluated.used
        took_ms = int(took_s * 1000)
        cell.took = f"Took {took_ms}ms" if took_ms < 100 else f"Took {took_ms // 100 / 10}s"
        self._report(cell, evaluated)
        children = [it for it in self._cells.after(cell) if it.used & is_other]
        for child in children:
            child.validity = "stale" if child.validity == "evaluated" else child.validity
        if cell.is_errored and not cell.continues_on_error:
            children.extend(it for it in self._cells.after(cell) if it.status == "queued")
            for child in children:
                child.status = "ready" if child.status == "queued" else child.status
        finished = CellEvent(f"evaluation_finished:{cell.id}", {"code_markers": markers_of(cell)})
        self._tell(Change(cells=(cell, *children), events=(finished,)))
        again = [it for it in children if it.reevaluates and it.validity == "stale"]
        if again:
            self.queue(again)
        self._advance()

    def _report(self, cell: StandInCell, evaluated: evaluation.Evaluated) -> None:
        cell.doctests = evaluated.doctests
        for report in evaluated.doctests:
            running = {"line": report["line"], "column": report["column"], "status": "running"}
            name = f"doctest_report:{cell.id}"
            for told in (running, report):
                self._tell(Change(events=(CellEvent(name, dict(told)),)))

    def _put(self, cell: StandInCell, mark: object, output: PutOutput) -> None:
        with self.lock:
            if self._running.get(cell.flow) is not mark:
                raise _StoppedError
            last = cell.outputs[-1] if cell.outputs else None
            if last and last[1].kind == output.kind == "terminal_text":
                number, before = cell.outputs.pop()
                joined = PutOutput(kind=output.kind, text=before.text + output.text)
                cell.outputs.append((number, joined))
                return
            cell.outputs.append((next(self._output_numbers), output))
            self._tell(Change(cells=(cell,)))

    def _sleep(self, cell: StandInCell, mark: object, seconds: float) -> None:
        until = time.monotonic() + seconds
        while True:
            with self.lock:
                if self._is_over or self._running.get(cell.flow) is not mark:
                    raise _StoppedError
            left = until - time.monotonic()
            if left <= 0:
                return
            time.sleep(min(_STEP_S, left))


def queued_parents(cells: SessionCells, queued: list[StandInCell]) -> list[StandInCell]:
    """The outdated cells that queued ones stand on, which a sync may have put before them."""
    return [it for cell in queued for it in cells.before(cell) if it.is_outdated]
