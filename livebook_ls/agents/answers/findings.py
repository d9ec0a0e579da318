"""What only agents are told, beside what `sync.findings` tells everybody."""

from __future__ import annotations

from livebook_ls.sync.telling.findings import Finding, FindingSeverity


def read_again() -> Finding:
    """The file is no longer what the agent knows, though it says the same."""
    return Finding(
        code="read-again",
        severity=FindingSeverity.WARNING,
        sentence="Livebook wrote this file in its own form: read it again before the next edit.",
    )


def may_still_write() -> Finding:
    """Livebook was not done when the agent could be kept waiting no longer."""
    return Finding(
        code="still-syncing",
        severity=FindingSeverity.WARNING,
        sentence="Livebook is still busy with this file and may yet rewrite it: "
        "read it again before the next edit.",
    )
