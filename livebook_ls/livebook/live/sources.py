"""The texts of cells as the session holds them, with what compiling and doctests told of them.

They come when we join and as events later: whole (`cell_editor_init`), or as what changed
(`cell_delta`, Livebook's `text/delta.ex`), counted in UTF-16 units.
"""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeAlias

from livebook_ls import clock
from livebook_ls.livebook.live.cells import CodeMarker, DoctestReport, DoctestStatus
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.events import ReplacedText, UnseenChanges
from livebook_ls.livebook.live.page.elements import Attributes, ElementReader, Ended
from livebook_ls.livebook.live.page.printable import printable

# Who changed a text, where that was a sync and nobody who takes part.
_BY_SYNC = "__server__"
Delta: TypeAlias = "Sequence[int | str]"
# As many as somebody types between one save of Livebook's and the next.
_MOST_TYPED = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class CellSource:
    """A cell's text, how many changes it has had, and what was told of it last."""

    text: str = ""
    revision: int = 0
    markers: tuple[CodeMarker, ...] = ()
    doctests: Mapping[int, DoctestReport] = field(default_factory=dict)


class Sources:
    """The texts of all cells of a session, by id, in the order in which they came."""

    def __init__(self) -> None:
        self._sources: dict[str, CellSource] = {}
        self._unreported: set[str] = set()
        self._replaced: list[ReplacedText] = []
        # When somebody typed last, by the clock's seconds.
        self.typed_s = float("-inf")
        # By their cells' ids.
        self._typed: deque[tuple[str, str]] = deque(maxlen=_MOST_TYPED)
        # With what a sync has replaced since.
        self._ever_typed: deque[str] = deque(maxlen=2 * _MOST_TYPED)
        # What we have changed and Livebook has not acknowledged yet, by cell.
        self._own: dict[str, tuple[Delta, int]] = {}
        # Whether others changed the same meanwhile, so that we can't tell what came of ours.
        self.is_unclear = False

    def __getitem__(self, cell_id: str) -> CellSource:
        return self._sources.get(cell_id) or CellSource()

    def __contains__(self, cell_id: str) -> bool:
        return cell_id in self._sources

    @property
    def ids(self) -> tuple[str, ...]:
        """The cells whose texts are known."""
        return tuple(self._sources)

    @property
    def typed(self) -> tuple[str, ...]:
        """Texts that cells had as somebody typed in them, the newest last; not all that there ever
        were, nor what a sync has replaced since: that may only come back from elsewhere.
        """
        return tuple(text for _, text in self._typed)

    @property
    def ever_typed(self) -> tuple[str, ...]:
        """The same, with what a sync has replaced since."""
        return tuple(self._ever_typed)

    def take(self, event: str, payload: Mapping[str, Any]) -> str | None:
        """Take in one of Livebook's events; the id of the cell of which it tells, else None."""
        match event.split(":"):
            case ["cell_editor_init", cell_id, "primary"]:
                self._sources[cell_id] = _initial(payload)
            case ["cell_acknowledgement", cell_id, "primary"] if cell_id in self._own:
                self._take_own(cell_id)
            case ["cell_delta", cell_id, "primary"] if cell_id in self:
                changed = _changed(self[cell_id], payload)
                if payload.get("client_id") == _BY_SYNC:
                    self._replace(cell_id, ReplacedText(self[cell_id].text, changed.text))
                else:
                    self.typed_s = clock.monotonic_s()
                    self._typed.append((cell_id, changed.text))
                    self._ever_typed.append(changed.text)
                self._sources[cell_id] = changed
                self._unreported.add(cell_id)
            case ["evaluation_finished", cell_id] if cell_id in self:
                markers = read_markers(payload.get("code_markers"))
                self._sources[cell_id] = replace(self[cell_id], markers=markers)
            case ["doctest_report", cell_id] if cell_id in self:
                if report := _report(payload):
                    doctests = {**self[cell_id].doctests, report.line: report}
                    self._sources[cell_id] = replace(self[cell_id], doctests=doctests)
            case ["cell_deleted"]:
                cell_id = str(payload.get("cell_id"))
                if gone := self._sources.pop(cell_id, None):
                    self._replace(cell_id, ReplacedText(gone.text, None))
                self._unreported.discard(cell_id)
            case _:
                return None
        return cell_id

    def begin_own(self, cell_id: str, delta: Delta) -> None:
        """We are about to change a cell's text by a delta to what it is now, and will be told once
        Livebook has (`cell_acknowledgement`), in the order of all changes.
        """
        self._own[cell_id] = delta, self[cell_id].revision

    def begin_evaluation(self, cell_id: str) -> None:
        """Forget what the last evaluation told: a new one has begun."""
        if cell_id in self:
            self._sources[cell_id] = replace(self[cell_id], markers=(), doctests={})

    def keep_only(self, cell_ids: Container[str]) -> None:
        """Forget the texts of all other cells."""
        self._sources = {it: source for it, source in self._sources.items() if it in cell_ids}

    def unseen_since(self, before: Sources) -> tuple[UnseenChanges, ...]:
        """The changes that cells have had since they were as `before`, and nothing was told."""
        pairs = [(before[it], source) for it, source in self._sources.items() if it in before]
        return tuple(
            UnseenChanges(now.text, now.text != was.text, now.revision - was.revision)
            for was, now in pairs
            if now.revision > was.revision
        )

    def replaced(self) -> tuple[ReplacedText, ...]:
        """Texts that syncs have replaced, or that went with their cells; tells once."""
        found = tuple(self._replaced)
        self._replaced.clear()
        return found

    def unreported(self) -> tuple[tuple[str, int], ...]:
        """Cells with their revisions that Livebook was not told yet that we have; tells once.

        Livebook keeps every change until all who take part have seen it.
        """
        due = tuple((cell_id, self[cell_id].revision) for cell_id in sorted(self._unreported))
        self._unreported.clear()
        return due

    def _take_own(self, cell_id: str) -> None:
        delta, revision = self._own.pop(cell_id)
        source = self[cell_id]
        self.is_unclear = self.is_unclear or source.revision != revision
        text = apply_delta(source.text, delta)
        self._sources[cell_id] = replace(source, text=text, revision=source.revision + 1)
        self._unreported.add(cell_id)

    def _replace(self, cell_id: str, replaced: ReplacedText) -> None:
        """A sync has replaced a cell's text."""
        self._replaced.append(replaced)
        others = [it for it in self._typed if it[0] != cell_id]
        self._typed = deque(others, _MOST_TYPED)


