"""What is told about a notebook beside its text: each sentence stands here once, for every front.

Errors of the other side carry their sentences themselves (`livebook.errors`; as findings in
`failing`), hazards theirs (`notebook.hazards`).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

from livebook_ls.notebook.hazard import Hazard
from livebook_ls.notebook.hazard import Severity as Danger
from livebook_ls.notebook.model import Span
from livebook_ls.notebook.syncing.content_difference import Gone
from livebook_ls.notebook.syncing.file_losses import Loss, Lost


class FindingSeverity(Enum):
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
    SYNC_ANYWAY = "sync anyway"
    ALWAYS_SYNC_ANYWAY = "sync anyway for this notebook"
    TWO_STEPS = "sync in two steps"
    RESTAMP = "restamp"
    OPEN_ANYWAY = "open anyway"
    RESTORE = "restore my version"
    RESTORE_BROWSER = "restore the browser's version"
    START = "start Livebook"
    MERGE = "merge"
    TAKE_MINE = "take mine"
    TAKE_BROWSERS = "take the browser's"
    TAKE_BOTH = "take both"
    TAKE_ALL_MINE = "take mine everywhere"
    TAKE_ALL_BROWSERS = "take the browser's everywhere"
    TAKE_ALL_BOTH = "take both everywhere"
    SHOW_BROWSERS = "show the browser's version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing to tell; `code` is stable, and docs/messages.md has an entry of that name.

    `span` is a place in the text that was saved; None means the title's line. What `is_in_text`
    is over once reading the text doesn't tell it any more; what `outlives_text` is told even then,
    as of what is gone. `about` tells findings of one code apart, for their mends.
    """

    code: str
    severity: FindingSeverity
    sentence: str
    span: Span | None = None
    mends: tuple[Mend, ...] = ()
    is_in_text: bool = False
    outlives_text: bool = False
    about: str | None = None


# The code of a cell does not parse; the sentence is its language's.
SYNTAX_ERROR = "syntax-error"
OVERWRITTEN = "save-overwritten"
WOULD_HOLD_NOTHING = (
    "Saves of this notebook will go to Livebook whatever they lose, until the server ends; "
    "only what would crash will be held back."
)
HOLDS_NOTHING = (
    "Saves of this notebook go to Livebook whatever they lose, until the server ends; "
    "only what would crash is held back."
)
HOLDS_AGAIN = "What a save of this notebook would lose is held back again."

CONSENT = (Mend.SYNC_ANYWAY, Mend.ALWAYS_SYNC_ANYWAY)
_HELD_DANGERS = frozenset({Danger.CRASH, Danger.UNSAVABLE})
_LOST = {
    Lost.SECTION: "the section “{name}” and its cells would not arrive",
    Lost.PARENT: "the section “{name}” would not branch off where the file says",
    Lost.CELL: "the cell “{name}” would not arrive",
    Lost.PLACE: "the cell “{name}” would land in another section",
    Lost.SMART_CELL: "the smart cell “{name}” would lose its kind and attributes",
    Lost.SMART_EDIT: "your edit of the smart cell “{name}” would be reverted",
    Lost.ATTRIBUTES: "attributes of “{name}” would be ignored",
    Lost.OUTPUTS: "outputs of “{name}” would be dropped",
}
_ONLY_TOLD = frozenset({Lost.ATTRIBUTES, Lost.OUTPUTS})


def file_unreadable_here(reason: str) -> Finding:
    """The editor has a file that we can't read ourselves."""
    return Finding(
        code="file-unreadable",
        severity=FindingSeverity.ERROR,
        sentence=f"This file can't be read: {reason}. Save it again, or mend its permissions.",
        mends=(Mend.TRY_AGAIN,),
    )


def not_saved() -> Finding:
    """Livebook reads files, and there is none yet."""
    return Finding(
        code="not-saved",
        severity=FindingSeverity.HINT,
        sentence="This notebook has no file yet, and Livebook reads files. Save it first.",
    )


def not_open(*, reformats: bool) -> Finding:
    """No session, and none is opened by itself."""
    cost = " The file takes Livebook's form with your next save." if reformats else ""
    return Finding(
        code="not-open",
        severity=FindingSeverity.HINT,
        sentence=f"This notebook has no session. “Open in Livebook” starts one.{cost}",
        mends=(Mend.OPEN,),
    )


def of_hazard(hazard: Hazard, *, is_held: bool) -> Finding:
    """The finding for a hazard of the text; one that is held back is an error until mended."""
    held = " The save is held back from Livebook." if is_held else ""
    return Finding(
        code=hazard.code,
        severity=FindingSeverity.ERROR if is_held else FindingSeverity.WARNING,
        sentence=f"{hazard.message}{held}",
        span=hazard.span,
        mends=CONSENT if is_held and hazard.severity not in _HELD_DANGERS else (),
        # Some of what can't be saved is only seen by writing it.
        is_in_text=hazard.severity is not Danger.UNSAVABLE,
    )


