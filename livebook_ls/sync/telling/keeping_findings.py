"""What is told where a text can't be kept, by which it could be had back."""

from __future__ import annotations

from livebook_ls.sync.telling.findings import Finding, FindingSeverity, Mend


def not_kept() -> Finding:
    """No version of a save is kept."""
    return Finding(
        code="not-kept",
        severity=FindingSeverity.WARNING,
        sentence="This save is in no list of earlier versions: your state folder has no room or "
        "can't be written. What comes over it can't be had back until that is mended.",
    )


def held_gone() -> Finding:
    """What a process that has ended held back is not in the file any more."""
    return Finding(
        code="held-gone",
        severity=FindingSeverity.INFORMATION,
        sentence="This file no longer has what was held back from Livebook: it has what it had "
        "before that. If you didn't bring that back yourself, the session has saved over it: "
        "“Restore an Earlier Version” has what was held back.",
    )


def choice_not_kept() -> Finding:
    """What a choice would replace could not be had back."""
    return Finding(
        code="choice-not-kept",
        severity=FindingSeverity.ERROR,
        sentence="Nothing was taken: what that would replace can't be kept, since your state "
        "folder has no room or can't be written. Mend that, or settle the conflict in the text and "
        "save again.",
        mends=(Mend.SHOW_BROWSERS,),
    )


def browser_not_kept() -> Finding:
    """What a save would replace in the session could not be had back."""
    return Finding(
        code="browser-not-kept",
        severity=FindingSeverity.ERROR,
        sentence="This save would replace what was edited in the browser, which can't be kept, "
        "since your state folder has no room or can't be written. Nothing was synced: mend that "
        "and save again, or sync anyway.",
        mends=(Mend.SYNC_ANYWAY, Mend.SHOW_BROWSERS),
    )
