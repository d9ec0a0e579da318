"""How an expected failure leaves a notebook: its state, and the finding that tells of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from livebook_ls.livebook.errors import (
    AnotherProgram,
    BodyTooLarge,
    EndpointsOff,
    ImportFailed,
    LivebookError,
    NotRunning,
    Refused,
    RefusedAsBrowser,
    TooOld,
    Unreachable,
)
from livebook_ls.sync.disk.complete_read import StillChangingError, SupersededError
from livebook_ls.sync.keeping.step_journal import JournalNotWrittenError, StepsNotMendedError
from livebook_ls.sync.keeping.turns import TurnTakenError
from livebook_ls.sync.link import NotebookLink, State
from livebook_ls.sync.telling import findings, session_findings
from livebook_ls.sync.telling.findings import Finding, FindingSeverity, Mend

Failure = LivebookError | StillChangingError | TurnTakenError | OSError


@asynccontextmanager
async def told(link: NotebookLink) -> AsyncIterator[None]:
    """Have the link tell of every expected failure of what is done within."""
    try:
        yield
    except SupersededError:
        return
    except (LivebookError, StillChangingError, TurnTakenError, OSError) as error:
        fail(link, error)


def fail(link: NotebookLink, error: Failure) -> None:
    """Let the link tell of `error`; what the guard had to say stays where it was sent or tried."""
    link.tries_again = not isinstance(error, ImportFailed | BodyTooLarge)
    if isinstance(error, FileNotFoundError) and not link.has_session:
        link.tries_again = False
        link.enter(State.DETACHED, findings.not_saved())
    elif isinstance(error, LivebookError):
        link.enter(_state(error), of_error(error), *link.notes)
    else:
        link.enter(State.FAILED, _of_file(error))


def of_error(error: LivebookError) -> Finding:
    """The finding for an error of the other side."""
    return Finding(
        code=error.code,
        severity=_severity(error),
        sentence=error.sentence,
        mends=(*_mends_first(error), Mend.TRY_AGAIN),
    )


def _state(error: LivebookError) -> State:
    if isinstance(error, NotRunning | AnotherProgram):
        return State.NOT_RUNNING
    return State.REFUSED if isinstance(error, Refused | Unreachable) else State.FAILED


def _of_file(error: StillChangingError | TurnTakenError | OSError) -> Finding:
    if isinstance(error, StillChangingError):
        return findings.still_writing()
    if isinstance(error, TurnTakenError):
        return session_findings.busy_elsewhere()
    reason = (error.strerror or type(error).__name__).lower()
    if isinstance(error, JournalNotWrittenError):
        return session_findings.journal_not_written(reason)
    if isinstance(error, StepsNotMendedError):
        return session_findings.steps_not_mended(reason)
    return findings.file_unreadable_here(reason)


def _mends_first(error: LivebookError) -> tuple[Mend, ...]:
    """What helps better than trying again."""
    if isinstance(error, EndpointsOff):
        return (Mend.OPEN_SETTINGS,)
    return (Mend.START,) if isinstance(error, NotRunning) else ()


def _severity(error: LivebookError) -> FindingSeverity:
    if isinstance(error, NotRunning):
        return FindingSeverity.INFORMATION
    if isinstance(error, (Unreachable, EndpointsOff, TooOld, RefusedAsBrowser)):
        return FindingSeverity.WARNING
    return FindingSeverity.ERROR