def of_loss(loss: Loss, *, can_be_split: bool) -> Finding:
    """The finding for something that a sync would not bring into the session."""
    is_held = loss.what not in _ONLY_TOLD
    what = _LOST[loss.what].format(name=loss.name)
    close = "lose the session in Livebook and save again."
    advice = f" Sync in two steps, or c{close}" if can_be_split else f" C{close}"
    return Finding(
        code="sync-loses",
        severity=FindingSeverity.ERROR if is_held else FindingSeverity.INFORMATION,
        sentence=f"With one sync {what}.{advice if is_held else ''}",
        span=loss.span,
        mends=((Mend.TWO_STEPS,) if can_be_split else ()) + CONSENT if is_held else (),
    )


def quietly(finding: Finding) -> Finding:
    """The same finding for somebody who has agreed to it."""
    return replace(finding, severity=FindingSeverity.INFORMATION, mends=())


def would_end_session() -> Finding:
    """Livebook's own difference would raise."""
    return Finding(
        code="sync-crashes",
        severity=FindingSeverity.ERROR,
        sentence="Reading this change would end Livebook's session: a branch stands before the "
        "section that it branches off. Move it, or close the session and save again.",
    )


def left_over(names: tuple[str, ...]) -> Finding:
    """Sections that a sync does not take away."""
    return Finding(
        code="sync-leaves",
        severity=FindingSeverity.INFORMATION,
        sentence=f"The session keeps the section “{names[0]}”; delete it in Livebook.",
    )


def metadata_ignored(names: tuple[str, ...]) -> Finding:
    """Notebook metadata that a sync does not bring into the session."""
    return Finding(
        code="metadata-ignored",
        severity=FindingSeverity.INFORMATION,
        sentence=f"A sync does not change {', '.join(names)}: the session keeps its own. "
        "Change it in Livebook, or close the session and save again.",
    )


def changed(gone: tuple[Gone, ...]) -> Finding:
    """Livebook wrote the file back and something that was saved is no longer in it."""
    return Finding(
        code="content-changed",
        severity=FindingSeverity.WARNING,
        sentence=f"Livebook wrote this file without {named(gone)}. "
        "“Restore my version” brings back what you saved.",
        span=gone[0].span,
        mends=(Mend.RESTORE,),
        outlives_text=True,
    )


def differs(parts: tuple[Gone, ...]) -> Finding:
    """The session holds something else than the file, and Livebook was not told to follow."""
    return Finding(
        code="session-differs",
        severity=FindingSeverity.WARNING,
        sentence=f"The session in Livebook differs from this file in {named(parts)}; "
        "the next change that you save brings it in line.",
        mends=(Mend.TRY_AGAIN,),
    )


def browser_overwritten(parts: tuple[Gone, ...]) -> Finding:
    """A sync replaced what people had edited in the session."""
    return Finding(
        code="browser-overwritten",
        severity=FindingSeverity.WARNING,
        sentence=f"This save replaced what was edited in the browser: {named(parts)}. "
        "“Restore the browser's version” brings it into the editor.",
        mends=(Mend.RESTORE_BROWSER,),
    )


def died() -> Finding:
    """The session ended while it read the save."""
    return Finding(
        code="session-died",
        severity=FindingSeverity.ERROR,
        sentence="Livebook's session ended while it read this save; its state is gone. "
        "“Open in Livebook” starts a new one.",
        mends=(Mend.OPEN,),
    )


def put_back() -> Finding:
    """Livebook's write-back of an earlier save had landed over this one."""
    return Finding(
        code="save-put-back",
        severity=FindingSeverity.INFORMATION,
        sentence="Livebook had written over this save with an earlier one; it was put back "
        "and synced again.",
    )


def not_utf8() -> Finding:
    """Livebook's importer raises on bytes that are not UTF-8."""
    return Finding(
        code="not-utf8",
        severity=FindingSeverity.ERROR,
        sentence="This file is not UTF-8, and reading it would end Livebook's session. "
        "Save it with the encoding UTF-8.",
    )


def of_no_text(hazard: Hazard) -> Finding:
    """Nobody has written what the file has, and nobody can agree to have that sent."""
    return replace(of_hazard(hazard, is_held=True), span=None, mends=(), is_in_text=False)


def overwritten(gone: tuple[Gone, ...]) -> Finding:
    """Somebody wrote the file between the save and our look at it."""
    return Finding(
        code=OVERWRITTEN,
        severity=FindingSeverity.WARNING,
        sentence="This file was written after your save, by Livebook or another program, "
        f"without {gone[0].what}. "
        "“Restore my version” brings back what you saved.",
        mends=(Mend.RESTORE,),
    )


def cut_off() -> Finding:
    """Somebody's write did not get to its end."""
    return Finding(
        code="cut-off",
        severity=FindingSeverity.ERROR,
        sentence="This file now ends inside a line of what it was: a write seems to have failed, "
        "as on a full disk. It is held back from Livebook; save it again once there is room.",
        mends=CONSENT,
    )


def still_writing() -> Finding:
    """The file is not at rest."""
    return Finding(
        code="still-writing",
        severity=FindingSeverity.WARNING,
        sentence="The file keeps changing, so it was not sent. Save again when it is complete.",
        mends=(Mend.TRY_AGAIN,),
    )


def named(parts: tuple[Gone, ...]) -> str:
    """The first of what is gone, and how many more there are."""
    more = f" and {len(parts) - 1} more" if len(parts) > 1 else ""
    return f"{parts[0].what}{more}"
