"""What is told of a save that would end what runs in the session, or what waits to."""

from __future__ import annotations

from livebook_ls.sync.telling.findings import CONSENT, Finding, FindingSeverity

_DELETES, _DISPLACES = "deletes-running-cell", "displaces-running-cell"
_DISPLACES_WAITING = "displaces-waiting-cell"
ENDS_RUN = frozenset({_DELETES, _DISPLACES, _DISPLACES_WAITING})


def deletes_running_cell() -> Finding:
    """A sync takes a cell away that is being evaluated, and with it all values."""
    sentence = "This save deletes a cell that runs, which would take all values of the notebook."
    return _held(code=_DELETES, sentence=sentence)


def displaces_running_cell() -> Finding:
    """A sync takes a cell that is being evaluated to where it can't run on."""
    sentence = "This save takes a cell that runs to another section, into a branch or out of one."
    return _held(code=_DISPLACES, sentence=sentence)


def displaces_waiting_cell() -> Finding:
    """A sync takes a cell that is queued to another section than that in whose queue it stays, or
    the queue away.
    """
    sentence = "This save takes a cell that waits to run to another section: Livebook's session "
    sentence += "would end, or never come to it."
    return _held(code=_DISPLACES_WAITING, sentence=sentence)


def _held(code: str, sentence: str) -> Finding:
    wait = "It is held back until the cell is done: sync again if it isn't by itself then, or sync "
    wait += "anyway."
    sentence = f"{sentence} {wait}"
    return Finding(code=code, severity=FindingSeverity.ERROR, sentence=sentence, mends=CONSENT)
