"""The cells of one session: who they are over syncs, and what became of their evaluations."""

from __future__ import annotations

import base64
import hashlib
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from livebook_ls.notebook.edits import common_ends, differing
from livebook_ls.notebook.importing.importer import parse
from livebook_ls.notebook.model import Cell, CellType, Notebook
from livebook_ls.standin.live.evaluation import CompileMarker
from livebook_ls.standin.live.expressions import Bindings, PutOutput

_BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
MAIN_FLOW = ""
# Of more, which takes long, only where it begins and ends is told.
_MOST_DIFFERING = 2_000
# The client of whom Livebook tells where a sync has changed a cell.
BY_SYNC = "__server__"


@dataclass(slots=True, kw_only=True, eq=False)
class StandInCell:
    """A cell with its state in Livebook's words; `component` is its number in the page's tree."""

    id: str
    component: int
    type: str
    source: str
    language: str
    is_setup: bool = False
    continues_on_error: bool = False
    reevaluates: bool = False
    section: str = ""
    flow: str = MAIN_FLOW
    revision: int = 0
    validity: str = "fresh"
    is_errored: bool = False
    digest: str | None = None
    status: str = "ready"
    since: str = ""
    took: str = ""
    evaluation: int = 0
    outputs: list[tuple[int, PutOutput]] = field(default_factory=list)
    markers: tuple[CompileMarker, ...] = ()
    doctests: tuple[dict[str, object], ...] = ()
    # The values after it, and the names that it used and made.
    bindings: Bindings = field(default_factory=dict)
    used: frozenset[str] = frozenset()

    @property
    def is_evaluable(self) -> bool:
        """Whether it has code."""
        return self.type != "markdown"

    @property
    def is_outdated(self) -> bool:
        """Whether it runs again where something that stands on it is to run."""
        is_changed = self.digest is not None and self.digest != digest_of(self.source)
        return self.is_evaluable and (self.validity != "evaluated" or is_changed)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSection:
    """A section; a branch names the section that it stands on."""

    id: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class CellEvent:
    """What a sync did to a cell, as the page is told: an event with its payload."""

    name: str
    payload: dict[str, object]


class SessionCells:
    """The cells in the notebook's order, setup first; not safe for threads by itself."""

    def __init__(self, text: str) -> None:
        self.cells: list[StandInCell] = []
        self.sections: list[SessionSection] = []
        self._next_component = 1
        # The most characters by which a sync had to find out that a cell differs.
        self.most_compared = 0
        self.take(text)

    def find(self, cell_id: object) -> StandInCell | None:
        """The cell of that id."""
        return next((it for it in self.cells if it.id == cell_id), None)

    def take(self, text: str, by: str = BY_SYNC) -> list[CellEvent]:
        """Hold another notebook: equal and edited cells stay who they are; what to tell of it.

        `by` is the id of the client that edited it.
        """
        notebook = parse(text)
        self._take_sections(notebook)
        wanted = list(self._wanted(notebook))
        return self._merge(wanted, by)

    def before(self, cell: StandInCell) -> list[StandInCell]:
        """The cells that a cell stands on, in order: those above it in its flow, and for a branch
        those of its parent and above.
        """
        above = self.cells[: self.cells.index(cell)]
        parents = {it.id: it.parent for it in self.sections}
        reach = parents.get(cell.section)
        order = [it.id for it in self.sections]
        seen = []
        for it in above:
            in_own = it.section == cell.section or it.is_setup
            in_main = cell.flow == MAIN_FLOW and it.flow == MAIN_FLOW
            is_parents = reach is not None and it.flow == MAIN_FLOW and it.section in order
            in_parent = is_parents and order.index(it.section) <= order.index(reach or "")
            if in_own or in_main or in_parent:
                seen.append(it)
        return [it for it in seen if it.is_evaluable]

    def after(self, cell: StandInCell) -> list[StandInCell]:
        """The cells that stand on a cell."""
        below = self.cells[self.cells.index(cell) + 1 :]
        return [it for it in below if it.is_evaluable and cell in self.before(it)]

    def _take_sections(self, notebook: Notebook) -> None:
        names = [it.name for it in notebook.sections]
        ids = _kept([it.name for it in self.sections], [it.id for it in self.sections], names)
        self.sections = [
            SessionSection(
                id=ids[number],
                name=section.name,
                parent=None if section.parent_index is None else ids[section.parent_index],
            )
            for number, section in enumerate(notebook.sections)
        ]

    def _wanted(self, notebook: Notebook) -> Iterator[StandInCell]:
        if not notebook.setup:
            yield _cell_of(None, is_setup=True, section="", flow=MAIN_FLOW)
        for cell in notebook.setup:
            yield _cell_of(cell, is_setup=True, section="", flow=MAIN_FLOW)
        for section, held in zip(self.sections, notebook.sections, strict=True):
            flow = MAIN_FLOW if section.parent is None else section.id
            for cell in held.cells:
                yield _cell_of(cell, is_setup=False, section=section.id, flow=flow)

    def _merge(self, wanted: list[StandInCell], by: str) -> list[CellEvent]:
        events: list[CellEvent] = []
        held, self.cells = self.cells, []
        partners = _partners([_key(it) for it in held], [_key(it) for it in wanted])
        for number, new in enumerate(wanted):
            partner = partners.get(number)
            if partner is None:
                new.component = self._next_component
                self._next_component += 1
                new.id = "setup" if new.is_setup and not self.find("setup") else _random_id()
                self.cells.append(new)
                events.append(CellEvent(f"cell_editor_init:{new.id}:primary", initial(new)))
            else:
                kept = held[partner]
                self.cells.append(kept)
                if by == BY_SYNC:
                    compared = differing(kept.source, new.source)
                    self.most_compared = max(self.most_compared, compared)
                events.extend(_renew(kept, new, by))
        gone = [it for number, it in enumerate(held) if number not in partners.values()]
        told: dict[str, object] = {"sibling_cell_id": None}
        events.extend(CellEvent("cell_deleted", {"cell_id": it.id, **told}) for it in gone)
        return events


