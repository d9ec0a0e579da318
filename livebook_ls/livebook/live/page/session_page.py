"""A session's page: what joining needs, and every cell with its state and outputs, in order.

Everything is told by attributes that Livebook's own scripts and LiveView go by
(`lib/livebook_web/live/session_live/cell_component.ex`), so that neither looks nor words matter;
but for “Queued” and “Took …”, which have no attribute.
"""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls.livebook.live.cells import (
    CellState,
    CellStatus,
    LiveCell,
    LiveCellType,
    LiveSection,
    RuntimeStatus,
    Validity,
)
from livebook_ls.livebook.live.errors import PageNotUnderstood
from livebook_ls.livebook.live.outputs import CellOutput
from livebook_ls.livebook.live.page import attribute_values
from livebook_ls.livebook.live.page.elements import Attributes, ElementReader, Ended, PageElement
from livebook_ls.livebook.live.page.output_elements import read_output

_SETUP_ID = "setup"


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """What the page hands its own script to join with; secrets all of them."""

    topic: str
    csrf_token: str
    session: str
    static: str

    def __repr__(self) -> str:
        return f"Keys({self.topic!r})"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionPage:
    """What a page says; its cells have no sources, which only the socket tells."""

    keys: Keys
    cells: tuple[LiveCell, ...]
    sections: tuple[LiveSection, ...]
    runtime: RuntimeStatus


def read_page(html: str) -> SessionPage:
    """The page that `html` writes; raises PageNotUnderstood where anything is not as it must be."""
    reader = _PageReader()
    reader.read(html)
    return reader.page()


class _PageReader(ElementReader):
    def __init__(self) -> None:
        super().__init__()
        self._csrf_token = ""
        self._main: Attributes | None = None
        self._has_session = False
        self._runtime = RuntimeStatus.UNKNOWN
        self._sections: list[LiveSection] = []
        self._section_depth = -1
        self._cells: list[_Cell] = []
        self._cell: _Cell | None = None
        self._cell_depth = -1

    def page(self) -> SessionPage:
        if not self._csrf_token:
            raise PageNotUnderstood("it has no csrf token")
        if self._main is None or not self._main.get("data-phx-session"):
            raise PageNotUnderstood("it is no page of LiveView's (no data-phx-session)")
        if not self._has_session:
            raise PageNotUnderstood("it shows no session (no data-el-session)")
        cells = tuple(it.finished(self._sections) for it in self._cells)
        if not any(it.id == _SETUP_ID for it in cells):
            raise PageNotUnderstood("it has no setup cell (no data-el-cell with id cell-setup)")
        return SessionPage(
            keys=Keys(
                topic=f"lv:{self._main.get('id', '')}",
                csrf_token=self._csrf_token,
                session=self._main["data-phx-session"],
                static=self._main.get("data-phx-static", ""),
            ),
            cells=cells,
            sections=tuple(self._sections),
            runtime=self._runtime,
        )

    def begin(self, tag: str, attributes: Attributes) -> Ended | None:
        for name in attributes:
            if name.startswith(("data-", "phx-", "name")):
                return self._begin(tag, attributes)
        return None

    def closed(self, depth: int) -> None:
        if depth == self._cell_depth:
            self._cell, self._cell_depth = None, -1
        if depth == self._section_depth:
            self._section_depth = -1

    def _begin(self, tag: str, attributes: Attributes) -> Ended | None:
        if self._cell is not None:
            return self._cell.begin(tag, attributes)
        if "data-el-cell" in attributes:
            self._begin_cell(attributes)
        elif "data-el-section" in attributes:
            self._section_depth = self.depth
            self._sections.append(LiveSection(id=attributes.get("data-section-id", ""), name=""))
        elif self._section_depth >= 0 and "data-el-heading" in attributes:
            return self._name_section
        elif self._section_depth >= 0 and "data-el-section-subheadline" in attributes:
            self._replace_section(is_branch=True)
        else:
            self._begin_frame(tag, attributes)
        return None

    def _begin_frame(self, tag: str, attributes: Attributes) -> None:
        """What is around the notebook."""
        if tag == "meta" and attributes.get("name") == "csrf-token":
            self._csrf_token = attributes.get("content", "")
        elif "data-phx-main" in attributes:
            self._main = attributes
        elif "data-el-session" in attributes:
            self._has_session = True
        elif attributes.get("phx-click", "").endswith("connect_runtime"):
            self._runtime = runtime_after(attributes["phx-click"], self._runtime)

    def _begin_cell(self, attributes: Attributes) -> None:
        section = len(self._sections) - 1 if self._section_depth >= 0 else None
        self._cell = _Cell(attributes, section)
        self._cell_depth = self.depth
        self._cells.append(self._cell)

    def _name_section(self, heading: PageElement) -> None:
        self._replace_section(name=heading.text)

    def _replace_section(self, name: str | None = None, *, is_branch: bool = False) -> None:
        was = self._sections[-1]
        self._sections[-1] = LiveSection(
            id=was.id,
            name=was.name if name is None else name,
            is_branch=was.is_branch or is_branch,
        )


