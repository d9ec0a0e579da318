"""What a run will do before it does it: the cells that are meant, and what runs before them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from livebook_ls.livebook.live.cells import Validity
from livebook_ls.notebook.model import Cell, Notebook
from livebook_ls.running import outcome
from livebook_ls.running.cell_states import SessionMatch
from livebook_ls.running.outcome import RunRefusal
from livebook_ls.running.scope import RunScope, cells_of, stands_on


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """What a run will do: the cells that are meant, and those that Livebook runs before them.

    `restarts_runtime` says that a setup cell is among them which ran before, so that all values go.
    """

    wanted: tuple[Cell, ...]
    brought_along: tuple[Cell, ...]
    restarts_runtime: bool = False


def plan_of(notebook: Notebook, wanted: tuple[Cell, ...], found: SessionMatch | None) -> RunPlan:
    """The plan for the wanted cells; without `found` nothing is known of the session."""
    along = brought_along_by(notebook, wanted, found)
    lives = [found.live(it) for it in (*along, *wanted)] if found else []
    restarts = any(it and it.is_setup and it.state.validity is Validity.EVALUATED for it in lives)
    return RunPlan(wanted=wanted, brought_along=along, restarts_runtime=restarts)


def wanted_cells(notebook: Notebook, scope: RunScope, offset: int) -> tuple[Cell, ...]:
    """The cells that are meant; raises RunRefusal where there are none."""
    wanted = cells_of(notebook, scope, offset)
    if not wanted:
        raise RunRefusal(outcome.NO_CELL)
    return wanted


def brought_along_by(
    notebook: Notebook, wanted: Sequence[Cell], found: SessionMatch | None
) -> tuple[Cell, ...]:
    """The outdated cells that the wanted ones stand on; all of them where nothing is known."""
    meant = {it.source_span.start for it in wanted}
    needed = [it for it in stands_on(notebook, wanted) if it.source_span.start not in meant]
    if found is None:
        return tuple(needed)
    return tuple(it for it in needed if (live := found.live(it)) is None or live.is_outdated)
