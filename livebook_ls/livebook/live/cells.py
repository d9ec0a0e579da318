"""What a session's page says of its cells: kinds, states, and what each was evaluated from."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from livebook_ls.livebook.live.outputs import CellOutput


class LiveCellType(Enum):
    """Livebook's three kinds of cells, and any that came after them."""

    CODE = "code"
    MARKDOWN = "markdown"
    SMART = "smart"
    UNKNOWN = "unknown"


class Validity(Enum):
    """What Livebook thinks of a cell's last evaluation; an edit of its text does not change it."""

    FRESH = "fresh"
    EVALUATED = "evaluated"
    STALE = "stale"
    ABORTED = "aborted"
    UNKNOWN = "unknown"


class CellStatus(Enum):
    """What a cell is doing now."""

    READY = "ready"
    QUEUED = "queued"
    EVALUATING = "evaluating"


class RuntimeStatus(Enum):
    """Whether the session has a runtime, in which its code runs.

    While one is replaced by another, CONNECTED may be said throughout.
    """

    DISCONNECTED = "disconnected"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class CellState:
    """What changes while cells run. `validity` is None for Markdown, which has none.

    `digest` is that of the text which the last evaluation began with, None where there was none or
    it was aborted. `took_ms` is rounded down to 0.1 s from 0.1 s on, as the page shows it, and None
    while the cell is queued or evaluating. `evaluating_since` is by Livebook's clock.
    """

    validity: Validity | None = None
    is_errored: bool = False
    digest: str | None = None
    status: CellStatus = CellStatus.READY
    evaluating_since: datetime | None = None
    took_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeMarker:
    """A compile error or warning; `line` of the cell is 0-based, `severity` Livebook's word."""

    line: int
    description: str
    severity: str


class DoctestStatus(Enum):
    """How a doctest stands."""

    RUNNING = "running"
    SUCCESS = "success"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctestReport:
    """One doctest: 0-based lines of the cell, the last included, and 0-based UTF-16 `column`.

    `details` say why it failed, as text.
    """

    line: int
    end_line: int
    column: int
    status: DoctestStatus
    details: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveSection:
    """A section of the session's notebook."""

    id: str
    name: str
    is_branch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveCell:
    """A cell as the session holds it. `section` is None for setup cells.

    `source` is exact for code and smart cells, and Livebook's own rewriting for Markdown.
    `outputs` are those of the page or the export that was read last: `are_outputs_current` says
    whether nothing of the cell has changed since, `are_outputs_whole` whether more than texts were
    looked at. `evaluation` grows by one whenever outputs begin anew.
    """

    id: str
    type: LiveCellType
    is_setup: bool = False
    language: str = ""
    section: LiveSection | None = None
    state: CellState = CellState()
    source: str = ""
    markers: tuple[CodeMarker, ...] = ()
    doctests: tuple[DoctestReport, ...] = ()
    evaluation: int = 0
    outputs: tuple[CellOutput, ...] = ()
    are_outputs_current: bool = True
    are_outputs_whole: bool = True

    @property
    def is_evaluable(self) -> bool:
        """Whether it has code to run."""
        return self.type in (LiveCellType.CODE, LiveCellType.SMART)

    @property
    def is_busy(self) -> bool:
        """Whether it is queued or evaluating."""
        return self.state.status is not CellStatus.READY

    @property
    def is_changed_since_evaluation(self) -> bool:
        """Whether its text is another than the one that was evaluated last."""
        return self.state.digest is not None and self.state.digest != digest_of(self.source)

    @property
    def is_outdated(self) -> bool:
        """Whether Livebook runs it as well where a cell that stands on it is queued."""
        return self.is_evaluable and (
            self.state.validity is not Validity.EVALUATED or self.is_changed_since_evaluation
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveNotebook:
    """All of a session at one moment: cells in the page's order, setup cells first.

    `is_complete` is false between a change of the cells' number or order and the reading of the
    page that tells where they stand.
    """

    cells: tuple[LiveCell, ...]
    sections: tuple[LiveSection, ...] = ()
    runtime: RuntimeStatus = RuntimeStatus.UNKNOWN
    is_complete: bool = True

    def cell(self, cell_id: str) -> LiveCell | None:
        """The cell of that id, if the session has it."""
        return next((it for it in self.cells if it.id == cell_id), None)

    @property
    def is_busy(self) -> bool:
        """Whether any cell is queued or evaluating."""
        return any(it.is_busy for it in self.cells)


def digest_of(source: str) -> str:
    """Livebook's digest of a cell's text, which says what text an evaluation began with."""
    hashed = hashlib.md5(source.encode("utf-8", "surrogatepass"), usedforsecurity=False)
    return base64.b64encode(hashed.digest()).decode("ascii")
