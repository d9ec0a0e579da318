"""What is told about a notebook beside its text: each sentence stands here once, for every front.

Errors of the other side carry their sentences themselves (`livebook.errors`), hazards theirs
(`notebook.hazards`).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from livebook_ls.livebook.errors import (
    EndpointsOff,
    LivebookError,
    NotRunning,
    RefusedAsBrowser,
    TooOld,
    Unreachable,
)
from livebook_ls.notebook.model import Span


class Severity(Enum):
    """How loud a finding is; the names are those of editors' diagnostics."""

    ERROR = "error"
    WARNING = "warning"
    INFORMATION = "information"
    HINT = "hint"


class Mend(Enum):
    """What a user can do about a finding by one choice in the editor."""

    TRY_AGAIN = "try again"
    OPEN = "open"
    OPEN_SETTINGS = "open settings"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to tell; `code` is stable, and the README has an entry of that name.

    `span` is a place in the text that was saved; None means the title's line.
    """

    code: str
    severity: Severity
    sentence: str
    span: Span | None = None
    mends: tuple[Mend, ...] = ()


def of_error(error: LivebookError) -> Finding:
    """The finding for an error of the other side."""
    return Finding(
        code=error.code,
        severity=_severity(error),
        sentence=error.sentence,
        mends=(Mend.OPEN_SETTINGS, Mend.TRY_AGAIN)
        if isinstance(error, EndpointsOff)
        else (Mend.TRY_AGAIN,),
    )


def file_unreadable_here(reason: str) -> Finding:
    """The editor has a file that we can't read ourselves."""
    return Finding(
        code="file-unreadable",
        severity=Severity.ERROR,
        sentence=f"This file can't be read: {reason}. Save it again, or mend its permissions.",
        mends=(Mend.TRY_AGAIN,),
    )


def not_open(*, reformats: bool) -> Finding:
    """No session, and none is opened by itself."""
    cost = " The file is then rewritten in Livebook's form." if reformats else ""
    return Finding(
        code="not-open",
        severity=Severity.HINT,
        sentence=f"This notebook has no session. “Open in Livebook” starts one.{cost}",
        mends=(Mend.OPEN,),
    )


def stamp_stale() -> Finding:
    """No source that we know has a valid stamp, so that none can be made."""
    return Finding(
        code="stamp-stale",
        severity=Severity.WARNING,
        sentence="This notebook's stamp is no longer valid: its secrets, file access and app "
        "password are lost to Livebook. Put back a version with a valid stamp, then restamp.",
    )


def _severity(error: LivebookError) -> Severity:
    if isinstance(error, NotRunning):
        return Severity.INFORMATION
    if isinstance(error, (Unreachable, EndpointsOff, TooOld, RefusedAsBrowser)):
        return Severity.WARNING
    return Severity.ERROR
