"""What is shown of a notebook's cells: one value from which lenses, hints and findings are made."""

from __future__ import annotations

from dataclasses import dataclass

from livebook_ls.running.cell_handle import CellHandle
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.failures import CellFailure


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCell:
    """A cell with code, the `number`th of its notebook, and how it stands.

    `words` are its state as buttons say it, `result` the first line of what it gave; empty where
    it gave nothing, or where that was not looked at yet.
    """

    number: int
    view: CellView
    handle: CellHandle
    words: str
    result: str
    failures: tuple[CellFailure, ...] = ()

    @property
    def is_busy(self) -> bool:
        """Whether it waits or runs."""
        return self.view.state in (RunState.QUEUED, RunState.RUNNING)
