"""What is told of a session that doesn't follow, or lives on under a name that is gone.

Each says where the session is, since only a person can close it.
"""

from __future__ import annotations

from livebook_ls.sync.telling.findings import CONSENT, Finding, FindingSeverity, Mend

TOO_LONG = "too-long-to-compare"


def no_section_in_session(url: str | None) -> Finding:
    """Livebook's sync can't give a first section to a session that has none."""
    return Finding(
        code="sync-loses",
        severity=FindingSeverity.ERROR,
        sentence="The session in Livebook has no section, and a sync can't give it one: "
        f"close the session{_at(url)} in the browser and save again.",
    )


def steps_not_seen(url: str | None) -> Finding:
    """The first of two steps was made, and the session didn't show that it holds it."""
    return Finding(
        code="steps-not-seen",
        severity=FindingSeverity.WARNING,
        sentence="Livebook did not show that the first of two steps arrived, so the second was not "
        "made; your file is as you saved it. Save again, or close the session"
        f"{_at(url)} in the browser first.",
        mends=(Mend.TRY_AGAIN,),
    )


def journal_not_written(reason: str) -> Finding:
    """There is no room for what a sync in two steps writes down before it touches the file."""
    return Finding(
        code="journal-not-written",
        severity=FindingSeverity.WARNING,
        sentence="A sync in steps is first written down in livebook-ls's state folder, which "
        f"was not possible: {reason}. Your file is as you saved it. Make room and save again.",
        mends=(Mend.TRY_AGAIN,),
    )


def steps_not_mended(reason: str) -> Finding:
    """The file still has the text between two steps, and can't be written."""
    return Finding(
        code="steps-not-mended",
        severity=FindingSeverity.ERROR,
        sentence=f"Your text could not be put back into this file: {reason}. What you see in it is "
        "a step of a sync in two steps. Make room or give yourself the file back, and it is put "
        "back by itself; it is also the newest of the earlier versions.",
        mends=(Mend.TRY_AGAIN,),
    )


def too_long_to_compare(edits: int, url: str | None) -> Finding:
    """Livebook compares a cell's old and new text in time and memory by the square of that."""
    return Finding(
        code=TOO_LONG,
        severity=FindingSeverity.ERROR,
        sentence=f"This save changes {edits:,} characters of one cell. Livebook would compare them "
        "one by one, which takes its session long and may end Livebook for lack of memory. It "
        "can't be spared that: its session can't be joined from here, or the cell not be told from "
        f"others. It is held back: close the session{_at(url)} in the browser and save again, or "
        "sync anyway.",
        mends=CONSENT,
    )


def not_taken(url: str | None) -> Finding:
    """Whatever was tried, the session ended with something else than the file."""
    return Finding(
        code="not-taken",
        severity=FindingSeverity.WARNING,
        sentence="The session in Livebook does not take this text as it is; your file is as you "
        f"saved it. Close the session{_at(url)} in the browser and save again.",
        mends=(Mend.TRY_AGAIN,),
    )


def not_confirmed() -> Finding:
    """Livebook took a sync and has not written the file since, although it must."""
    return Finding(
        code="not-confirmed",
        severity=FindingSeverity.WARNING,
        sentence="Livebook took this save, but has not shown yet that its session holds it. "
        "It is asked again by itself.",
        mends=(Mend.TRY_AGAIN,),
    )


def busy_elsewhere() -> Finding:
    """Another of our processes has the notebook's turn."""
    return Finding(
        code="busy-elsewhere",
        severity=FindingSeverity.WARNING,
        sentence="Another livebook-ls is at work on this notebook and doesn't come to an end. "
        "This one tries again by itself.",
        mends=(Mend.TRY_AGAIN,),
    )


def file_gone(url: str | None) -> Finding:
    """The notebook's file was deleted or moved while its session lives on."""
    return Finding(
        code="file-gone",
        severity=FindingSeverity.WARNING,
        sentence="This notebook's file is gone, and its session in Livebook lives on: save to "
        f"bring the file back, or close the session{_at(url)} in the browser.",
    )


def leads_elsewhere(name: str, former: str, url: str | None) -> Finding:
    """A link was swapped: the file that is open is another than the one that has the session."""
    return Finding(
        code="leads-elsewhere",
        severity=FindingSeverity.INFORMATION,
        sentence=f"This notebook's name leads to another file now, {name}. It has no part in the "
        f"session of {former}{_at(url)}, which stays as it is.",
    )


def left_behind(name: str, url: str | None) -> Finding:
    """The session under a notebook's former name, which would write the file there again."""
    return Finding(
        code="session-left-behind",
        severity=FindingSeverity.WARNING,
        sentence=f"A session of this notebook's former name, {name}, is still open{_at(url)}: "
        "close it in the browser, or Livebook may write that file again.",
    )


def came_back(name: str, url: str | None) -> Finding:
    """The session under a former name has written its file again."""
    return Finding(
        code="file-came-back",
        severity=FindingSeverity.WARNING,
        sentence=f"{name} is there again: the session of this notebook's former name wrote it. "
        f"Close that session{_at(url)} in the browser, then delete the file if nothing in it "
        "is new.",
    )


def _at(url: str | None) -> str:
    """Where a session is, without the token that leads into it."""
    return f" at {url.partition('?')[0]}" if url else ""