def runtime_after(click: str, before: RuntimeStatus) -> RuntimeStatus:
    """What a button's event tells of the runtime: only what can be done now has a button."""
    match click.rstrip('"'):
        case "connect_runtime":
            return RuntimeStatus.DISCONNECTED
        case "reconnect_runtime":
            return RuntimeStatus.CONNECTED
        case "disconnect_runtime" if before is not RuntimeStatus.CONNECTED:
            return RuntimeStatus.CONNECTING
    return before


class _Cell:
    """A cell of which the page is being read."""

    def __init__(self, attributes: Attributes, section: int | None) -> None:
        self._attributes = attributes
        self._section = section
        self._language = ""
        self._status = CellStatus.READY
        self._since = ""
        self._took = ""
        self._evaluation = 0
        self._outputs: list[CellOutput] = []

    def begin(self, tag: str, attributes: Attributes) -> Ended | None:  # noqa: ARG002 — as inherited
        """An element of the cell begins."""
        if "data-el-output" in attributes:
            return self._add_output
        if "data-el-cell-status" in attributes:
            return self._read_status
        if "data-el-outputs-container" in attributes:
            number = attributes.get("id", "").rpartition("-")[2]
            self._evaluation = attribute_values.count(number)
        elif attributes.get("data-p-tag") == '"primary"' and "data-p-language" in attributes:
            self._language = attribute_values.json_text(attributes["data-p-language"])
        elif attributes.get("data-tooltip", "").startswith("Took "):
            self._took = attributes["data-tooltip"]
        return None

    def finished(self, sections: list[LiveSection]) -> LiveCell:
        """The cell; raises PageNotUnderstood where it lacks what every cell has."""
        cell_id = self._attributes.get("id", "").removeprefix("cell-")
        written = self._attributes.get("data-type", "")
        types = {it.value: it for it in LiveCellType}
        if not cell_id or not written:
            raise PageNotUnderstood("it has a cell without an id or a type")
        cell_type = types.get(written, LiveCellType.UNKNOWN)
        return LiveCell(
            id=cell_id,
            type=cell_type,
            is_setup="data-setup" in self._attributes,
            language=self._language,
            section=None if self._section is None else sections[self._section],
            state=self._state(cell_type),
            evaluation=self._evaluation,
            outputs=tuple(self._outputs),
        )

    def _state(self, cell_type: LiveCellType) -> CellState:
        if cell_type is LiveCellType.MARKDOWN:
            return CellState()
        validity = attribute_values.validity(self._attributes.get("data-eval-validity", ""))
        digest = self._attributes.get("data-p-evaluation-digest", "")
        if validity is Validity.UNKNOWN:
            raise PageNotUnderstood("a cell is neither fresh, evaluated, stale nor aborted")
        if not attribute_values.is_digest(digest):
            raise PageNotUnderstood("a cell doesn't say which text was evaluated")
        return CellState(
            validity=validity,
            is_errored="data-eval-errored" in self._attributes,
            digest=attribute_values.json_text(digest) or None,
            status=self._status,
            evaluating_since=attribute_values.moment(self._since) if self._since else None,
            took_ms=attribute_values.took_ms(self._took),
        )

    def _add_output(self, output: PageElement) -> None:
        self._outputs.append(read_output(output))

    def _read_status(self, status: PageElement) -> None:
        timer = next((it for it in status.walk() if "data-p-start" in it.attributes), None)
        if timer is not None:
            self._status, self._since = CellStatus.EVALUATING, timer.attributes["data-p-start"]
        elif "Queued" in status.text:
            self._status = CellStatus.QUEUED
