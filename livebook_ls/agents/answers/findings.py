"""What only agents are told, beside what `sync.findings` tells everybody."""

from __future__ import annotations

from livebook_ls.sync.telling.findings import OVERWRITTEN, Finding, FindingSeverity


def read_again(*, is_merged: bool) -> Finding:
    """The file is no longer what the agent knows: it says the same, or has more where it
    `is_merged` with what was edited in the browser.
    """
    what = (
        "What was edited in the browser came into this file"
        if is_merged
        else "Livebook wrote this file in its own form"
    )
    return Finding(
        code="read-again",
        severity=FindingSeverity.WARNING,
        sentence=f"{what}: read it again before the next edit.",
    )


def may_still_write(*, has_answered: bool) -> Finding:
    """Livebook was not done when the agent could be kept waiting no longer, or `has_answered`
    nothing at all.
    """
    what = (
        "Livebook is still busy with this file and may yet rewrite it"
        if has_answered
        else "Livebook does not answer, and may yet rewrite this file once it does"
    )
    return Finding(
        code="still-syncing",
        severity=FindingSeverity.WARNING,
        sentence=f"{what}: read it again before the next edit.",
    )


def session_left() -> Finding:
    """A notebook was moved or deleted, and its session lives on."""
    return Finding(
        code="file-gone",
        severity=FindingSeverity.WARNING,
        sentence="This file is gone, and its session in Livebook lives on under that name: what is "
        "typed there makes the file again, and comes to no file of another name. Ask for that "
        "session to be closed in the browser.",
    )


def written_over() -> Finding:
    """Livebook has saved its session over an edit that it had not read yet."""
    return Finding(
        code=OVERWRITTEN,
        severity=FindingSeverity.WARNING,
        sentence="Livebook, which was busy, has written this file as it was before your last edit: "
        "read it again, and make that edit again. `livebook-ls restore` has what you wrote, too.",
    )