def digest_of(source: str) -> str:
    """The digest that says which text was evaluated."""
    hashed = hashlib.md5(source.encode(), usedforsecurity=False).digest()
    return base64.b64encode(hashed).decode()


def initial(cell: StandInCell) -> dict[str, object]:
    """What a page's editor begins with."""
    return {
        "source": cell.source,
        "revision": cell.revision,
        "code_markers": markers_of(cell),
        "doctest_reports": list(cell.doctests),
    }


def markers_of(cell: StandInCell) -> list[dict[str, object]]:
    """The markers of a cell as they are sent."""
    return [
        {"line": it.line, "description": it.description, "severity": it.severity}
        for it in cell.markers
    ]


def now() -> str:
    """The moment as Livebook writes it."""
    seconds = time.time()
    written = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds))
    return f"{written}.{int(seconds % 1 * 1_000_000):06d}Z"


def _cell_of(cell: Cell | None, *, is_setup: bool, section: str, flow: str) -> StandInCell:
    metadata = {} if cell is None else cell.metadata
    kind = CellType.CODE if cell is None else cell.type
    return StandInCell(
        id="",
        component=0,
        type=kind.value,
        source="" if cell is None else cell.source,
        language="markdown" if kind is CellType.MARKDOWN else (cell and cell.language) or "elixir",
        is_setup=is_setup,
        continues_on_error=metadata.get("continue_on_error") is True,
        reevaluates=metadata.get("reevaluate_automatically") is True,
        section=section,
        flow=flow,
    )


def _key(cell: StandInCell) -> tuple[object, ...]:
    return (cell.type, cell.is_setup, cell.source)


def _renew(kept: StandInCell, new: StandInCell, by: str) -> Iterator[CellEvent]:
    kept.section, kept.flow, kept.language = new.section, new.flow, new.language
    kept.continues_on_error, kept.reevaluates = new.continues_on_error, new.reevaluates
    if kept.source != new.source:
        delta = _delta(kept.source, new.source)
        kept.source, kept.revision = new.source, kept.revision + 1
        told: dict[str, object] = {"delta": delta, "client_id": by, "selection": None}
        yield CellEvent(f"cell_delta:{kept.id}:primary", told)


def _partners(held: Sequence[object], wanted: Sequence[object]) -> dict[int, int]:
    """Which held cell each wanted one is: equal ones in order, then edited, then moved ones."""
    partners: dict[int, int] = {}
    edited: list[tuple[int, int]] = []
    for tag, a, b, c, d in SequenceMatcher(None, held, wanted, autojunk=False).get_opcodes():
        if tag == "equal":
            partners.update(zip(range(c, d), range(a, b), strict=True))
        elif tag == "replace":
            edited.extend(zip(range(c, d), range(a, b), strict=False))
    free = [it for it in range(len(held)) if it not in partners.values()]
    for number, key in enumerate(wanted):
        moved = next((it for it in free if number not in partners and held[it] == key), None)
        if moved is not None:
            partners[number] = moved
            free.remove(moved)
    for number, old in edited:
        if number not in partners and old in free and _kind(held[old]) == _kind(wanted[number]):
            partners[number] = old
            free.remove(old)
    return partners


def _kind(key: object) -> object:
    return key[:2] if isinstance(key, tuple) else key


def _kept(names: Sequence[str], ids: Sequence[str], wanted: Sequence[str]) -> list[str]:
    partners = _partners(list(names), list(wanted))
    return [ids[partners[it]] if it in partners else _random_id() for it in range(len(wanted))]


def _delta(old: str, new: str) -> list[object]:
    """What changed, in UTF-16 units: kept numbers, put-in texts, taken-out negative numbers."""
    head, tail = common_ends(old, new)
    before, after = old[head : len(old) - tail], new[head : len(new) - tail]
    delta: list[object] = [_units(old[:head])] if head else []
    if len(before) + len(after) > _MOST_DIFFERING:
        return [*delta, after, -_units(before)]
    for tag, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            delta.append(_units(before[a:b]))
            continue
        if after[c:d]:
            delta.append(after[c:d])
        if before[a:b]:
            delta.append(-_units(before[a:b]))
    return delta


def _units(text: str) -> int:
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _random_id() -> str:
    return "".join(secrets.choice(_BASE32) for _ in range(16))
