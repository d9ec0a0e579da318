"""What becomes of a run, as values that every front tells in its own way."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from livebook_ls.livebook.live.cells import digest_of
from livebook_ls.notebook.model import Notebook
from livebook_ls.running.cell_states import CellView, RunState
from livebook_ls.running.scope import runnable


class RunEnd(Enum):
    """How a run ended."""

    DONE = "done"
    FAILED = "failed"
    NOTHING = "nothing to run"
    REFUSED = "refused"
    STOPPED = "stopped"
    LOST = "lost"
    TIMED_OUT = "timed out"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """A run that has ended: `ran` are the cells that were asked for, as they stand now, and
    `brought_along` those that Livebook ran before them. `sentence` says what a user must know.
    """

    end: RunEnd
    sentence: str = ""
    ran: tuple[CellView, ...] = ()
    brought_along: tuple[CellView, ...] = ()


@dataclass(frozen=True, slots=True)
class RunRefusal(Exception):
    """Why nothing is run, in the sentence that the user reads."""

    sentence: str


NOT_SAVED = "The cell can't be run as it is shown, for it isn't saved: save the notebook, then run."
WRITTEN_OVER = "Nothing was run. {loss}"
NO_CELL = "There is no cell with code here: put the cursor into one, or above it."
NOT_HELD = (
    "Livebook's session holds another text than this notebook, so nothing was run. "
    "Save once more; if it stays so, close the session in Livebook and open the notebook again."
)
NOTHING_OUTDATED = "Nothing to run: all cells are up to date."
NOT_TAKEN = "Livebook did not take up the run. Look at the notebook in the browser, then try again."
OLDER_TEXT = "Livebook ran an older text of cell {number}. Run it again."
NEWER_TEXT = (
    "Livebook ran a newer text of cell {number}, which somebody has written there during the run. "
    "Look at it before you use the result."
)
RUNTIME_LOST = "The run was lost: Livebook's runtime ended, and with it all values. Run again."
LIVEBOOK_AWAY = (
    "The run was lost: the connection to Livebook's session does not come back. Start Livebook if "
    "it has ended, else look at the notebook in the browser, and run again."
)
MAY_HAVE_RUN = (
    "Cells that were queued may have run all the same: look at the notebook in the browser before "
    "you run them again."
)
SESSION_LOST = "The run was lost: the notebook's session in Livebook ended. Open it and run again."
STOPPED_ALL = "Stopped. Stopping a running cell takes the values of the main flow with it."
STOPPED_OWN = "Stopped. What others run in this notebook goes on."
NOTHING_RUNS = "Nothing runs in this notebook."
NOT_RUN = "Livebook did not run cell {cells}; somebody may have stopped it. Run again."
NOT_RUN_AFTER = "Not run, since a cell above failed: {cells}."
TIMED_OUT = "Not done after {seconds:g} s; Livebook goes on. Stop it, or wait for it in the editor."
NOT_BEGUN = (
    "Nothing was run: Livebook has not taken the notebook within {seconds:g} s. "
    "If it stays so, restart Livebook."
)
RUNNING = "Livebook runs cells"
BRINGS_ALONG = "Before it, cells run on which it stands and which are not up to date: {cells}."
RESTARTS_RUNTIME = "The setup cell runs in another runtime: all values so far are lost."
STOPPING_COSTS = (
    "Stopping a cell that runs takes all values of the main flow with it (in a branch, those of "
    "the branch): other cells must run again."
)
STOP = "Stop"
ALWAYS_STOP = "Stop, and Don't Ask Again"
CELL_CHANGED = (
    "This cell has changed since the button was drawn, or can't be told from others with the same "
    "text, so nothing was done. Try again."
)
WHICH_CELL = (
    "Which cell is meant was not told. Choose “Run” among the code actions at the cell, or give "
    "the command a position."
)
SWITCHED_OFF = (
    "Running cells is switched off here: by the setting runCells, or since this workspace is not "
    "trusted."
)
OWN_RUN_REEVALUATES = (
    "Once saved, Livebook runs this cell by itself where it uses what is gone from above it: it is "
    "set to."
)
OWN_RUN_CHANGES_FLOW = (
    "Once saved, Livebook runs this cell by itself: it is set to, and comes into a branch or out "
    "of one."
)
LOST_EVALUATION = (
    "Once saved, this cell must run again: it comes into a branch or out of one, where what was "
    "evaluated so far does not count."
)
LOST_EVALUATIONS = (
    "Once saved, {count} cells of this section must run again: they come into a branch or out of "
    "one, where what was evaluated so far does not count."
)
OWN_RUN_BEFORE_QUEUED = (
    "Once saved, Livebook runs this new cell by itself: a cell below it waits to run."
)
OWN_RUN_EDITED = (
    "This cell runs now with its former text; once saved, Livebook runs it again, since others "
    "wait behind it."
)


def end_of(
    notebook: Notebook, shown: Sequence[CellView], *, was_stopped: bool, flash: str
) -> tuple[RunEnd, str]:
    """How a run of cells ended that stand so, and what a user must know of it."""
    states = {it.state for it in shown}
    if was_stopped:
        return RunEnd.STOPPED, STOPPED_ALL
    if RunState.ABORTED in states:
        return RunEnd.LOST, f"{RUNTIME_LOST} {flash}".rstrip()
    number = {id(it): str(at + 1) for at, it in enumerate(runnable(notebook))}
    changed = [it for it in shown if it.state is RunState.CHANGED]
    if changed:
        live = changed[0].live
        is_newer = live is not None and live.state.digest == digest_of(live.source)
        sentence = NEWER_TEXT if is_newer else OLDER_TEXT
        return RunEnd.REFUSED, sentence.format(number=number[id(changed[0].cell)])
    left = [
        number[id(it.cell)]
        for it in shown
        if it.state in (RunState.FRESH, RunState.STALE, RunState.UNKNOWN)
    ]
    if RunState.FAILED in states:
        return RunEnd.FAILED, NOT_RUN_AFTER.format(cells=", ".join(left)) if left else ""
    if left:
        return RunEnd.LOST, NOT_RUN.format(cells=", ".join(left))
    return RunEnd.DONE, ""