def replacing_delta(old: str, new: str) -> Delta:
    """The delta that makes `new` of `old`: one replacement, between what both begin and end with.

    Livebook's own takes time and memory by the square of what differs.
    """
    head = _alike(old, new)
    tail = _alike(old[head:][::-1], new[head:][::-1])
    steps = _units(old[:head]), new[head : len(new) - tail], -_units(old[head : len(old) - tail])
    return [it for it in steps if it]


def apply_delta(text: str, delta: Sequence[object]) -> str:
    """`text` after a delta: a number keeps so many UTF-16 units, a text is put in, a negative
    number takes out; the rest is kept. What makes no sense changes nothing.
    """
    units = text.encode("utf-16-le", "surrogatepass")
    parts: list[bytes] = []
    at = 0
    for step in delta:
        if isinstance(step, str):
            parts.append(step.encode("utf-16-le", "surrogatepass"))
        elif isinstance(step, int) and step >= 0:
            parts.append(units[at : at + 2 * step])
            at += 2 * step
        elif isinstance(step, int):
            at -= 2 * step
    parts.append(units[at:])
    return b"".join(parts).decode("utf-16-le", "surrogatepass")


def _alike(one: str, other: str) -> int:
    """How many characters both begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(one), len(other)))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def markup_text(html: str) -> str:
    """The text of a snippet of Livebook's own markup, as in a doctest's details; as much of it as
    can be read.
    """
    reader = _TextReader()
    with contextlib.suppress(PageNotUnderstood):
        reader.read(html)
    return printable("".join(reader.parts))


def _initial(payload: Mapping[str, Any]) -> CellSource:
    source, revision = payload.get("source"), payload.get("revision")
    reports = payload.get("doctest_reports")
    listed = reports if isinstance(reports, list) else ()
    found = [_report(it) for it in listed if isinstance(it, dict)]
    return CellSource(
        text=source if isinstance(source, str) else "",
        revision=revision if isinstance(revision, int) else 0,
        markers=read_markers(payload.get("code_markers")),
        doctests={it.line: it for it in found if it is not None},
    )


def _changed(source: CellSource, payload: Mapping[str, Any]) -> CellSource:
    delta = payload.get("delta")
    text = apply_delta(source.text, delta if isinstance(delta, list) else ())
    return replace(source, text=text, revision=source.revision + 1)


def read_markers(markers: object) -> tuple[CodeMarker, ...]:
    """The compiler's errors and warnings as Livebook sends them."""
    return tuple(
        CodeMarker(
            line=_from_zero(line), description=printable(description), severity=str(severity)
        )
        for it in (markers if isinstance(markers, list) else ())
        if isinstance(it, dict)
        and isinstance(line := it.get("line"), int)
        and isinstance(description := it.get("description"), str)
        and (severity := it.get("severity", "error"))
    )


def _report(payload: Mapping[str, Any]) -> DoctestReport | None:
    line, status = payload.get("line"), payload.get("status")
    statuses = {it.value: it for it in DoctestStatus}
    if not isinstance(line, int) or not isinstance(status, str) or status not in statuses:
        return None
    end_line, column = payload.get("end_line"), payload.get("column")
    details = payload.get("details")
    return DoctestReport(
        line=_from_zero(line),
        end_line=_from_zero(end_line if isinstance(end_line, int) else line),
        column=max(column, 0) if isinstance(column, int) else 0,
        status=statuses[status],
        details=markup_text(details) if isinstance(details, str) else "",
    )


def _from_zero(line: int) -> int:
    """A line that is counted from one, counted from zero; none stands above the first."""
    return max(line - 1, 0)


class _TextReader(ElementReader):
    """Collects all text."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []

    def begin(self, tag: str, attributes: Attributes) -> Ended | None:  # noqa: ARG002 — as inherited
        return None

    def handle_data(self, data: str) -> None:
        self.parts.append(data)
